//! Texts and enumerations.

use serde_json::json;

use super::super::{Breaking, Compatible, Edit, edit};
use super::{COMMON, DATA, EXECUTION, ORDER};

pub(super) fn scalars() -> Vec<Edit> {
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

pub(super) fn enumerations() -> Vec<Edit> {
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
