//! Rows as data: what a broker is given, and what each profile makes of it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Whose answer a row is compared with. The specification and the two brokers of Knative differ in about twenty places:
/// where they do, what works on one breaks on the other.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Against {
    /// Knative's specification.
    Spec,
    /// Knative's broker on Kafka.
    Kafka,
    /// Knative's broker on channels (MTChannelBasedBroker), in memory.
    Mt,
    /// The embedded broker: as `kafka`, with what it promises beyond.
    Ingenium,
}

impl Against {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Spec, Self::Kafka, Self::Mt, Self::Ingenium];

    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Spec => "spec",
            Self::Kafka => "kafka",
            Self::Mt => "mt",
            Self::Ingenium => "ingenium",
        }
    }

    /// What a broker of a class is compared with.
    #[must_use]
    pub fn of_class(class: Option<&str>) -> Self {
        match class {
            Some("Kafka" | "KafkaNamespaced") => Self::Kafka,
            Some("MTChannelBasedBroker") => Self::Mt,
            Some("Ingenium") => Self::Ingenium,
            _ => Self::Spec,
        }
    }
}

/// One row of the table: a broker of its own, triggers, subscribers, what is sent, and what must be seen.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// The row's name within its check, such as `F1`.
    pub id: String,
    /// What is looked at.
    pub title: String,
    /// `spec` of the Broker. The text `sink:NAME` stands for the URL of a subscriber, `sink:nobody` for one that is not
    /// there.
    #[serde(default)]
    pub broker: Map<String, Value>,
    /// The Triggers that are there from the beginning.
    #[serde(default)]
    pub triggers: Vec<TriggerRow>,
    /// What subscribers answer, by name; one that is not named takes everything.
    #[serde(default)]
    pub sinks: BTreeMap<String, Script>,
    /// What is done, in order.
    pub steps: Vec<Step>,
    /// What must be seen.
    pub expect: Vec<RowExpect>,
    /// What the row needs beyond a broker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs: Option<Need>,
    /// How long nothing more may come, in milliseconds, before the row is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet_ms: Option<u64>,
    /// Broken brokers that fail this row.
    #[serde(default)]
    pub killed_by: Vec<String>,
}

/// What a row needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Need {
    /// A process that may be killed.
    Process,
    /// The broker claims `replay`: the annotation `ingenium.example/start` of a Trigger.
    Replay,
    /// It wants to know who sends, and there is a token to show.
    Oidc,
}

/// A Trigger.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TriggerRow {
    /// Its name.
    pub name: String,
    /// The subscriber.
    pub to: String,
    /// The rest of its `spec`; `broker` and the subscriber's `uri` are added.
    #[serde(default)]
    pub spec: Map<String, Value>,
    /// Its annotations.
    #[serde(default)]
    pub annotations: BTreeMap<String, String>,
}

/// What a subscriber answers.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Script {
    /// To the first, second … attempt of each event; after the last it takes it.
    #[serde(default)]
    pub answers: Vec<Answer>,
    /// The last of them stands for so many.
    #[serde(default)]
    pub repeat: Option<usize>,
    /// To attempts of these events instead.
    #[serde(default)]
    pub by_id: BTreeMap<String, Vec<Answer>>,
}

/// One answer.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The status.
    #[serde(default = "accepted")]
    pub status: u16,
    /// How long it takes, in milliseconds.
    #[serde(default)]
    pub delay_ms: u64,
    /// Headers beside those of an event.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// A body that is no event.
    #[serde(default)]
    pub text: Option<String>,
    /// The text is repeated so many times.
    #[serde(default)]
    pub times: Option<usize>,
    /// An event, in binary mode.
    #[serde(default)]
    pub reply: Option<EventRow>,
    /// The connection is closed instead.
    #[serde(default)]
    pub close: bool,
}

const fn accepted() -> u16 {
    202
}

/// An event: id `ID`, source `/conformance/broker`, type `conformance.event`, a small JSON object; and what is said here.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EventRow {
    /// The id.
    pub id: String,
    /// Attributes beside the usual ones, or in their place; null leaves one out.
    #[serde(default)]
    pub with: BTreeMap<String, Option<String>>,
    /// The payload's text; JSON unless `datacontenttype` is among the attributes.
    #[serde(default)]
    pub data: Option<String>,
    /// A JSON payload of so many bytes.
    #[serde(default)]
    pub size: Option<usize>,
    /// Structured mode.
    #[serde(default)]
    pub structured: bool,
}

/// One thing that is done.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Step {
    /// An event is posted; whoever sends waits for the answer.
    Send(EventRow),
    /// Events `ID-0`, `ID-1` … are posted one after another, with the keys in turn.
    Stream(Stream),
    /// A request of any kind.
    Request(Request),
    /// A Trigger is created now.
    Trigger(TriggerRow),
    /// A Trigger is offered that must be refused.
    Refuse(TriggerRow),
    /// So many requests have reached a subscriber.
    Await(Reached),
    /// The process is killed and started again on what it left.
    Kill {},
}

/// Several events.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stream {
    /// What their ids begin with.
    pub id: String,
    /// How many.
    pub count: usize,
    /// Their `partitionkey`s, in turn.
    #[serde(default)]
    pub keys: Vec<String>,
}

/// A request that need not be an event.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// What the answer is called.
    pub id: String,
    /// The method.
    pub method: String,
    /// The path instead of the broker's.
    #[serde(default)]
    pub path: Option<String>,
    /// The headers.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The body.
    #[serde(default)]
    pub body: String,
    /// It does not say who sends it, where there is a token.
    #[serde(default)]
    pub anonymous: bool,
}

/// So many requests at a subscriber.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reached {
    /// The subscriber.
    pub at: String,
    /// How many.
    pub requests: usize,
}

/// What must be seen, by whom it is asked.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RowExpect {
    /// Who asks for it; everybody when absent. Where nobody asks, the row is only recorded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub of: Vec<Against>,
    /// What it is.
    pub that: That,
}

/// One thing that must be seen.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum That {
    /// The answer to a request or an event is one of these: `202`, `2xx`, `4xx`.
    Answered {
        /// The request or event.
        id: String,
        /// The statuses.
        status: Vec<String>,
    },
    /// A header of the answer holds a text, whatever the case.
    AnswerHeader {
        /// The request or event.
        id: String,
        /// The header.
        name: String,
        /// The text.
        holds: String,
        /// Only if the answer is 2xx.
        #[serde(default)]
        if_good: bool,
    },
    /// A subscriber accepted each of these events: so many times, once unless said otherwise; 0: it never came.
    Delivered {
        /// The subscriber.
        to: String,
        /// The events; those of a stream by what their ids begin with and `*`.
        events: Vec<String>,
        /// How often.
        #[serde(default = "once")]
        times: usize,
        /// Or more often.
        #[serde(default)]
        or_more: bool,
    },
    /// So many attempts were made.
    Attempts {
        /// The subscriber.
        to: String,
        /// The event.
        event: String,
        /// How many.
        are: usize,
        /// Or fewer.
        #[serde(default)]
        or_fewer: bool,
    },
    /// The waits between the attempts, in milliseconds: none is shorter, and none longer than twice that and a little.
    Waits {
        /// The subscriber.
        to: String,
        /// The event.
        event: String,
        /// The waits.
        ms: Vec<u64>,
    },
    /// Attributes and data arrive as they were sent; more attributes may.
    Unchanged {
        /// The subscriber.
        to: String,
        /// The event.
        event: String,
    },
    /// An attribute or a request header of a delivery.
    Carries {
        /// The subscriber.
        to: String,
        /// The event.
        event: String,
        /// The header; an attribute is named `ce-NAME`.
        header: String,
        /// What it is, `sink:NAME` being a subscriber's URL; any when absent.
        #[serde(default)]
        is: Option<String>,
        /// Or what it begins with.
        #[serde(default)]
        begins: Option<String>,
        /// It is not there.
        #[serde(default)]
        absent: bool,
        /// So many characters.
        #[serde(default)]
        length: Option<usize>,
    },
    /// Whether a delivery came in structured mode.
    Structured {
        /// The subscriber.
        to: String,
        /// The event.
        event: String,
        /// Whether it did.
        is: bool,
    },
    /// The first attempts come in the order of sending, among events of one `partitionkey`.
    InOrder {
        /// The subscriber.
        to: String,
    },
    /// No attempt begins while another of the same `partitionkey` is open, nor before an earlier event is settled.
    OneAtATime {
        /// The subscriber.
        to: String,
    },
    /// Whether the sender had its answer before the subscriber gave one.
    AnsweredFirst {
        /// The event.
        event: String,
        /// The subscriber.
        to: String,
        /// Whether it had.
        is: bool,
    },
}

const fn once() -> usize {
    1
}
