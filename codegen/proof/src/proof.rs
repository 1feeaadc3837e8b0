//! The proofs: questions to a codec, answers compared with the judge's.

use serde_json::Value;

use crate::codec::Codec;
use crate::protocol::{Answer, Command};
use crate::question::{Question, VIEWS, Vector, base64, plain};
use crate::reproducer;

/// How one proof went.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// How many answers were compared.
    pub compared: usize,
    /// What was wrong, in words, the smallest question first.
    pub wrong: Vec<String>,
}

impl Outcome {
    /// Whether something was compared and nothing was wrong.
    #[must_use]
    pub const fn passed(&self) -> bool {
        self.compared > 0 && self.wrong.is_empty()
    }

    /// Both together.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.compared += other.compared;
        self.wrong.extend(other.wrong);
        self
    }

    /// So many comparisons, none of which was wrong.
    #[must_use]
    pub const fn of(compared: usize) -> Self {
        Self {
            compared,
            wrong: Vec::new(),
        }
    }

    pub(crate) fn count(&mut self, wrong: Option<String>) {
        self.compared += 1;
        self.wrong.extend(wrong);
    }

    /// The smallest first: what is wrong with a long payload is often wrong with a short one.
    fn sorted(mut self) -> Self {
        self.wrong.sort_by_key(String::len);
        self
    }
}

/// P2: every valid vector is read by the strict view and written as equal JSON, and what was written is written the
/// same again.
///
/// # Errors
/// When the codec does not answer.
pub fn round_trips(codec: &Codec, vectors: &[Vector]) -> Result<Outcome, String> {
    let (view, _) = VIEWS[0];
    let valid = vectors.iter().filter(|vector| vector.valid);
    let questions: Vec<Question> = valid.map(|vector| vector.question(view)).collect();
    let answers = ask(codec, &questions)?;
    let mut outcome = Outcome::default();
    let mut again = Vec::new();
    let mut texts = Vec::new();
    for (question, answer) in questions.iter().zip(answers) {
        outcome.count(difference(question, &answer));
        if let (Command::Decode { event_type, .. }, Some(json)) = (&question.command, answer.json) {
            again.push(Command::Decode {
                event_type: event_type.clone(),
                view,
                data: base64(json.as_bytes()),
            });
            texts.push(json);
        }
    }
    for (text, answer) in texts.iter().zip(codec.ask(&again)?) {
        let stable = answer.json.as_deref() == Some(text);
        outcome.count((!stable).then(|| format!("{text} is written again as {answer:?}")));
    }
    Ok(outcome.sorted())
}

/// P3: every invalid vector is refused by the rule and at the place that it says; what only the strict view refuses,
/// the reader view accepts.
///
/// # Errors
/// When the codec does not answer.
pub fn refusals(
    codec: &Codec,
    vectors: &[Vector],
    requests: &[Question],
) -> Result<Outcome, String> {
    let mut questions = requests.to_vec();
    for vector in vectors.iter().filter(|vector| !vector.valid) {
        questions.extend(VIEWS.map(|(view, _)| vector.question(view)));
    }
    compare(codec, &questions)
}

/// P4: the verdicts on all vectors are those of two validators that know nothing of us.
///
/// # Errors
/// When the codec does not answer.
pub fn verdicts(
    codec: &Codec,
    vectors: &[Vector],
    validators: &[(&str, Vec<[bool; 2]>)],
) -> Result<Outcome, String> {
    let questions: Vec<Question> = vectors
        .iter()
        .flat_map(|vector| VIEWS.map(|(view, _)| vector.question(view)))
        .collect();
    let answers = ask(codec, &questions)?;
    let mut outcome = Outcome::default();
    for (index, (question, answer)) in questions.iter().zip(answers).enumerate() {
        for (name, verdicts) in validators {
            let expected = verdicts[index / 2][index % 2];
            let same = answer.accepted == Some(expected);
            outcome.count((!same).then(|| {
                format!(
                    "{}: {name} says {expected}, the package {answer:?}",
                    question.name
                )
            }));
        }
    }
    Ok(outcome.sorted())
}

/// P5, and whatever else is a question with an answer: verdict, reason and what is written are the judge's.
///
/// # Errors
/// When the codec does not answer.
pub fn compare(codec: &Codec, questions: &[Question]) -> Result<Outcome, String> {
    let answers = ask(codec, questions)?;
    let mut outcome = Outcome::default();
    let mut first = None;
    for (question, answer) in questions.iter().zip(answers) {
        let wrong = difference(question, &answer);
        if wrong.is_some() {
            first.get_or_insert(question);
        }
        outcome.count(wrong);
    }
    if let Some(question) = first {
        let smallest = reproducer::shrink(codec, question)?;
        let answers = ask(codec, std::slice::from_ref(&smallest))?;
        outcome.wrong.extend(
            answers
                .iter()
                .filter_map(|answer| difference(&smallest, answer)),
        );
    }
    Ok(outcome.sorted())
}

fn ask(codec: &Codec, questions: &[Question]) -> Result<Vec<Answer>, String> {
    let commands: Vec<Command> = questions
        .iter()
        .map(|question| question.command.clone())
        .collect();
    codec.ask(&commands)
}

/// What is wrong with an answer.
pub(crate) fn difference(question: &Question, answer: &Answer) -> Option<String> {
    let wrong = match (question.accepted, answer.accepted) {
        (true, Some(true)) => {
            let expected = question.written.as_ref()?;
            let written = answer.json.as_deref();
            let found: Option<Value> = written.and_then(|json| serde_json::from_str(json).ok());
            if found.as_ref() == Some(expected) {
                return None;
            }
            format!("written as {}", written.unwrap_or("nothing"))
        }
        (false, Some(false)) => {
            let named = (
                answer.rule.clone().unwrap_or_default(),
                answer.at.clone().unwrap_or_default(),
            );
            if question.reasons.is_empty() || question.reasons.contains(&named) {
                return None;
            }
            // What is no JSON can be said in several ways: which byte is the first wrong one depends on the reader.
            let is_json = |rule: &str| rule.starts_with("ING-J-");
            if is_json(&named.0) && question.reasons.iter().any(|(rule, _)| is_json(rule)) {
                return None;
            }
            format!("refused by {named:?}, not by {:?}", question.reasons)
        }
        (expected, found) => format!("accepted is {found:?}, not {expected}: {answer:?}"),
    };
    let shown = match &question.command {
        Command::Decode { data, .. } | Command::Receive { body: data, .. } => {
            String::from_utf8_lossy(&plain(data)).into_owned()
        }
        other => format!("{other:?}"),
    };
    Some(format!("{}: {wrong}\n  {shown}", question.name))
}
