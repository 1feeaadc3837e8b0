//! The edits.

use super::{Breaking, Compatible, Edit, Moved, edit, json};

const ORDER: &str = "events/portfolio.order.schema.json";
const CANCEL: &str = "events/portfolio.cancel.schema.json";
const DATA: &str = "events/ingestor.data.schema.json";
const SIGNAL: &str = "events/strategy.signal.schema.json";
const EXECUTION: &str = "events/executor.execution.schema.json";
const COMMON: &str = "common.schema.json";
const CATALOG: &str = "catalog.json";
const PROFILE: &str = "cloudevents/ingenium-profile.schema.json";

/// A member that refers to a scalar.
fn member(scalar: &str, example: &str) -> serde_json::Value {
    json!({
        "$ref": format!("common.json#/$defs/{scalar}"),
        "description": "A member for the test.",
        "examples": [example],
    })
}

fn boolean() -> serde_json::Value {
    json!({ "type": "boolean", "description": "A truth value for the test.", "examples": [true] })
}

fn list(most: u32) -> serde_json::Value {
    json!({
        "type": "array",
        "description": "Parts of the order.",
        "items": { "$ref": "common.json#/$defs/Name" },
        "maxItems": most,
        "examples": [["a"]],
    })
}

pub(super) fn edits() -> Vec<Edit> {
    let mut edits = members();
    edits.extend(scalars());
    edits.extend(enumerations());
    edits.extend(collections());
    edits.extend(tables());
    edits.extend(unions());
    edits.extend(catalog());
    edits.extend(attributes());
    edits
}

fn members() -> Vec<Edit> {
    vec![
        edit(
            "other words",
            "portfolio.order",
            (Compatible, Compatible),
            "",
            |tree| {
                tree.set(
                    ORDER,
                    "/properties/Symbol/description",
                    json!("Another text."),
                );
            },
        ),
        edit(
            "optional member added",
            "portfolio.order",
            (Compatible, Compatible),
            "ING-B-PROPERTY-ADDED",
            |tree| {
                tree.set(ORDER, "/properties/ClientNote", member("FreeText", "a"));
            },
        ),
        edit(
            "required member added",
            "portfolio.order",
            (Breaking, Compatible),
            "ING-B-REQUIRED-ADDED",
            |tree| {
                tree.set(ORDER, "/properties/ClientNote", member("FreeText", "a"));
                tree.set(ORDER, "/required/-", json!("ClientNote"));
            },
        ),
        edit(
            "optional member removed",
            "portfolio.order",
            (Compatible, Compatible),
            "ING-B-PROPERTY-REMOVED",
            |tree| {
                tree.remove(ORDER, "/properties/Account");
            },
        ),
        edit(
            "required member removed",
            "portfolio.order",
            (Compatible, Breaking),
            "ING-B-PROPERTY-REMOVED",
            |tree| {
                tree.remove(ORDER, "/properties/Quantity");
                tree.remove(ORDER, "/required/1");
            },
        ),
        edit(
            "member became required",
            "portfolio.order",
            (Breaking, Compatible),
            "ING-B-REQUIRED-ADDED",
            |tree| {
                tree.set(ORDER, "/required/-", json!("OrderId"));
            },
        ),
        edit(
            "member became optional",
            "portfolio.order",
            (Compatible, Breaking),
            "ING-B-REQUIRED-REMOVED",
            |tree| {
                tree.remove(ORDER, "/required/0");
            },
        ),
        edit(
            "optional member renamed",
            "portfolio.order",
            (Compatible, Compatible),
            "ING-B-PROPERTY-REMOVED",
            |tree| {
                tree.remove(ORDER, "/properties/Account");
                tree.set(ORDER, "/properties/AccountId", member("Identifier", "a"));
            },
        ),
        edit(
            "required member renamed",
            "portfolio.order",
            (Breaking, Breaking),
            "ING-B-PROPERTY-REMOVED",
            |tree| {
                tree.remove(ORDER, "/properties/Quantity");
                tree.set(
                    ORDER,
                    "/properties/OrderQuantity",
                    member("PositiveDecimal", "1"),
                );
                tree.set(ORDER, "/required/1", json!("OrderQuantity"));
            },
        ),
        edit(
            "text became a truth value",
            "portfolio.order",
            (Breaking, Breaking),
            "ING-B-TYPE-CHANGED",
            |tree| {
                tree.set(ORDER, "/properties/Account", boolean());
            },
        ),
        edit(
            "truth value became a text",
            "portfolio.order",
            (Breaking, Breaking),
            "ING-B-TYPE-CHANGED",
            |tree| {
                tree.set(ORDER, "/properties/PostOnly", member("Name", "true"));
            },
        ),
        edit(
            "map became a text",
            "portfolio.order",
            (Breaking, Breaking),
            "ING-B-TYPE-CHANGED",
            |tree| {
                tree.set(ORDER, "/properties/Tags", member("FreeText", "a"));
            },
        ),
    ]
}

fn scalars() -> Vec<Edit> {
    vec![
        edit(
            "pattern narrower",
            "portfolio.order",
            (Breaking, Compatible),
            "ING-B-PATTERN-CHANGED",
            |tree| {
                tree.set(
                    COMMON,
                    "/$defs/VenueCode/pattern",
                    json!("^[A-Z0-9._-]{1,16}$"),
                );
            },
        ),
        edit(
            "pattern wider",
            "portfolio.order",
            (Compatible, Breaking),
            "ING-B-PATTERN-CHANGED",
            |tree| {
                tree.set(
                    COMMON,
                    "/$defs/VenueCode/pattern",
                    json!("^[A-Z0-9._-]{1,64}$"),
                );
            },
        ),
        edit(
            "pattern with more letters",
            "portfolio.order",
            (Compatible, Breaking),
            "ING-B-PATTERN-CHANGED",
            |tree| {
                tree.set(
                    COMMON,
                    "/$defs/CurrencyCode/pattern",
                    json!("^[A-Za-z0-9]{2,12}$"),
                );
            },
        ),
        edit(
            "pattern written otherwise",
            "portfolio.order",
            (Compatible, Compatible),
            "ING-B-PATTERN-CHANGED",
            |tree| {
                tree.set(
                    COMMON,
                    "/$defs/CurrencyCode/pattern",
                    json!("^[0-9A-Z][0-9A-Z]{1,11}$"),
                );
            },
        ),
        edit(
            "pattern neither wider nor narrower",
            "portfolio.order",
            (Breaking, Breaking),
            "ING-B-PATTERN-CHANGED",
            |tree| {
                tree.set(
                    COMMON,
                    "/$defs/CurrencyCode/pattern",
                    json!("^[A-Z]{1,20}$"),
                );
            },
        ),
        edit(
            "longer decimals",
            "strategy.signal",
            (Compatible, Breaking),
            "ING-B-PATTERN-CHANGED",
            |tree| {
                let pattern = r"^-?(?:(?:0|[1-9][0-9]{0,9})(?:\.[0-9]{1,20})?|[1-9][0-9]{10,17}(?:\.[0-9]{1,10})?)$";
                tree.set(COMMON, "/$defs/Decimal/pattern", json!(pattern));
            },
        ),
        edit(
            "negative zero allowed",
            "strategy.signal",
            (Compatible, Breaking),
            "ING-B-PATTERN-CHANGED",
            |tree| {
                tree.remove(COMMON, "/$defs/Decimal/not");
            },
        ),
        edit(
            "a form forbidden",
            "portfolio.order",
            (Breaking, Compatible),
            "ING-B-PATTERN-CHANGED",
            |tree| {
                tree.set(COMMON, "/$defs/Identifier/not", json!({ "pattern": "^-" }));
            },
        ),
        edit(
            "later years",
            "portfolio.cancel",
            (Compatible, Breaking),
            "ING-B-PATTERN-CHANGED",
            |tree| {
                tree.replace(COMMON, "^(?:19[7-9][0-9]|", "^(?:19[0-9][0-9]|");
            },
        ),
        edit(
            "length limit",
            "portfolio.order",
            (Breaking, Compatible),
            "ING-B-PATTERN-CHANGED",
            |tree| {
                tree.set(COMMON, "/$defs/Identifier/maxLength", json!(8));
            },
        ),
        edit(
            "refinement dropped",
            "portfolio.order",
            (Compatible, Breaking),
            "ING-B-PATTERN-CHANGED",
            |tree| {
                tree.remove(COMMON, "/$defs/PositiveDecimal/pattern");
            },
        ),
        edit(
            "price became positive",
            "portfolio.order",
            (Breaking, Compatible),
            "ING-B-PATTERN-CHANGED",
            |tree| {
                tree.set(
                    ORDER,
                    "/properties/LimitPrice/$ref",
                    json!("common.json#/$defs/PositiveDecimal"),
                );
            },
        ),
        edit(
            "identifier became a name",
            "portfolio.order",
            (Breaking, Compatible),
            "ING-B-PATTERN-CHANGED",
            |tree| {
                tree.set(
                    ORDER,
                    "/properties/Account/$ref",
                    json!("common.json#/$defs/Name"),
                );
            },
        ),
        edit(
            "another scalar that says the same",
            "portfolio.order",
            (Compatible, Compatible),
            "",
            |tree| {
                tree.set(
                    ORDER,
                    "/properties/LimitPrice/$ref",
                    json!("common.json#/$defs/Decimal"),
                );
            },
        ),
        edit(
            "definition renamed",
            "portfolio.order",
            (Compatible, Compatible),
            "",
            |tree| {
                for file in [COMMON, ORDER, DATA, EXECUTION] {
                    tree.rename(file, "VenueCode", "MarketCode");
                }
            },
        ),
    ]
}

fn enumerations() -> Vec<Edit> {
    vec![
        edit(
            "value added",
            "portfolio.order",
            (Compatible, Breaking),
            "ING-B-ENUM-VALUE-ADDED",
            |tree| {
                tree.set(COMMON, "/$defs/OrderTimeInForce/enum/-", json!("GFA"));
            },
        ),
        edit(
            "value removed",
            "portfolio.order",
            (Breaking, Compatible),
            "ING-B-ENUM-VALUE-REMOVED",
            |tree| {
                tree.remove(COMMON, "/$defs/OrderTimeInForce/enum/6");
            },
        ),
        edit(
            "value replaced",
            "portfolio.order",
            (Breaking, Breaking),
            "ING-B-ENUM-VALUE-REMOVED",
            |tree| {
                tree.set(COMMON, "/$defs/OrderTimeInForce/enum/6", json!("GFA"));
            },
        ),
        edit(
            "value added, extensible",
            "executor.execution",
            (Compatible, Compatible),
            "ING-B-ENUM-VALUE-ADDED",
            |tree| {
                tree.set(
                    COMMON,
                    "/$defs/OrderRejectReason/enum/-",
                    json!("BROKER_EXERCISED"),
                );
            },
        ),
        edit(
            "value removed, extensible",
            "executor.execution",
            (Compatible, Compatible),
            "ING-B-ENUM-VALUE-REMOVED",
            |tree| {
                tree.remove(COMMON, "/$defs/OrderRejectReason/enum/0");
            },
        ),
        edit(
            "became extensible",
            "executor.execution",
            (Compatible, Compatible),
            "ING-B-EXTENSIBLE-CHANGED",
            |tree| {
                tree.set(
                    COMMON,
                    "/$defs/LiquidityFlag/x-ingenium-extensible",
                    json!(true),
                );
            },
        ),
        edit(
            "became extensible and got a value",
            "executor.execution",
            (Compatible, Breaking),
            "ING-B-ENUM-VALUE-ADDED",
            |tree| {
                tree.set(
                    COMMON,
                    "/$defs/LiquidityFlag/x-ingenium-extensible",
                    json!(true),
                );
                tree.set(COMMON, "/$defs/LiquidityFlag/enum/-", json!("AUCTION"));
            },
        ),
        Edit {
            // The reverse drops a value of a closed enumeration while it opens it: new consumers accept it.
            reversed: Some((Compatible, Compatible)),
            ..edit(
                "is no longer extensible",
                "executor.execution",
                (Compatible, Compatible),
                "ING-B-EXTENSIBLE-CHANGED",
                |tree| {
                    tree.set(
                        COMMON,
                        "/$defs/OrderCancelReason/x-ingenium-extensible",
                        json!(false),
                    );
                },
            )
        },
        edit(
            "enumeration became a text",
            "portfolio.order",
            (Compatible, Breaking),
            "ING-B-TYPE-CHANGED",
            |tree| {
                tree.set(
                    ORDER,
                    "/properties/TimeInForce/$ref",
                    json!("common.json#/$defs/Name"),
                );
            },
        ),
    ]
}

fn collections() -> Vec<Edit> {
    vec![
        edit(
            "smaller map",
            "portfolio.order",
            (Breaking, Compatible),
            "ING-B-LIMIT-CHANGED",
            |tree| {
                tree.set(ORDER, "/properties/Tags/maxProperties", json!(16));
            },
        ),
        edit(
            "wider names in a map",
            "portfolio.order",
            (Compatible, Breaking),
            "ING-B-PATTERN-CHANGED",
            |tree| {
                tree.set(
                    ORDER,
                    "/properties/Tags/propertyNames/$ref",
                    json!("common.json#/$defs/Identifier"),
                );
            },
        ),
        edit(
            "narrower values in a map",
            "portfolio.order",
            (Breaking, Compatible),
            "ING-B-PATTERN-CHANGED",
            |tree| {
                tree.set(
                    ORDER,
                    "/properties/Tags/additionalProperties/$ref",
                    json!("common.json#/$defs/Name"),
                );
            },
        ),
        edit(
            "smaller map of wider names",
            "portfolio.order",
            (Breaking, Breaking),
            "ING-B-LIMIT-CHANGED",
            |tree| {
                tree.set(ORDER, "/properties/Tags/maxProperties", json!(16));
                tree.set(
                    ORDER,
                    "/properties/Tags/propertyNames/$ref",
                    json!("common.json#/$defs/Identifier"),
                );
            },
        ),
        Edit {
            base: Some(|tree| tree.set(ORDER, "/properties/Legs", list(4))),
            ..edit(
                "longer list",
                "portfolio.order",
                (Compatible, Breaking),
                "ING-B-LIMIT-CHANGED",
                |tree| {
                    tree.set(ORDER, "/properties/Legs", list(8));
                },
            )
        },
        Edit {
            base: Some(|tree| tree.set(ORDER, "/properties/Legs", list(4))),
            ..edit(
                "narrower items",
                "portfolio.order",
                (Breaking, Compatible),
                "ING-B-PATTERN-CHANGED",
                |tree| {
                    tree.set(
                        ORDER,
                        "/properties/Legs/items/$ref",
                        json!("common.json#/$defs/CurrencyCode"),
                    );
                },
            )
        },
    ]
}

fn tables() -> Vec<Edit> {
    vec![
        edit(
            "row and value added",
            "portfolio.order",
            (Compatible, Breaking),
            "ING-B-VARIANT-ADDED",
            |tree| {
                tree.set(COMMON, "/$defs/OrderType/enum/-", json!("PEGGED"));
                tree.set(
                    ORDER,
                    "/oneOf/-",
                    json!({ "properties": { "Type": { "const": "PEGGED" } } }),
                );
            },
        ),
        edit(
            "rows and value removed",
            "portfolio.order",
            (Breaking, Compatible),
            "ING-B-VARIANT-REMOVED",
            |tree| {
                tree.remove(COMMON, "/$defs/OrderType/enum/4");
                tree.remove(ORDER, "/oneOf/5");
                tree.remove(ORDER, "/oneOf/4");
            },
        ),
        edit(
            "alternative removed",
            "portfolio.order",
            (Breaking, Compatible),
            "ING-B-VARIANT-REMOVED",
            |tree| {
                tree.remove(ORDER, "/oneOf/5");
            },
        ),
        edit(
            "row requires more",
            "portfolio.order",
            (Breaking, Compatible),
            "ING-B-ROW-CHANGED",
            |tree| {
                tree.set(ORDER, "/oneOf/0/required", json!(["TimeInForce"]));
            },
        ),
        edit(
            "row requires less",
            "portfolio.order",
            (Compatible, Breaking),
            "ING-B-ROW-CHANGED",
            |tree| {
                tree.set(ORDER, "/oneOf/3/required", json!(["StopPrice"]));
            },
        ),
        edit(
            "row forbids more",
            "portfolio.order",
            (Breaking, Compatible),
            "ING-B-ROW-CHANGED",
            |tree| {
                tree.set(ORDER, "/oneOf/0/properties/ExpiresAt", json!(false));
            },
        ),
        edit(
            "row forbids less",
            "portfolio.order",
            (Compatible, Breaking),
            "ING-B-ROW-CHANGED",
            |tree| {
                tree.remove(ORDER, "/oneOf/0/properties/LimitPrice");
            },
        ),
    ]
}

fn unions() -> Vec<Edit> {
    let variant: fn(&mut crate::tree::Tree) = |tree: &mut crate::tree::Tree| {
        let status = json!({ "properties": {
            "Type": { "const": "data.type.status" },
            "Data": {
                "title": "StatusData",
                "description": "Whether the instrument trades.",
                "type": "object",
                "properties": { "Halted": boolean() },
                "required": ["Halted"],
            },
        } });
        tree.set(DATA, "/oneOf/-", status);
    };
    vec![
        edit(
            "variant added",
            "ingestor.data",
            (Compatible, Compatible),
            "ING-B-VARIANT-ADDED",
            variant,
        ),
        edit(
            "variant's member added",
            "ingestor.data",
            (Compatible, Compatible),
            "ING-B-PROPERTY-ADDED",
            |tree| {
                tree.set(
                    DATA,
                    "/oneOf/0/properties/Data/properties/Notional",
                    member("Decimal", "1"),
                );
            },
        ),
        edit(
            "variant's member became required",
            "ingestor.data",
            (Breaking, Compatible),
            "ING-B-REQUIRED-ADDED",
            |tree| {
                tree.set(DATA, "/oneOf/0/properties/Data/required/-", json!("Period"));
            },
        ),
        edit(
            "variant's member narrower",
            "ingestor.data",
            (Breaking, Compatible),
            "ING-B-PATTERN-CHANGED",
            |tree| {
                let positive = json!("common.json#/$defs/PositiveDecimal");
                tree.set(
                    DATA,
                    "/oneOf/0/properties/Data/properties/Volume/$ref",
                    positive,
                );
            },
        ),
        edit(
            "variant's member of another kind",
            "ingestor.data",
            (Breaking, Breaking),
            "ING-B-TYPE-CHANGED",
            |tree| {
                tree.set(
                    DATA,
                    "/oneOf/0/properties/Data/properties/TradeCount",
                    boolean(),
                );
            },
        ),
        edit(
            "signal's member narrower",
            "strategy.signal",
            (Breaking, Compatible),
            "ING-B-PATTERN-CHANGED",
            |tree| {
                tree.set(
                    SIGNAL,
                    "/properties/TargetWeight/$ref",
                    json!("common.json#/$defs/Ratio"),
                );
            },
        ),
        edit(
            "execution's row requires more",
            "executor.execution",
            (Breaking, Compatible),
            "ING-B-ROW-CHANGED",
            |tree| {
                tree.set(EXECUTION, "/oneOf/0/required", json!(["Text"]));
            },
        ),
        edit(
            "cancel's member became required",
            "portfolio.cancel",
            (Breaking, Compatible),
            "ING-B-REQUIRED-ADDED",
            |tree| {
                tree.set(CANCEL, "/required/-", json!("Reason"));
            },
        ),
    ]
}

fn catalog() -> Vec<Edit> {
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
                    member("InstrumentSymbol", "ES"),
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

fn attributes() -> Vec<Edit> {
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
