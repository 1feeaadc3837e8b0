//! Languages and proofs, with how much was compared.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use ingenium_codegen::{Language, Options, Tree, package};
use ingenium_fuzz::interpreted;
use ingenium_types::EventType;

use crate::proof::{self, Outcome};
use crate::protocol::Command;
use crate::question::{VIEWS, Vector, messages, requests, samples, vectors};
use crate::workshop::{Product, make};
use crate::{ajv, evolution, newcomer, repository, same};

/// What each proof says.
pub const PROOFS: [(&str, &str); 9] = [
    (
        "P1",
        "compiles with warnings as errors, and passes its own tests",
    ),
    (
        "P2",
        "reads every valid vector and writes equal JSON, the same again the second time",
    ),
    (
        "P3",
        "refuses every invalid vector by the expected rule at the expected place",
    ),
    (
        "P4",
        "gives the verdicts of two independent validators: the `jsonschema` crate and ajv",
    ),
    (
        "P5",
        "gives the judge's verdict, reason and text for generated payloads, messages, ids and fingerprints",
    ),
    (
        "P6",
        "reads what a later contract sends; and a later package reads this contract",
    ),
    ("P7", "is committed as the generator writes it"),
    ("P8", "comes out the same, byte for byte, every time"),
    (
        "README",
        "has a component in its README that passes `ingenium conform`",
    ),
];

/// A language and how its proofs went.
#[derive(Debug, Clone)]
pub struct Proven {
    /// The language.
    pub language: Language,
    /// What ran the codec.
    pub runtime: String,
    /// The commands of P1.
    pub commands: Vec<String>,
    /// One outcome a proof.
    pub outcomes: [Outcome; 9],
}

impl Proven {
    /// Whether all proofs hold.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.outcomes.iter().all(Outcome::passed)
    }
}

/// Puts the package of a language through all proofs, with so many samples an event type.
///
/// # Errors
/// In words, when a package does not compile or its codec does not answer.
pub fn prove(language: Language, samples_each: usize) -> Result<Proven, String> {
    let tree = tree()?;
    let product = make(language, &tree, &workplace(language, "ours"))?;
    let vectors = shared();
    let codec = &product.codec;
    let later = evolution::later(&tree);
    let theirs = make(language, &later, &workplace(language, "later"))?;
    let start = codec.ask(&[Command::Start])?;
    let mut generated = Outcome::default();
    for (seed, &event_type) in (1..).zip(EventType::ALL) {
        let outcome = proof::compare(codec, &samples(event_type, seed, samples_each))?;
        generated = generated.and(outcome);
    }
    generated = generated.and(proof::compare(codec, &messages())?);
    generated = generated.and(same::prove(codec, vectors)?);
    Ok(Proven {
        language,
        runtime: start[0].runtime.clone().unwrap_or_default(),
        commands: product.passed.clone(),
        outcomes: [
            Outcome::of(product.passed.len() + theirs.passed.len()),
            proof::round_trips(codec, vectors)?,
            proof::refusals(codec, vectors, &requests())?,
            proof::verdicts(codec, vectors, validators()?)?,
            generated,
            evolution::prove(codec, &theirs.codec, &later, vectors)?.and(silent(&theirs)),
            committed(&tree, language)?,
            repeated(&product)?,
            newcomer::prove(&product)?,
        ],
    })
}

/// The authored schemas.
fn tree() -> Result<Tree, String> {
    Tree::open(&repository().join("schemas")).map_err(|error| error.to_string())
}

/// The package of a language, compiled: the one of the last proof where the schemas are still the same.
///
/// # Errors
/// In words, when it does not compile.
pub fn package_of(language: Language) -> Result<(), String> {
    let (tree, folder) = (tree()?, workplace(language, "ours"));
    let files = package(&tree, &Options::new(language)).map_err(|errors| errors.to_string())?;
    let mut files = files.iter();
    let same = files.all(|(path, text)| read(&folder, path).is_some_and(|found| found == text));
    if !same || !folder.join(".made").is_file() {
        make(language, &tree, &folder)?;
    }
    Ok(())
}

pub(crate) fn workplace(language: Language, which: &str) -> PathBuf {
    repository()
        .join("target/proof")
        .join(language.name())
        .join(which)
}

fn shared() -> &'static [Vector] {
    static VECTORS: OnceLock<Vec<Vector>> = OnceLock::new();
    VECTORS.get_or_init(vectors)
}

/// What a validator says about the vectors, in both views.
type Validator = (&'static str, Vec<[bool; 2]>);

fn validators() -> Result<&'static [Validator], String> {
    static VERDICTS: OnceLock<Result<Vec<Validator>, String>> = OnceLock::new();
    let verdicts = VERDICTS.get_or_init(|| {
        let vectors = shared();
        let own = vectors.iter().map(|vector| {
            VIEWS.map(|(_, view)| interpreted(vector.event_type, view, &vector.data))
        });
        Ok(vec![
            ("jsonschema", own.collect()),
            ("ajv", ajv::verdicts(vectors)?),
        ])
    });
    verdicts.as_deref().map_err(Clone::clone)
}

/// No text of the later contract's schemas was run.
fn silent(product: &Product) -> Outcome {
    let mut outcome = Outcome::default();
    let found = product.folder.join(evolution::CANARY).exists();
    outcome.count(found.then(|| format!("{} was written", evolution::CANARY)));
    outcome
}

/// P7.
fn committed(tree: &Tree, language: Language) -> Result<Outcome, String> {
    let mut outcome = Outcome::default();
    let files = ingenium_codegen::generate(tree).map_err(|errors| errors.to_string())?;
    let folders: &[&str] = match language {
        Language::Rust => &[
            "rust/ingenium-types/src/generated/",
            "rust/ingenium-contract/src/generated/",
        ],
        Language::TypeScript => &["codegen/generated/typescript/"],
        Language::Python => &["codegen/generated/python/"],
        Language::Go => &["codegen/generated/go/"],
        Language::Java => &["codegen/generated/java/"],
    };
    for (path, text) in files.iter() {
        if folders.iter().any(|folder| path.starts_with(folder)) {
            let same =
                std::fs::read_to_string(repository().join(path)).is_ok_and(|found| found == text);
            outcome.count((!same).then(|| format!("{path} is stale: run `cargo xtask generate`")));
        }
    }
    Ok(outcome)
}

/// P8: schemas from the disk, and from this program: the same bytes as those that were compiled.
fn repeated(product: &Product) -> Result<Outcome, String> {
    let mut own = Tree::default();
    for (path, text) in ingenium_contract::AUTHORED {
        own.insert(*path, text.as_bytes().to_vec());
    }
    let files =
        package(&own, &Options::new(product.language)).map_err(|errors| errors.to_string())?;
    let mut outcome = Outcome::default();
    for (path, text) in files.iter() {
        let same = read(&product.folder, path).is_some_and(|found| found == text);
        outcome.count((!same).then(|| format!("{path} is another the second time")));
    }
    Ok(outcome)
}

fn read(folder: &Path, path: &str) -> Option<String> {
    std::fs::read_to_string(folder.join(path)).ok()
}

/// The page of the reference.
#[must_use]
pub fn markdown(proven: &[Proven], samples_each: usize) -> String {
    let mut page = String::from(
        "<!-- @generated by cargo xtask languages from schemas/. Do not edit. -->\n# Languages\n\n\
         `ingenium generate LANG --out DIR` writes a package of types and validators. What each says was compared with\n\
         the schemas and with every other language; a cell is the number of comparisons, all of which agreed.\n\n",
    );
    let ids: Vec<&str> = PROOFS.iter().map(|(id, _)| *id).collect();
    page += &format!(
        "| Language | {} |\n|---|{}\n",
        ids.join(" | "),
        "---:|".repeat(ids.len())
    );
    for one in proven {
        let cells: Vec<String> = one
            .outcomes
            .iter()
            .map(|outcome| match outcome.wrong.len() {
                0 => outcome.compared.to_string(),
                wrong => format!("**{wrong} of {} wrong**", outcome.compared),
            })
            .collect();
        page += &format!("| {} | {} |\n", one.language.name(), cells.join(" | "));
    }
    page += "\n| Proof | Each package |\n|---|---|\n";
    for (id, sentence) in PROOFS {
        page += &format!("| {id} | {sentence} |\n");
    }
    page += &format!(
        "\nP5 takes {samples_each} seeded samples an event type, half of them changed in one place or two. P6 takes a contract with a\n\
         new member, new values of open sets, a new shape of a union and a new event type that has every kind of member\n\
         that schemas can say.\n\n\
         | Language | Runs on | A decimal is | Compiled and tested by |\n|---|---|---|---|\n"
    );
    for one in proven {
        let commands: Vec<String> = one
            .commands
            .iter()
            .map(|command| format!("`{}`", short(command)))
            .collect();
        let (name, runtime, decimal) = (
            one.language.name(),
            one.language.runtime(),
            one.language.decimal(),
        );
        page += &format!(
            "| {name} | {runtime} | {decimal} | {} |\n",
            commands.join("<br>")
        );
    }
    page += "\n```console\n$ cargo xtask languages\n```\n\n\
             makes this page again. The protocol that codec programs speak is\n\
             [codec-protocol.schema.json](codec-protocol.schema.json): a program of another generator can be put through\n\
             the same proofs.\n";
    page
}

/// A command without the folder of the tools.
fn short(command: &str) -> String {
    let tools = format!("{}/python/bin/", crate::workshop::tools().display());
    command.replace(&tools, "").replace('|', "\\|")
}
