//! What stands around the payload: catalog and attributes.

use serde_json::json;

use super::super::{Breaking, Compatible, Edit, Moved, edit};
use super::{CANCEL, CATALOG, PROFILE, reference};

pub(super) fn catalog() -> Vec<Edit> {
    vec![
        Edit {
            reversed: Some((Compatible, Compatible)),
            ..edit(
                "event removed",
                "portfolio.cancel",
                (Moved, Compatible),
                "ING-B-EVENT-REMOVED",
                |tree| {
                    tree.remove(CATALOG, "/events/3");
                },
            )
        },
        Edit {
            base: Some(|tree| {
                tree.remove(CATALOG, "/events/3");
            }),
            reversed: Some((Moved, Compatible)),
            ..edit(
                "event added",
                "portfolio.cancel",
                (Compatible, Compatible),
                "ING-B-EVENT-ADDED",
                |tree| {
                    let entry = json!({
                        "type": "ingenium.portfolio.cancel",
                        "schema": "events/portfolio.cancel.schema.json",
                        "emittedBy": "portfolio",
                        "consumedBy": ["executor"],
                        "subject": { "property": "Symbol" },
                        "partitionKey": { "property": "Portfolio", "default": "main" },
                        "stability": "draft",
                        "compatibility": "none"
                    });
                    tree.set(CATALOG, "/events/-", entry);
                },
            )
        },
        edit(
            "another partition key",
            "portfolio.order",
            (Moved, Moved),
            "ING-B-PARTITION-KEY-CHANGED",
            |tree| {
                tree.set(
                    CATALOG,
                    "/events/2/partitionKey",
                    json!({ "property": "Symbol" }),
                );
            },
        ),
        Edit {
            base: Some(|tree| {
                tree.set(
                    CANCEL,
                    "/properties/Underlying",
                    reference("InstrumentSymbol", "ES"),
                );
                tree.set(CANCEL, "/required/-", json!("Underlying"));
            }),
            ..edit(
                "another subject",
                "portfolio.cancel",
                (Moved, Moved),
                "ING-B-SUBJECT-CHANGED",
                |tree| {
                    tree.set(CATALOG, "/events/3/subject/property", json!("Underlying"));
                },
            )
        },
        edit(
            "another emitter",
            "portfolio.cancel",
            (Moved, Moved),
            "ING-B-EMITTER-CHANGED",
            |tree| {
                tree.set(CATALOG, "/events/3/emittedBy", json!("strategy"));
            },
        ),
        edit(
            "another consumer",
            "portfolio.cancel",
            (Compatible, Compatible),
            "ING-B-CONSUMERS-CHANGED",
            |tree| {
                tree.set(CATALOG, "/events/3/consumedBy/-", json!("portfolio"));
            },
        ),
    ]
}

pub(super) fn attributes() -> Vec<Edit> {
    vec![
        edit(
            "attribute added",
            "envelope",
            (Compatible, Compatible),
            "ING-B-ATTRIBUTE-ADDED",
            |tree| {
                tree.set(
                    PROFILE,
                    "/properties/venue",
                    json!({ "$ref": "#/$defs/value" }),
                );
            },
        ),
        edit(
            "attribute removed",
            "envelope",
            (Compatible, Compatible),
            "ING-B-ATTRIBUTE-REMOVED",
            |tree| {
                tree.remove(PROFILE, "/properties/conformancerun");
            },
        ),
        edit(
            "attribute became required",
            "envelope",
            (Breaking, Compatible),
            "ING-B-ATTRIBUTE-CHANGED",
            |tree| {
                tree.set(PROFILE, "/required/-", json!("subject"));
            },
        ),
        edit(
            "attribute of another form",
            "envelope",
            (Breaking, Breaking),
            "ING-B-ATTRIBUTE-CHANGED",
            |tree| {
                tree.set(
                    PROFILE,
                    "/properties/sequence/pattern",
                    json!("^[0-9]{19}$"),
                );
            },
        ),
        edit(
            "attribute wider",
            "envelope",
            (Compatible, Breaking),
            "ING-B-ATTRIBUTE-CHANGED",
            |tree| {
                tree.set(
                    PROFILE,
                    "/properties/tracestate/pattern",
                    json!("^[ -~]{1,1024}$"),
                );
            },
        ),
        edit(
            "attribute with another constant",
            "envelope",
            (Breaking, Breaking),
            "ING-B-ATTRIBUTE-CHANGED",
            |tree| {
                tree.set(PROFILE, "/properties/ingeniumreplay/const", json!("yes"));
            },
        ),
    ]
}
