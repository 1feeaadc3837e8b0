//! Hours of a market: zones, openings, holidays, hours outside of them.

use ingenium_trading::executor::{PaperExecutor, Session};

use crate::market::{check, plain};

fn hours(zone: &str, open: &str, close: &str, holidays: &[&str]) -> PaperExecutor {
    let holidays: Vec<String> = holidays.iter().map(|date| (*date).to_owned()).collect();
    PaperExecutor {
        session: Session::new(zone, open, close, &holidays).expect("a session"),
        ..plain()
    }
}

/// New York, 09:30 to 16:00, with daylight saving time by rule.
fn new_york() -> PaperExecutor {
    hours("EST5EDT,M3.2.0,M11.1.0", "09:30", "16:00", &["2020-01-03"])
}

/// In UTC, in January: before the opening, two in the session, after the close.
const DAY: [&str; 4] = [
    "bar 02T13:00/14:30 9 9 9 9 100",
    "bar 02T14:30/15:00 10 10 10 10 100",
    "bar 02T20:30/21:00 11 11 11 11 100",
    "bar 02T21:00/22:00 12 12 12 12 100",
];

#[track_caller]
fn on_the_day(order: &str, more: &str, expected: &str) {
    let [one, two, three, four] = DAY;
    let script = [order, one, two, three, four, more];
    check(new_york(), &script, expected);
    check(new_york(), &[one, two, three, four, more, order], expected);
    check(new_york(), &[one, two, order, three, four, more], expected);
}

#[test]
fn orders_trade_within_the_hours() {
    let holiday = "bar 03T14:30/15:00 20 20 20 20 100";
    let monday = "bar 06T14:30/15:00 30 30 30 30 100";
    for (order, more, expected) in [
        (
            "BUY 2 MARKET at=02T12:00",
            holiday,
            "NEW 02T12:00, TRADE 2@10 02T14:30",
        ),
        // 16:00 is no more part of the session, and the third is a holiday
        ("BUY 2 MARKET at=02T21:00", holiday, "NEW 02T21:00"),
        (
            "BUY 2 MARKET at=02T21:00",
            monday,
            "NEW 02T21:00, TRADE 2@30 06T14:30",
        ),
        // outside, where that is asked for
        (
            "BUY 2 MARKET at=02T12:00 extended",
            monday,
            "NEW 02T12:00, TRADE 2@9 02T13:00",
        ),
        (
            "BUY 2 MARKET at=02T21:00 extended",
            monday,
            "NEW 02T21:00, TRADE 2@12 02T21:00",
        ),
        // a DAY order ends at the close, one for all hours at midnight
        (
            "BUY 2 LIMIT limit=8 tif=DAY at=02T15:00",
            monday,
            "NEW 02T15:00, EXPIRED SESSION_END 02T21:00",
        ),
        (
            "BUY 2 LIMIT limit=8 tif=DAY at=02T15:00 extended",
            monday,
            "NEW 02T15:00, EXPIRED SESSION_END 03T05:00",
        ),
        (
            "BUY 2 LIMIT limit=8 tif=DAY at=02T21:00",
            monday,
            "NEW 02T21:00",
        ),
        // the opening and the close are those of the session
        (
            "BUY 2 MARKET tif=OPG at=02T12:00 extended",
            monday,
            "NEW 02T12:00, TRADE 2@10 02T14:30",
        ),
        (
            "BUY 2 MARKET tif=CLS at=02T15:00",
            monday,
            "NEW 02T15:00, TRADE 2@11 02T21:00",
        ),
        (
            "BUY 2 MARKET tif=OPG at=02T16:00",
            monday,
            "NEW 02T16:00, TRADE 2@30 06T14:30",
        ),
    ] {
        on_the_day(order, more, expected);
    }
}

#[test]
fn a_session_may_span_midnight() {
    // 17:00 to 16:00 six hours behind UTC: from 23:00 to 22:00 of the next day.
    let role = hours("-06:00", "17:00", "16:00", &[]);
    check(
        role,
        &[
            "BUY 7 MARKET tif=DAY at=02T20:00",
            "bar 02T21:00/22:00 10 10 10 10 3",
            "bar 02T23:00/23:30 11 11 11 11 3",
            "bar 03T01:00/02:00 12 12 12 12 3",
        ],
        "NEW 02T20:00, TRADE 3@10 02T21:00, EXPIRED SESSION_END 02T22:00",
    );
}

#[test]
fn summer_time_moves_the_hours() {
    // The rule's summer begins on 1 January 12:00 here, so that the bars of this month show it.
    let role = hours("EST5EDT,J5/12,J300", "09:30", "16:00", &[]);
    check(
        role,
        &[
            "BUY 2 MARKET at=06T12:00",
            "bar 06T13:00/13:30 9 9 9 9 100",
            "bar 06T13:30/14:00 10 10 10 10 100",
        ],
        "NEW 06T12:00, TRADE 2@10 06T13:30",
    );
}

#[test]
fn what_is_no_session_is_refused_in_words() {
    for (zone, open, close, holiday, expected) in [
        ("America/New_York", "09:30", "16:00", "2020-01-01", "zone"),
        ("+25:00", "09:30", "16:00", "2020-01-01", "zone"),
        ("", "09:30", "16:00", "2020-01-01", "zone"),
        ("é", "09:30", "16:00", "2020-01-01", "zone"),
        ("UTC", "24:00", "16:00", "2020-01-01", "open"),
        ("UTC", "9:30", "16:00", "2020-01-01", "open"),
        ("UTC", "09:60", "16:00", "2020-01-01", "open"),
        ("UTC", "09:30", "24:01", "2020-01-01", "close"),
        ("UTC", "09:30", "+4:00", "2020-01-01", "close"),
        ("UTC", "09:30", "16:00:00:00", "2020-01-01", "close"),
        ("UTC", "09:30", "16:00", "2021-02-29", "holidays"),
    ] {
        let refused = Session::new(zone, open, close, &[holiday.to_owned()]);
        assert_eq!(refused.map_err(|refused| refused.key), Err(expected));
    }
}
