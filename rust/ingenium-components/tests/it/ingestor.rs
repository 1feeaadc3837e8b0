//! Files of bars: what is taken, what is named as malformed, and in which order it comes.

use std::fs;
use std::path::PathBuf;

use ingenium_components::ingestor::{self, Config, File};
use ingenium_types::event::MarketData;

struct Files {
    folder: tempfile::TempDir,
    files: Vec<File>,
}

impl Files {
    fn new(contents: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let write = |(symbol, text): &(&str, &str)| {
            let path: PathBuf = folder.path().join(format!("{symbol}.csv"));
            fs::write(&path, text).expect("write");
            File {
                path,
                symbol: Some(symbol.parse().expect("a symbol")),
            }
        };
        let files = contents.iter().map(write).collect();
        Self { folder, files }
    }

    /// Rows as `symbol day close`, or `line: problem`.
    fn rows(&self) -> Vec<String> {
        let config = Config {
            files: self.files.clone(),
            ..Config::default()
        };
        let merged = ingestor::open(&config).expect("the files can be opened");
        assert!(self.folder.path().is_dir());
        merged
            .map(|row| match row {
                Ok(bar) => {
                    let MarketData::Ohlc(ohlc) = &bar.data else {
                        panic!("a bar")
                    };
                    format!(
                        "{} {} {}",
                        bar.symbol,
                        &bar.timestamp.to_string()[..10],
                        ohlc.close
                    )
                }
                Err(row) => format!("{}: {}", row.line, row.problem),
            })
            .collect()
    }
}

const HEADER: &str = "Date,Open,High,Low,Close,Adj Close,Volume";

#[test]
fn files_come_merged_in_time_then_symbol_order() {
    let b = format!("{HEADER}\n2020-01-01,1,1,1,1.50,1,1\n2020-01-03,1,3,1,3,1,1\n")
        .replace(",1,1,1,1.50", ",1,2,1,1.50");
    let a = format!("{HEADER}\n2020-01-02,1,2,1,2,1,1\n2020-01-03,1,3,1,3,1,1\n");
    let rows = Files::new(&[("B", &b), ("A", &a)]).rows();
    assert_eq!(
        rows,
        [
            "B 2020-01-01 1.50",
            "A 2020-01-02 2",
            "A 2020-01-03 3",
            "B 2020-01-03 3"
        ]
    );
}

#[test]
fn malformed_rows_are_named_and_not_sent() {
    let text = format!(
        "{HEADER}\n2020-01-02,1,2,1,2,1,1\n2020-01-02,1,2,1,2,1,1\n2020-01-01,1,2,1,2,1,1\nDate,Open,High,Low,Close,Adj Close,Volume\n\
         2020-01-03,null,2,1,2,1,1\n2020-01-04,1,2,1\n2020-01-05,1e1,20,1,2,1,1\n2020-01-06,3,2,1,2,1,1\n2020-01-07,1,2,1,2,1,-5\n\
         2020-02-30,1,2,1,2,1,1\n2020-01-08,1,2,1,2,1,1\n"
    );
    let rows = Files::new(&[("A", &text)]).rows();
    let expected = [
        "A 2020-01-02 2",
        "3: Date `2020-01-02` is not after the row before it",
        "4: Date `2020-01-01` is not after the row before it",
        "5: Date is `Date`: expected YYYY-MM-DD",
        "6: Open is `null`: expected",
        "7: Close is empty",
        "8: Open is `1e1`: expected",
        "9: prices contradict each other: Open 3 High 2 Low 1 Close 2",
        "10: Volume is `-5`: expected",
        "11: Date is `2020-02-30`: expected YYYY-MM-DD",
        "A 2020-01-08 2",
    ];
    assert_eq!(rows.len(), expected.len(), "{rows:#?}");
    for (row, start) in rows.iter().zip(expected) {
        assert!(
            row.starts_with(start),
            "`{row}` should start with `{start}`"
        );
    }
}

#[test]
fn digits_are_kept_and_headers_may_differ() {
    let text = "\u{feff}date, OPEN ,High,Low,close,volume\n2020-01-01,10.000000,11,9,10.50,0\n";
    assert_eq!(Files::new(&[("A", text)]).rows(), ["A 2020-01-01 10.50"]);
}

#[test]
fn files_that_cannot_be_used_are_refused_by_name() {
    let open = |files: Vec<File>| {
        let config = Config {
            files,
            ..Config::default()
        };
        ingestor::open(&config).err().expect("refused").to_string()
    };
    assert!(open(Vec::new()).contains("no input"));
    let missing = File {
        path: "missing.csv".into(),
        symbol: Some("A".parse().expect("a symbol")),
    };
    assert!(open(vec![missing]).contains("missing.csv"));
    let twice = Files::new(&[("A", &format!("{HEADER}\n"))]);
    let twice = vec![twice.files[0].clone(), twice.files[0].clone()];
    assert!(open(twice).contains("two files are of symbol `A`"));
    let wrong = Files::new(&[("A", "Date,Price\n2020-01-01,1\n")]);
    let message = open(wrong.files.clone());
    assert!(
        message.contains("line 1: there is no column `open` among `Date`, `Price`"),
        "{message}"
    );
}

#[test]
fn malformed_rows_come_one_by_one() {
    let broken = format!("{HEADER}\n{}", "x,1,1,1,1,1,1\n".repeat(50_000));
    let good = format!("{HEADER}\n2020-01-02,1,2,1,2,1,1\n");
    let files = Files::new(&[("A", &broken), ("B", &good)]);
    let config = Config {
        files: files.files.clone(),
        ..Config::default()
    };
    let mut merged = ingestor::open(&config).expect("the files can be opened");
    assert!(merged.next().is_some_and(|row| row.is_err()));
    // Broken off after the first row, the rest was not read: what follows is what the file holds now.
    let len = u64::try_from(HEADER.len()).expect("short") + 1;
    let path = &files.files[0].path;
    let file = fs::OpenOptions::new().write(true).open(path).expect("open");
    file.set_len(len).expect("cut");
    let rest = merged.count();
    assert!(rest < 50_000, "{rest} rows were held in memory");
}

#[test]
fn a_lot_has_at_most_eight_decimals() {
    use ingenium_components::config::check_lot;
    assert!(check_lot("0.00000001".parse().expect("a lot")).is_ok());
    assert!(check_lot("1.000000000000".parse().expect("a lot")).is_ok());
    let message = check_lot("0.000000001".parse().expect("a lot")).expect_err("refused");
    assert!(message.to_string().contains("`lot`"), "{message}");
}
