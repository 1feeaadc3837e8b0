//! A later contract: what this one promises its readers must hold against it, and its own shapes are all that schemas
//! can say.

use ingenium_codegen::{Tree, bundles};
use ingenium_types::EventType;
use serde_json::{Value, json};

use crate::codec::Codec;
use crate::proof::Outcome;
use crate::protocol::{Command, ViewName};
use crate::question::{Question, VIEWS, Vector, base64};

/// The event type that the later contract adds.
const NOTE: &str = "ingenium.strategy.note";

/// The contract with a new member, new values of open sets, a new shape of a union, and a new event type that has every
/// kind of member there is.
///
/// # Panics
/// When the schemas have lost what is changed here.
#[must_use]
pub fn later(tree: &Tree) -> Tree {
    let mut later = tree.clone();
    let mut change = |file: &str, change: &dyn Fn(&mut Value)| {
        let path = format!("schemas/{file}");
        let bytes = later.get(&path).expect("the schema is there");
        let mut json: Value = serde_json::from_slice(bytes).expect("a schema is JSON");
        change(&mut json);
        later.insert(path, json.to_string().into_bytes());
    };
    let push = |json: &mut Value, pointer: &str, value: Value| {
        let list = json.pointer_mut(pointer).and_then(Value::as_array_mut);
        list.expect("a list stands there").push(value);
    };
    change("events/strategy.signal.schema.json", &|json| {
        json["properties"]["Horizon"] = member("BarPeriod", "How long the view holds.", "1d");
    });
    change("common.schema.json", &|json| {
        push(json, "/$defs/ExecutionType/enum", json!("RESTATED"));
        push(json, "/$defs/OrderCancelReason/enum", json!("ACQUIRED"));
    });
    change("events/executor.execution.schema.json", &|json| {
        push(json, "/oneOf/0/properties/ExecType/enum", json!("RESTATED"));
    });
    change("events/ingestor.data.schema.json", &|json| {
        let data = json!({
            "title": "StatusData",
            "description": "What a venue says about an instrument.",
            "type": "object",
            "properties": { "Reason": member("FreeText", "Why.", "auction") },
            "required": ["Reason"]
        });
        let branch =
            json!({ "properties": { "Type": { "const": "data.type.status" }, "Data": data } });
        push(json, "/oneOf", branch);
    });
    change("catalog.json", &|json| {
        push(
            json,
            "/events",
            json!({
                "type": NOTE,
                "schema": "events/strategy.note.schema.json",
                "emittedBy": "strategy",
                "consumedBy": ["portfolio"],
                "subject": { "property": "Symbol" },
                "partitionKey": { "property": "Desk", "default": "main" },
                "stability": "draft",
                "compatibility": "none"
            }),
        );
    });
    later.insert(
        "schemas/events/strategy.note.schema.json",
        note().to_string().into_bytes(),
    );
    later
}

fn member(definition: &str, description: &str, example: &str) -> Value {
    json!({
        "$ref": format!("common.json#/$defs/{definition}"),
        "description": description,
        "examples": [example]
    })
}

fn local(definition: &str, description: &str, example: &Value) -> Value {
    json!({ "$ref": format!("#/$defs/{definition}"), "description": description, "examples": [example] })
}

/// Text that wants to be code, in every language: whoever runs it leaves a file behind.
const CANARIES: &str = concat!(
    "What a strategy says */ \"beside\" its signals: {{ 7 * 7 }} {% raw %} ${require('fs').writeFileSync('canary','')} ",
    "\"\"\"; open('canary', 'w') # `; \\u002a/ static { new java.io.File(\"canary\").createNewFile(); } /\\u002a ",
    "*/ writeFileSync('canary', '') /* \\\" + open('canary', 'w') + \" <b>@code {@link X} //go:embed * \\"
);

/// The file that such code would leave.
pub const CANARY: &str = "canary";

/// Words of the languages, and names that their objects have for something else.
const WORDS: [&str; 48] = [
    "Abstract",
    "Arguments",
    "Async",
    "Await",
    "Bool",
    "Builder",
    "Case",
    "Clone",
    "Const",
    "Constructor",
    "Copy",
    "Def",
    "Default",
    "Del",
    "Eval",
    "EventType",
    "Fn",
    "From",
    "Func",
    "GetClass",
    "Global",
    "Go",
    "HashCode",
    "Impl",
    "Import",
    "In",
    "Int",
    "Interface",
    "Is",
    "Lambda",
    "MarshalJSON",
    "Match",
    "Notify",
    "Package",
    "Parse",
    "PartitionKey",
    "Pass",
    "Prototype",
    "Range",
    "Return",
    "Select",
    "Static",
    "Subject",
    "ToJson",
    "ToString",
    "Tuple",
    "Validate",
    "Wait",
];

fn note() -> Value {
    let mut note = plain_note();
    for word in WORDS {
        note["properties"][word] = member("Name", CANARIES, "a");
    }
    note
}

fn plain_note() -> Value {
    let line = json!({ "Text": "fast", "Weight": "0.50" });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://schemas.ingenium.example/1/strategy.note.json",
        "title": "NoteEvent",
        "description": CANARIES,
        "type": "object",
        "properties": {
            "Symbol": member("InstrumentSymbol", "The instrument.", "AAPL"),
            "Kind": local("NoteKind", "What it is.", &json!("COMMENT")),
            "Urgent": { "type": "boolean", "description": "Whether it is urgent.", "examples": [true] },
            "Lines": {
                "type": "array",
                "description": "What it says.",
                "items": { "$ref": "#/$defs/NoteLine" },
                "maxItems": 3,
                "examples": [[line]]
            },
            "Mood": local("NoteMood", "How it feels.", &json!("CALM")),
            "Desk": member("Name", "Who reads it.", "emea"),
            "Quiet": { "type": "boolean", "description": "Whether nobody is woken.", "examples": [false] },
            "Detail": local("NoteLine", "More of it.", &line),
            "Labels": {
                "type": "array",
                "description": "Names for it.",
                "items": { "$ref": "common.json#/$defs/Name" },
                "maxItems": 2,
                "examples": [["a"]]
            },
            "Moods": {
                "type": "array",
                "description": "All that it feels.",
                "items": { "$ref": "#/$defs/NoteMood" },
                "maxItems": 2,
                "examples": [["CALM"]]
            },
            "Class": member("Count", "A word of many languages.", "1"),
            "Limits": {
                "type": "object",
                "description": "Figures of its own.",
                "additionalProperties": { "$ref": "common.json#/$defs/Decimal" },
                "propertyNames": { "$ref": "common.json#/$defs/Name" },
                "maxProperties": 2,
                "examples": [{ "a": "1.50" }]
            }
        },
        "required": ["Symbol", "Kind", "Urgent", "Lines"],
        "oneOf": [
            { "properties": { "Kind": { "const": "COMMENT" }, "Detail": false } },
            { "properties": { "Kind": { "const": "REPORT" } }, "required": ["Detail"] }
        ],
        "examples": [{ "Symbol": "AAPL", "Kind": "COMMENT", "Urgent": true, "Lines": [line] }],
        "$defs": {
            "NoteKind": {
                "description": "What a note is.",
                "enum": ["COMMENT", "REPORT"],
                "x-ingenium-extensible": false,
                "examples": ["COMMENT"]
            },
            "NoteMood": {
                "description": "How a note feels.",
                "enum": ["CALM", "ALARMED"],
                "x-ingenium-extensible": true,
                "examples": ["CALM"]
            },
            "NoteLine": {
                "description": "A line of a note.",
                "type": "object",
                "properties": {
                    "Text": member("FreeText", "What it says.", "fast"),
                    "Weight": member("Ratio", "How much it counts.", "0.5"),
                    "Class": member("Count", "A word of many languages.", "1")
                },
                "required": ["Text"]
            }
        }
    })
}

/// What is asked of the codec of a later contract: all valid payloads of this one, and payloads of the new type, right
/// and wrong, judged by the new schema alone.
///
/// # Panics
/// When the later contract has faults.
#[must_use]
pub fn asked_of_later(later: &Tree, vectors: &[Vector]) -> Vec<Question> {
    let mut questions = Vec::new();
    for vector in vectors.iter().filter(|vector| vector.valid) {
        questions.extend(VIEWS.map(|(view, _)| vector.question(view)));
    }
    let bundles = bundles(later).expect("the later contract has no faults");
    for (name, view) in [("strict", ViewName::Strict), ("reader", ViewName::Reader)] {
        let text = bundles.get(&format!("schemas/dist/{name}/strategy.note.json"));
        let schema: Value =
            serde_json::from_str(text.unwrap_or_default()).expect("a bundle is JSON");
        let validator = jsonschema::validator_for(&schema).expect("a bundle is a schema");
        for note in notes() {
            let accepted = validator.is_valid(&note);
            questions.push(Question {
                name: format!("a note of the later contract ({view:?})"),
                command: decode(NOTE, &note, view),
                accepted,
                reasons: Vec::new(),
                written: (accepted && view == ViewName::Strict).then(|| note.clone()),
            });
        }
    }
    questions
}

fn decode(event_type: &str, data: &Value, view: ViewName) -> Command {
    Command::Decode {
        event_type: event_type.to_owned(),
        view,
        data: base64(data.to_string().as_bytes()),
    }
}

/// A full note, and what comes of it when one value in it is another, is gone, or is joined by a stranger.
fn notes() -> Vec<Value> {
    let line = |text: &str| json!({ "Text": text, "Weight": "0.50", "Class": "7" });
    let full = json!({
        "Symbol": "AAPL", "Kind": "REPORT", "Urgent": false, "Lines": [line("a"), line("b")], "Mood": "ALARMED",
        "Desk": "emea", "Quiet": true, "Detail": line("c"), "Labels": ["x", "y"], "Moods": ["CALM"], "Class": "3",
        "Limits": { "a": "1.50", "b": "-2" }
    });
    let values = [
        json!(null),
        json!(true),
        json!(1),
        json!(""),
        json!("x"),
        json!("1.50"),
        json!("COMMENT"),
        json!("REPORT"),
        json!("CALM"),
        json!("HAPPY"),
        json!([]),
        json!({}),
        json!(["a"]),
        json!(["a", "b", "c"]),
        json!(["CALM", "HAPPY"]),
        json!([line("a"), line("b"), line("c"), line("d")]),
        json!([1]),
        json!({ "a": "1" }),
        json!({ "a": "1e5" }),
        json!({ "a b": "1" }),
        json!({ "a": "1", "b": "1", "c": "1" }),
        line("z"),
        json!({ "Text": "z", "Other": "z" }),
    ];
    let mut notes = vec![full.clone()];
    let names: Vec<String> = full
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _)| name.clone())
        .collect();
    for name in names.iter().map(String::as_str).chain(["Stranger"]) {
        let mut without = full.clone();
        without
            .as_object_mut()
            .and_then(|members| members.remove(name));
        notes.push(without);
        for value in &values {
            let mut other = full.clone();
            other[name] = value.clone();
            notes.push(other);
        }
    }
    notes
}

/// What is asked of the codec of this contract about events of a later one.
#[must_use]
pub fn asked_of_ours(vectors: &[Vector]) -> Vec<Question> {
    let example = |event_type: EventType, change: &dyn Fn(&mut Value)| {
        let vector = vectors
            .iter()
            .find(|vector| vector.valid && vector.event_type == event_type);
        let mut data = vector.map(|vector| vector.data.clone()).unwrap_or_default();
        change(&mut data);
        data
    };
    let signal = example(EventType::StrategySignal, &|data| {
        data["Horizon"] = json!("1d");
    });
    let known = example(EventType::StrategySignal, &|_| {});
    let execution = |member: &str, value: &str| {
        let mut data = json!({
            "OrderId": "o-1", "ExecutionId": "x-1", "Symbol": "AAPL", "Side": "BUY", "ExecType": "CANCELED",
            "Status": "CANCELED", "OrderQuantity": "100", "CumulativeQuantity": "0", "LeavesQuantity": "0",
            "Timestamp": "2020-10-01T13:30:00Z"
        });
        data[member] = json!(value);
        data
    };
    let status = json!({
        "Type": "data.type.status", "Symbol": "AAPL", "Timestamp": "2020-09-30T00:00:00Z",
        "Data": { "Reason": "auction", "Depth": [{ "a": "1" }] }
    });
    let cases = [
        (EventType::StrategySignal, signal, known),
        (
            EventType::ExecutorExecution,
            execution("ExecType", "RESTATED"),
            execution("ExecType", "RESTATED"),
        ),
        (
            EventType::ExecutorExecution,
            execution("CancelReason", "ACQUIRED"),
            execution("CancelReason", "ACQUIRED"),
        ),
        (EventType::IngestorData, status.clone(), status),
    ];
    let question = |(event_type, data, written): (EventType, Value, Value)| Question {
        name: format!("an event of the later contract, {event_type}"),
        command: decode(event_type.as_str(), &data, ViewName::Reader),
        accepted: true,
        reasons: Vec::new(),
        written: Some(written),
    };
    let mut questions: Vec<Question> = cases.into_iter().map(question).collect();
    let event = json!({
        "specversion": "1.0", "id": "1", "source": "/ingenium/strategy/x", "type": NOTE, "data": { "Symbol": "AAPL" }
    });
    questions.push(Question {
        name: "an event of a type that this contract does not know".to_owned(),
        command: Command::Receive {
            view: ViewName::Reader,
            headers: vec![[
                "content-type".to_owned(),
                "application/cloudevents+json".to_owned(),
            ]],
            body: base64(event.to_string().as_bytes()),
        },
        accepted: true,
        reasons: Vec::new(),
        written: None,
    });
    questions
}

/// P6, from both sides.
///
/// # Errors
/// When a codec does not answer.
pub fn prove(
    ours: &Codec,
    theirs: &Codec,
    later: &Tree,
    vectors: &[Vector],
) -> Result<Outcome, String> {
    let new = crate::proof::compare(theirs, &asked_of_later(later, vectors))?;
    let old = crate::proof::compare(ours, &asked_of_ours(vectors))?;
    Ok(new.and(old))
}
