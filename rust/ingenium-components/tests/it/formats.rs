//! Files as people have them: delimiters, names of columns, dates, periods, symbols, and what is refused.

mod any;
mod dates;

use std::collections::BTreeMap;
use std::io::Cursor;

use ingenium_components::ingestor::{Adjust, Bars, Field, File, Merge, Reading};
use ingenium_types::event::{DataEvent, MarketData};

fn read(path: &str, text: &str, reading: &Reading) -> Result<Vec<String>, String> {
    let file = File {
        path: path.into(),
        symbol: None,
    };
    let bars = Bars::read(&file, Cursor::new(text.to_owned()), reading, None);
    let merged = Merge::new(vec![bars.map_err(|error| error.to_string())?]);
    Ok(rows(merged))
}

fn rows(merged: Merge) -> Vec<String> {
    merged
        .map(|row| match row {
            Ok(bar) => shown(&bar),
            Err(row) => format!("{}:{}: {}", row.file, row.line, row.problem),
        })
        .collect()
}

/// `SYMBOL start end period open high low close volume`.
fn shown(bar: &DataEvent) -> String {
    let MarketData::Ohlc(ohlc) = &bar.data else {
        panic!("a bar")
    };
    let end = bar.end_timestamp.expect("an end");
    let period = ohlc.period.as_ref().expect("a period");
    format!(
        "{} {} {end} {period} {} {} {} {} {}",
        bar.symbol, bar.timestamp, ohlc.open, ohlc.high, ohlc.low, ohlc.close, ohlc.volume
    )
}

/// The bars of `text` are `expected`.
#[track_caller]
fn check(reading: &Reading, text: &str, expected: &[&str]) {
    assert_eq!(read("A.csv", text, reading).expect("it is read"), expected);
}

/// `text` is refused, with all of `parts` in the message.
#[track_caller]
fn refused(reading: &Reading, text: &str, parts: &[&str]) {
    let message = read("A.csv", text, reading).expect_err("it is refused");
    for part in parts.iter().chain(&["`A.csv`"]) {
        assert!(message.contains(part), "expected `{part}` in `{message}`");
    }
}

fn map(columns: &[(Field, &str)]) -> Reading {
    let columns = columns.iter();
    Reading {
        map: columns
            .map(|(field, column)| (*field, (*column).to_owned()))
            .collect::<BTreeMap<_, _>>(),
        ..Reading::default()
    }
}

/// A file of a bar on each of `days`.
fn on(days: &[&str]) -> String {
    let mut text = "Date,Open,High,Low,Close,Volume\n".to_owned();
    text.extend(days.iter().map(|day| format!("{day},1,1,1,1,1\n")));
    text
}

/// The same day, whatever divides cells and whatever columns are called.
#[test]
fn delimiters_and_names() {
    for text in [
        "Date,Open,High,Low,Close,Adj Close,Volume\n2020-01-01,1.0,2,0.50,1.5,1,7\n",
        "date;open;high;low;close;vol\n2020-01-01;1.0;2;0.50;1.5;7\n",
        "DATETIME\tO\tH\tL\tC\tV\n2020-01-01\t1.0\t2\t0.50\t1.5\t7\n",
        "Timestamp|Open|High|Low|Last|Volume\n2020-01-01|1.0|2|0.50|1.5|7\n",
        "\u{feff}Date,Open,High,Low,Close/Last,Volume\r\n2020-01-01,1.0,2,0.50,1.5,7\r\n\r\n\r\n",
        "\"Date\",\"Open\",\"High\",\"Low\",\"Price\",\"Volume\"\n\"2020-01-01\",\"1.0\",\"2\",\"0.50\",\"1.5\",\"7\"\n",
        "<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>\n20200101,000000,1.0,2,0.50,1.5,7\n",
        "\n\n Volume , Close , Low , High , Open , Time \n 7 , 1.5 , 0.50 , 2 , 1.0 , 2020-01-01 \n",
        "Date,Open,High,Low,Price,Close,Volume\n2020-01-01,1.0,2,0.50,9,1.5,7\n",
    ] {
        check(
            &Reading::default(),
            text,
            &["A 2020-01-01T00:00:00Z 2020-01-02T00:00:00Z 1d 1.0 2 0.50 1.5 7"],
        );
    }
}

#[test]
fn columns_are_mapped_by_name_and_by_place() {
    let bar = ["A 2020-01-01T00:00:00Z 2020-01-02T00:00:00Z 1d 1 3 0.5 2 7"];
    let header = "When,First,Top,Bottom,Settle,Close,Contracts\n2020-01-01,1,3,0.5,2,9,7\n";
    let named = map(&[
        (Field::Date, "When"),
        (Field::Open, "first"),
        (Field::High, "#3"),
        (Field::Low, "Bottom"),
        (Field::Close, "Settle"),
        (Field::Volume, "Contracts"),
    ]);
    check(&named, header, &bar);
    let placed = map(&[
        (Field::Date, "#1"),
        (Field::Open, "#2"),
        (Field::High, "#3"),
        (Field::Low, "#4"),
        (Field::Close, "#5"),
        (Field::Volume, "#7"),
    ]);
    // With a header and without one.
    check(&placed, header, &bar);
    check(&placed, "\u{feff}2020-01-01,1,3,0.5,2,9,7\n", &bar);
    // A first row that is malformed is no header.
    let holes = "2019-12-31,null,null,null,null,null,null\n2020-01-01,1,3,0.5,2,9,7\n";
    let found = read("A.csv", holes, &placed).expect("it is read");
    assert!(found[0].starts_with("A.csv:1: Open is `null`"), "{found:?}");
    assert_eq!(found[1..], bar);
    for (reading, text, parts) in [
        (
            map(&[(Field::Close, "Last")]),
            on(&["2020-01-01"]),
            &["`Last`", "`Close`"][..],
        ),
        (
            map(&[(Field::Close, "#9")]),
            on(&["2020-01-01"]),
            &["`#9` of 6"],
        ),
        (
            map(&[(Field::Close, "#0")]),
            on(&["2020-01-01"]),
            &["`#0` of 6"],
        ),
        (
            Reading::default(),
            "2020-01-01,1,3,0.5,2,9\n".to_owned(),
            &["line 1", "no column `date`", "`map`"],
        ),
        (
            Reading::default(),
            "Date,Open,High,Low,Close,close,Volume\n".to_owned(),
            &["#5 and #6 are both called `Close`"],
        ),
        (Reading::default(), String::new(), &["no column `date`"]),
    ] {
        refused(&reading, &text, parts);
    }
}

#[test]
fn prices_are_adjusted_to_the_digit() {
    let all = Reading {
        adjust: Adjust::All,
        ..Reading::default()
    };
    let header = "Date,Open,High,Low,Close,Adj Close,Volume\n";
    check(
        &all,
        &format!(
            "{header}2020-01-01,3,6.00,2,6.00,2,70\n2020-01-02,10,20,5,8,2,1\n2020-01-03,1,2,1,2,0,1\n"
        ),
        &[
            // 3 · 2/6, 6 · 2/6, 2 · 2/6 half to even at 12 decimals; volume as it was.
            "A 2020-01-01T00:00:00Z 2020-01-02T00:00:00Z 1d 1 2 0.666666666667 2 70",
            "A 2020-01-02T00:00:00Z 2020-01-03T00:00:00Z 1d 2.5 5 1.25 2 1",
            "A.csv:4: Adj Close is `0`: expected a price above zero",
        ],
    );
    // Half to even, both ways: 0.0000000000005 and 0.0000000000015 times 1.
    check(
        &all,
        &format!(
            "{header}2020-01-01,1.000000000001,2,1.000000000001,2,1,1\n2020-01-02,1.000000000003,2,1.000000000003,2,1,1\n"
        ),
        &[
            "A 2020-01-01T00:00:00Z 2020-01-02T00:00:00Z 1d 0.5 1 0.5 1 1",
            "A 2020-01-02T00:00:00Z 2020-01-03T00:00:00Z 1d 0.500000000002 1 0.500000000002 1 1",
        ],
    );
    refused(&all, &on(&["2020-01-01"]), &["`Adj Close`", "`adjust`"]);
}

#[test]
fn a_file_may_hold_several_symbols() {
    let expected = [
        "A.csv:5: Date `2020-01-01` is not after the row before it",
        "A.csv:6: Symbol is `no symbol`: expected",
        "A.csv:7: Symbol is empty",
        "A 2020-01-01T00:00:00Z",
        "B 2020-01-01T00:00:00Z",
        "A 2020-01-02T00:00:00Z",
        "B 2020-01-02T00:00:00Z",
    ];
    let broken = "A,2020-01-01,9,9,9,9,1\nno symbol,2020-01-01,1,1,1,1,1\n,2020-01-01,1,1,1,1,1\n";
    let header = "Symbol,Date,Open,High,Low,Close,Volume\n";
    let grouped = format!(
        "{header}A,2020-01-01,1,1,1,1,1\nA,2020-01-02,1,1,1,1,1\nB,2020-01-01,1,1,1,1,1\n{broken}B,2020-01-02,1,1,1,1,1\n"
    );
    let mixed = format!(
        "{header}B,2020-01-01,1,1,1,1,1\nA,2020-01-01,1,1,1,1,1\nB,2020-01-02,1,1,1,1,1\n{broken}A,2020-01-02,1,1,1,1,1\n"
    );
    for text in [&grouped, &mixed] {
        let found = read("A.csv", text, &Reading::default()).expect("it is read");
        assert_eq!(found.len(), expected.len(), "{found:#?}");
        for (row, start) in found.iter().zip(expected) {
            assert!(
                row.starts_with(start),
                "`{row}` should start with `{start}`"
            );
        }
    }

    // Of one symbol, and at most so many bars of each.
    let open = |symbol: Option<&str>, limit| {
        let file = File {
            path: "A.csv".into(),
            symbol: symbol.map(|symbol| symbol.parse().expect("a symbol")),
        };
        Bars::read(
            &file,
            Cursor::new(mixed.clone()),
            &Reading::default(),
            limit,
        )
        .expect("it is read")
    };
    let bars = |found: Vec<String>| -> Vec<String> {
        found
            .into_iter()
            .filter(|row| !row.starts_with("A.csv"))
            .map(|row| row[..12].to_owned())
            .collect()
    };
    assert_eq!(
        bars(rows(Merge::new(vec![open(Some("B"), None)]))),
        ["B 2020-01-01", "B 2020-01-02"]
    );
    assert_eq!(
        bars(rows(Merge::new(vec![open(None, Some(1))]))),
        ["A 2020-01-01", "B 2020-01-01"]
    );
    let none = rows(Merge::new(vec![open(Some("C"), None)]));
    assert!(
        none.iter()
            .any(|row| row.contains("no row is of symbol `C`, the first is of `B`")),
        "{none:?}"
    );

    // What another file has had already is said, not sent again.
    let twice = rows(Merge::new(vec![open(None, None), open(Some("A"), None)]));
    assert_eq!(
        twice
            .iter()
            .filter(|row| row.contains("another file has a bar of `A`"))
            .count(),
        2,
        "{twice:#?}"
    );
    assert_eq!(bars(twice).len(), 4);
}

#[test]
fn cells_that_are_no_prices() {
    let expected = "a plain decimal";
    for (cell, problem) in [
        ("", "Open is empty"),
        ("NaN", expected),
        ("null", expected),
        ("1e5", expected),
        ("\"1,234.50\"", expected),
        ("1_000", expected),
        ("+1", expected),
        ("$1", expected),
        ("0", "Open is `0`: expected a price above zero"),
        ("0.00", "Open is `0.00`: expected a price above zero"),
        ("-1", "Open is `-1`: expected a price above zero"),
    ] {
        let text = format!(
            "Date,Open,High,Low,Close,Volume\n2020-01-01,{cell},1,1,1,1\n2020-01-02,1,1,1,1,0\n"
        );
        let found = read("A.csv", &text, &Reading::default()).expect("it is read");
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(
            found[0].starts_with("A.csv:2: Open") && found[0].contains(problem),
            "{cell}: {found:?}"
        );
        let value = cell.trim_matches('"');
        assert!(
            value.is_empty() || found[0].contains(&format!("`{value}`")),
            "{found:?}"
        );
    }
}
