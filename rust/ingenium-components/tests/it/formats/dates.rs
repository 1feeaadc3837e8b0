//! Dates and the length of a bar: what the rows tell, and what has to be said.

use ingenium_components::ingestor::{DateFormat, Reading};

use super::{check, on, read, refused};

fn written(date_format: DateFormat) -> Reading {
    Reading {
        date_format: Some(date_format),
        ..Reading::default()
    }
}

/// Each text stands in the last of two rows; the format is told by the rows.
#[test]
fn dates_in_every_form() {
    let day = "2020-01-14T00:00:00Z 2020-01-15T00:00:00Z 1d";
    for (first, second, expected) in [
        ("2020-01-13", "2020-01-14", day),
        ("2020/01/13", "2020/01/14", day),
        ("2020/1/13", "2020/1/14", day),
        ("2020.01.13", "2020.01.14", day),
        ("20200113", "20200114", day),
        ("13/01/2020", "14/01/2020", day),
        ("13.1.2020", "14.1.2020", day),
        ("13-01-2020", "14-01-2020", day),
        ("01/13/2020", "01/14/2020", day),
        ("1-13-2020", "1-14-2020", day),
        ("01.13.2020", "01.14.2020", day),
        ("1578873600", "1578960000", day),
        ("1578873600.0", "1578960000.0", day),
        ("1578873600000", "1578960000000", day),
        ("1578873600000000", "1578960000000000", day),
        ("1578873600000000000", "1578960000000000000", day),
        ("2020-01-13T00:00:00Z", "2020-01-14T00:00:00Z", day),
        ("2020-01-13 00:00", "2020-01-14 00:00", day),
        (
            "2020-01-13 00:00:00-05:00",
            "2020-01-14 00:00:00-05:00",
            "2020-01-14T05:00:00Z 2020-01-15T05:00:00Z 1d",
        ),
        (
            "2020-01-13T09:30:00+0530",
            "2020-01-13T09:31:00+0530",
            "2020-01-13T04:01:00Z 2020-01-13T04:02:00Z 1m",
        ),
        (
            "2020-01-13T09:30:00",
            "2020-01-13T10:30:00",
            "2020-01-13T10:30:00Z 2020-01-13T11:30:00Z 1h",
        ),
        (
            "2020-01-13 09:30:00.000",
            "2020-01-13 09:30:00.250",
            "2020-01-13T09:30:00.250Z 2020-01-13T09:30:00.5Z 250ms",
        ),
        (
            "13/01/2020 9:30",
            "13/01/2020 9:45",
            "2020-01-13T09:45:00Z 2020-01-13T10:00:00Z 15m",
        ),
        (
            "1/13/2020 11:59:59 AM",
            "1/13/2020 12:00:00 PM",
            "2020-01-13T12:00:00Z 2020-01-13T12:00:01Z 1s",
        ),
        (
            "20200113 0930",
            "20200113 1330",
            "2020-01-13T13:30:00Z 2020-01-13T17:30:00Z 4h",
        ),
    ] {
        let text =
            format!("Date,Open,High,Low,Close,Volume\n{first},1,1,1,1,1\n{second},2,2,2,2,2\n");
        let found = read("A.csv", &text, &Reading::default()).expect(second);
        assert_eq!(found[1..], [format!("A {expected} 2 2 2 2 2")], "{second}");
    }
}

#[test]
fn a_time_of_its_own() {
    check(
        &Reading::default(),
        "Ticker,Date,Time,Open,High,Low,Close,Vol\nB,01/31/2020,09:30,1,1,1,1,1\nB,01/31/2020,09:35,2,2,2,2,2\n",
        &[
            "B 2020-01-31T09:30:00Z 2020-01-31T09:35:00Z 5m 1 1 1 1 1",
            "B 2020-01-31T09:35:00Z 2020-01-31T09:40:00Z 5m 2 2 2 2 2",
        ],
    );
}

#[test]
fn day_and_month_are_told_apart_or_asked_for() {
    let ambiguous = on(&["03/04/2020", "04/04/2020", "05/04/2020"]);
    let parts = ["line 2", "`03/04/2020`", "`date_format`", "`dmy`", "`mdy`"];
    refused(&Reading::default(), &ambiguous, &parts);
    for (format, start) in [
        (DateFormat::Dmy, "A 2020-04-03T"),
        (DateFormat::Mdy, "A 2020-03-04T"),
    ] {
        let found = read("A.csv", &ambiguous, &written(format)).expect("it is said");
        assert!(found[0].starts_with(start), "{found:?}");
    }
    for (days, start) in [
        // The one reading has a month 13, or goes back in time.
        (&["03/04/2020", "13/04/2020"][..], "A 2020-04-03T"),
        (&["03/04/2020", "03/13/2020"], "A 2020-03-04T"),
        (&["30/04/2020", "01/05/2020"], "A 2020-04-30T"),
        (&["03/04/2020", "04/04/2020", "01/05/2020"], "A 2020-04-03T"),
        (&["03/04/2020", "03/05/2020", "04/01/2020"], "A 2020-03-04T"),
        // Both readings are the same day.
        (&["02/02/2020"], "A 2020-02-02T"),
    ] {
        let found = read("A.csv", &on(days), &Reading::default()).expect("it is told");
        assert!(found[0].starts_with(start), "{days:?}: {found:?}");
        assert!(
            found.iter().all(|row| row.starts_with("A 2020")),
            "{found:?}"
        );
    }
}

#[test]
fn a_file_that_goes_backwards_is_one_error() {
    let text = on(&["2020-01-03", "2020-01-02", "2020-01-01"]);
    let parts = [
        "goes backwards",
        "line 3",
        "`2020-01-02`",
        "`2020-01-03`",
        "oldest first",
    ];
    refused(&Reading::default(), &text, &parts);
}

#[test]
fn periods_are_inferred_or_given() {
    let days = |days: &[&str]| {
        let found = read("A.csv", &on(days), &Reading::default());
        let period = |found: Vec<String>| found[0].split(' ').nth(3).map(ToOwned::to_owned);
        found.map(|found| period(found).expect("a period"))
    };
    for (texts, period) in [
        (&["2020-01-01"][..], "1d"),
        // A weekend, and a file with holes.
        (&["2020-01-03", "2020-01-06", "2020-01-07"], "1d"),
        (&["2020-01-01", "2020-01-05"], "1d"),
        (&["2020-01-01", "2020-01-08", "2020-01-15"], "1d"),
        (
            &["2020-01-01", "2020-01-08", "2020-01-15", "2020-01-22"],
            "1w",
        ),
        // The night between two sessions is no period.
        (
            &[
                "2020-01-01 15:58",
                "2020-01-01 15:59",
                "2020-01-02 09:30",
                "2020-01-02 09:31",
            ],
            "1m",
        ),
        (&["2020-01-01 00:00:00", "2020-01-01 00:00:01"], "1s"),
        // The shorter of equals.
        (
            &["2020-01-01 00:00", "2020-01-01 00:30", "2020-01-01 01:30"],
            "30m",
        ),
    ] {
        assert_eq!(days(texts).as_deref(), Ok(period), "{texts:?}");
    }
    refused(
        &Reading::default(),
        &on(&["2020-01-01 09:30"]),
        &["single row", "`period`"],
    );
    let given = |period: &str| Reading {
        period: Some(period.parse().expect("a period")),
        ..Reading::default()
    };
    check(
        &given("30m"),
        &on(&["2020-01-01 09:30"]),
        &["A 2020-01-01T09:30:00Z 2020-01-01T10:00:00Z 30m 1 1 1 1 1"],
    );
    check(
        &given("1h"),
        &on(&["2020-01-01 09:00", "2020-01-01 09:30", "2020-01-01 10:00"]),
        &[
            "A 2020-01-01T09:00:00Z 2020-01-01T10:00:00Z 1h 1 1 1 1 1",
            "A.csv:3: Date `2020-01-01 09:30` is before the end of the bar before it, which lasts `1h`",
            "A 2020-01-01T10:00:00Z 2020-01-01T11:00:00Z 1h 1 1 1 1 1",
        ],
    );
    let message = read("A.csv", &on(&["2020-01-01"]), &given("999999w"));
    assert!(message.is_err_and(|message| message.contains("`period` is `999999w`")));
}
