//! The smallest payload that a codec still gets wrong.

use ingenium_types::{EventType, View};
use serde_json::Value;

use crate::codec::Codec;
use crate::proof::difference;
use crate::protocol::{Command, ViewName};
use crate::question::{Question, payload, plain};

/// Takes members away for as long as the answer stays wrong.
///
/// # Errors
/// When the codec does not answer.
pub fn shrink(codec: &Codec, question: &Question) -> Result<Question, String> {
    let Command::Decode {
        event_type,
        view: name,
        data,
    } = &question.command
    else {
        return Ok(question.clone());
    };
    let view = match name {
        ViewName::Strict => View::Strict,
        ViewName::Reader => View::Reader,
    };
    let (Ok(event_type), Ok(mut value)) = (
        event_type.parse::<EventType>(),
        serde_json::from_slice::<Value>(&plain(data)),
    ) else {
        return Ok(question.clone());
    };
    let mut smallest = question.clone();
    loop {
        let smaller = without_one(&value);
        let questions: Vec<Question> = smaller
            .iter()
            .map(|value| {
                payload(
                    event_type,
                    "reproducer",
                    value.to_string().as_bytes(),
                    *name,
                    view,
                )
            })
            .collect();
        let commands: Vec<Command> = questions.iter().map(|one| one.command.clone()).collect();
        let answers = codec.ask(&commands)?;
        let wrong = questions
            .iter()
            .zip(&answers)
            .position(|(one, answer)| difference(one, answer).is_some());
        let Some(at) = wrong else {
            return Ok(smallest);
        };
        smallest = questions[at].clone();
        value = smaller[at].clone();
    }
}

/// The value without each of its members, at any depth.
fn without_one(value: &Value) -> Vec<Value> {
    let Value::Object(members) = value else {
        return Vec::new();
    };
    let mut smaller = Vec::new();
    for (name, member) in members {
        let mut without = members.clone();
        without.remove(name);
        smaller.push(Value::Object(without));
        for inner in without_one(member) {
            let mut with = members.clone();
            with.insert(name.clone(), inner);
            smaller.push(Value::Object(with));
        }
    }
    smaller
}
