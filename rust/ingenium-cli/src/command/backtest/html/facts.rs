//! Every number of a report by its name in report.json, in an order that people look for.

use serde_json::Value;

use super::escape;
use crate::command::backtest::report::Report;
use crate::exit::Failure;

/// What stands together.
const GROUPS: &[(&str, &[&str])] = &[
    (
        "Result",
        &[
            "cash",
            "equity",
            "total_return",
            "cagr",
            "annualized_return",
            "start",
            "end",
            "years",
            "points",
        ],
    ),
    (
        "Risk",
        &[
            "volatility",
            "sharpe",
            "sharpe_geometric",
            "sortino",
            "calmar",
            "max_drawdown",
            "max_drawdown_days",
            "max_drawdown_recovery_days",
            "average_drawdown",
            "ulcer",
            "var95",
            "cvar95",
            "skew",
            "kurtosis",
            "tail_ratio",
            "psr",
            "dsr",
        ],
    ),
    (
        "Trades",
        &[
            "trades",
            "win_rate",
            "profit_factor",
            "payoff",
            "expectancy",
            "fees",
            "slippage_cost",
            "implementation_shortfall",
            "turnover",
            "exposure_time",
            "exposure_gross",
            "exposure_net",
        ],
    ),
    (
        "Against the benchmark",
        &[
            "alpha",
            "beta",
            "information_ratio",
            "tracking_error",
            "up_capture",
            "down_capture",
        ],
    ),
    (
        "Events",
        &[
            "bars",
            "malformed",
            "signals",
            "orders",
            "cancels",
            "executions",
            "late",
        ],
    ),
];

/// The groups, each a list of names and values.
pub(super) fn facts(report: &Report) -> Result<String, Failure> {
    let documents = [
        serde_json::to_value(report).map_err(Failure::internal)?,
        serde_json::to_value(report.counts).map_err(Failure::internal)?,
        serde_json::to_value(&report.statistics).map_err(Failure::internal)?,
    ];
    let mut page = String::new();
    for (group, names) in GROUPS {
        page.push_str(&format!("<h3>{group}</h3>\n<dl>"));
        for name in *names {
            let value = documents
                .iter()
                .rev()
                .find_map(|document| document.get(*name));
            page.push_str(&format!(
                "<div><dt>{}</dt><dd>{}</dd></div>",
                name.replace('_', " "),
                escape(&shown(value))
            ));
        }
        page.push_str("</dl>\n");
    }
    Ok(page)
}

fn shown(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => "undefined".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use ingenium_trading::metric::Statistics;
    use schemars::schema_for;

    use super::*;
    use crate::command::backtest::observe::Counts;

    #[test]
    fn no_number_is_forgotten() {
        let listed: Vec<&str> = GROUPS
            .iter()
            .flat_map(|(_, names)| *names)
            .copied()
            .collect();
        for schema in [schema_for!(Statistics), schema_for!(Counts)] {
            let members = schema
                .get("properties")
                .and_then(Value::as_object)
                .expect("an object");
            for name in members.keys().filter(|name| *name != "drawdowns") {
                assert!(listed.contains(&name.as_str()), "{name} is in no group");
            }
        }
    }
}
