//! Tag tables and unions.

use serde_json::json;

use super::super::{Breaking, Compatible, Edit, edit};
use super::{CANCEL, COMMON, DATA, EXECUTION, ORDER, SIGNAL, boolean, reference};

pub(super) fn tables() -> Vec<Edit> {
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

pub(super) fn unions() -> Vec<Edit> {
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
                    reference("Decimal", "1"),
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
