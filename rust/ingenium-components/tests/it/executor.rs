//! The configuration of the paper executor: what may be said, and what is refused in words.

use ingenium_components::executor::Config;
use ingenium_trading::executor::{Fees, LimitFill, PaperExecutor, Session, Slippage, Tier, Timing};

fn read(json: &str) -> Result<PaperExecutor, String> {
    let config: Config = serde_json::from_str(json).map_err(|error| error.to_string())?;
    config.role().map_err(|error| error.to_string())
}

fn plain() -> PaperExecutor {
    PaperExecutor {
        fees: Fees::Bps(0.into()),
        ..PaperExecutor::new("USD".parse().expect("a currency"))
    }
}

#[test]
fn nothing_said_means_the_next_open_without_fees() {
    assert_eq!(read("{}"), Ok(plain()));
}

#[test]
fn every_model_has_a_name() {
    let number = |text: &str| text.parse().expect("a decimal");
    let tier = |from: &str, bps: &str| Tier {
        from: number(from),
        bps: number(bps),
    };
    let hours = |zone| Session::new(zone, "09:30", "16:00", &["2020-12-25".to_owned()]);
    for (json, role) in [
        (
            r#"{"timing": "next_close", "limit_fill": "touch", "participation": "0.1"}"#,
            PaperExecutor {
                timing: Timing::NextClose,
                limit_fill: LimitFill::Touch,
                participation: number("0.1"),
                ..plain()
            },
        ),
        (
            r#"{"timing": "same_close", "slippage": {"bps": "5"}, "fee_bps": "10"}"#,
            PaperExecutor {
                timing: Timing::SameClose,
                slippage: Slippage::Bps(5.into()),
                fees: Fees::Bps(10.into()),
                ..plain()
            },
        ),
        (
            r#"{"timing": {"latency_ms": 250}, "slippage": {"ticks": {"count": 2, "size": "0.05"}}, "fees": "none"}"#,
            PaperExecutor {
                timing: Timing::Latency(250_000_000),
                slippage: Slippage::Ticks {
                    count: 2.into(),
                    size: number("0.05"),
                },
                fees: Fees::None,
                ..plain()
            },
        ),
        (
            r#"{"slippage": {"volume_share": {"impact": "0.1", "limit": "0.025"}}, "fees": {"per_share": {"rate": "0.005", "min": "1", "max_percent": "1"}}}"#,
            PaperExecutor {
                slippage: Slippage::VolumeShare {
                    impact: number("0.1"),
                    limit: number("0.025"),
                },
                fees: Fees::PerShare {
                    rate: number("0.005"),
                    minimum: 1.into(),
                    maximum_percent: Some(1.into()),
                },
                ..plain()
            },
        ),
        (
            r#"{"fees": {"per_share": {"rate": "0.005"}}, "slippage": "none"}"#,
            PaperExecutor {
                fees: Fees::PerShare {
                    rate: number("0.005"),
                    minimum: 0.into(),
                    maximum_percent: None,
                },
                ..plain()
            },
        ),
        (
            r#"{"fees": {"maker_taker": {"maker_bps": "-1", "taker_bps": "5"}}}"#,
            PaperExecutor {
                fees: Fees::MakerTaker {
                    maker: (-1).into(),
                    taker: 5.into(),
                },
                ..plain()
            },
        ),
        (
            r#"{"fees": {"tiered": [{"from": "0", "bps": "10"}, {"from": "10000", "bps": "5"}]}}"#,
            PaperExecutor {
                fees: Fees::Tiered(vec![tier("0", "10"), tier("10000", "5")]),
                ..plain()
            },
        ),
        (
            r#"{"session": {"zone": "EST5EDT,M3.2.0,M11.1.0", "open": "09:30", "close": "16:00", "holidays": ["2020-12-25"]}}"#,
            PaperExecutor {
                session: hours("EST5EDT,M3.2.0,M11.1.0").expect("a session"),
                ..plain()
            },
        ),
    ] {
        assert_eq!(read(json), Ok(role), "{json}");
    }
}

#[test]
fn what_cannot_be_is_refused_with_key_value_and_fix() {
    for (json, expected) in [
        (
            r#"{"fee_bps": "10", "fees": "none"}"#,
            "configuration: `fee_bps` is `10`: use either `fee_bps` or `fees`",
        ),
        (
            r#"{"participation": "1.1"}"#,
            "configuration: `participation` is `1.1`: use 0 to 1 with at most 8 decimals",
        ),
        (
            r#"{"participation": "0.123456789"}"#,
            "configuration: `participation` is `0.123456789`: use 0 to 1 with at most 8 decimals",
        ),
        (
            r#"{"slippage": {"bps": "10001"}}"#,
            "configuration: `slippage.bps` is `10001`: use at most 10000 basis points",
        ),
        (
            r#"{"slippage": {"volume_share": {"impact": "2", "limit": "0.1"}}}"#,
            "configuration: `slippage.volume_share.impact` is `2`: use 0 to 1",
        ),
        (
            r#"{"fees": {"maker_taker": {"maker_bps": "-10001", "taker_bps": "1"}}}"#,
            "configuration: `fees.maker_taker.maker_bps` is `-10001`: use at most 10000 basis points",
        ),
        (
            r#"{"fees": {"tiered": [{"from": "1", "bps": "10"}]}}"#,
            "configuration: `fees.tiered` is `1`: let the first tier be from 0 and each other from more than the one before",
        ),
        (
            r#"{"fees": {"tiered": []}}"#,
            "configuration: `fees.tiered` is ``: let the first tier be from 0 and each other from more than the one before",
        ),
        (
            r#"{"session": {"zone": "America/New_York"}}"#,
            "configuration: `session.zone` is `America/New_York`: use `UTC`, an offset such as `-05:00`, or a POSIX rule such as `EST5EDT,M3.2.0,M11.1.0`",
        ),
        (
            r#"{"session": {"open": "25:00"}}"#,
            "configuration: `session.open` is `25:00`: use `HH:MM` from 00:00 to 23:59",
        ),
    ] {
        assert_eq!(read(json).map(|_| ()), Err(expected.to_owned()));
    }
    for json in [
        r#"{"timings": "next_open"}"#,
        r#"{"session": {"timezone": "UTC"}}"#,
        r#"{"fees": {"per_share": {"rate": "1", "most": "1"}}}"#,
        r#"{"slippage": "some"}"#,
        r#"{"limit_fill": "cross "}"#,
    ] {
        assert!(read(json).is_err(), "{json}");
    }
}

#[test]
fn what_is_written_is_read_again() {
    let text = serde_json::to_string(&Config::default()).expect("it is written");
    assert_eq!(read(&text), Ok(plain()));
}

#[test]
fn the_reference_page_shows_the_defaults() {
    let page = include_str!("../../../../docs/reference/paper-executor.md");
    let shown = page
        .split("```json")
        .nth(1)
        .and_then(|rest| rest.split("```").next());
    let shown: serde_json::Value =
        serde_json::from_str(shown.expect("an example")).expect("the example is JSON");
    let mut held = serde_json::to_value(Config::default()).expect("it is written");
    let held = held.as_object_mut().expect("an object");
    // Every component has these two.
    held.remove("source");
    held.remove("state");
    assert_eq!(shown.as_object(), Some(&*held));
}
