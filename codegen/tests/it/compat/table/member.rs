//! Members, lists and maps.

use serde_json::json;

use super::super::{Breaking, Compatible, Edit, edit};
use super::{ORDER, boolean, list, reference};

pub(super) fn members() -> Vec<Edit> {
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
                tree.set(ORDER, "/properties/ClientNote", reference("FreeText", "a"));
            },
        ),
        edit(
            "required member added",
            "portfolio.order",
            (Breaking, Compatible),
            "ING-B-REQUIRED-ADDED",
            |tree| {
                tree.set(ORDER, "/properties/ClientNote", reference("FreeText", "a"));
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
                tree.set(ORDER, "/properties/AccountId", reference("Identifier", "a"));
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
                    reference("PositiveDecimal", "1"),
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
                tree.set(ORDER, "/properties/PostOnly", reference("Name", "true"));
            },
        ),
        edit(
            "map became a text",
            "portfolio.order",
            (Breaking, Breaking),
            "ING-B-TYPE-CHANGED",
            |tree| {
                tree.set(ORDER, "/properties/Tags", reference("FreeText", "a"));
            },
        ),
    ]
}

pub(super) fn collections() -> Vec<Edit> {
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
