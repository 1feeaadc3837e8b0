//! Which event has led to which.

use std::collections::HashMap;

use ingenium_contract::CloudEvent;
use serde_json::{Value, json};

use super::pretty::escape;

/// The events of one story, as trees.
#[derive(Debug)]
pub(super) struct Lineage {
    events: Vec<CloudEvent>,
    /// The events that each has led to, in log order.
    children: Vec<Vec<usize>>,
    /// Those whose cause is not among them.
    roots: Vec<usize>,
}

impl Lineage {
    /// Puts events in log order together by `causationid`. A cause comes before its effects: what names a later event,
    /// or itself, is a root.
    pub(super) fn new(events: Vec<CloudEvent>) -> Self {
        let mut places: HashMap<&str, usize> = HashMap::new();
        let (mut children, mut roots) = (vec![Vec::new(); events.len()], Vec::new());
        for (place, event) in events.iter().enumerate() {
            let cause = event.extension_text("causationid");
            match cause.and_then(|cause| places.get(cause)) {
                Some(&cause) => children[cause].push(place),
                None => roots.push(place),
            }
            places.entry(&event.id).or_insert(place);
        }
        Self {
            events,
            children,
            roots,
        }
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// The trees in lines; `marked` is the id of the event that was asked for.
    pub(super) fn text(&self, marked: Option<&str>) -> String {
        let mut text = String::new();
        // Its own stack: a chain may be longer than that of the program.
        let mut open: Vec<(usize, String, String)> = Vec::new();
        for &root in self.roots.iter().rev() {
            open.push((root, String::new(), String::new()));
        }
        while let Some((place, branch, below)) = open.pop() {
            let event = &self.events[place];
            text += &branch;
            let time = event
                .time
                .as_ref()
                .map_or("-", ingenium_contract::Time::text);
            for attribute in [time, "  ", &event.type_, "  ", &event.id] {
                escape(attribute, &mut text);
            }
            if let Some(subject) = &event.subject {
                text += "  ";
                escape(subject, &mut text);
            }
            text += if marked == Some(event.id.as_str()) {
                "  <--\n"
            } else {
                "\n"
            };
            let children = &self.children[place];
            for (number, &child) in children.iter().enumerate().rev() {
                let (branch, continued) = if number + 1 == children.len() {
                    ("└─ ", "   ")
                } else {
                    ("├─ ", "│  ")
                };
                open.push((
                    child,
                    format!("{below}{branch}"),
                    format!("{below}{continued}"),
                ));
            }
        }
        text
    }

    /// The events in log order, each with its place in the trees.
    pub(super) fn json(&self) -> Value {
        let mut causes = vec![None; self.events.len()];
        for (cause, children) in self.children.iter().enumerate() {
            for &child in children {
                causes[child] = Some(cause);
            }
        }
        let events = self.events.iter().enumerate().map(|(place, event)| {
            let effects = self.children[place].iter();
            json!({
                "id": event.id,
                "source": event.source,
                "type": event.type_,
                "subject": event.subject,
                "time": event.time.as_ref().map(ingenium_contract::Time::text),
                "correlationid": event.extension_text("correlationid"),
                "cause": causes[place].map(|cause| &self.events[cause].id),
                "effects": effects.map(|effect| &self.events[*effect].id).collect::<Vec<_>>(),
            })
        });
        json!({ "events": events.collect::<Vec<_>>() })
    }
}
