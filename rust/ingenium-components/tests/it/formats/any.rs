//! Files of anything at all.

use ingenium_components::ingestor::{DateFormat, Reading};

use super::read;

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(10_000))]

    /// Whatever stands in a file, it is read to its end or refused; no row of it is lost without a word.
    #[test]
    fn any_file_is_read_or_refused(
        dates in proptest::collection::vec("[0-9 TZ+:./-]{0,24}|[0-9]{1,20}|\\PC{0,12}", 1..6),
        format in proptest::option::of(0..5_usize),
    ) {
        let formats = [
            DateFormat::Iso,
            DateFormat::Epoch,
            DateFormat::Ymd,
            DateFormat::Dmy,
            DateFormat::Mdy,
        ];
        let reading = Reading {
            date_format: format.map(|at| formats[at]),
            ..Reading::default()
        };
        let mut text = "Date,Open,High,Low,Close,Volume\n".to_owned();
        for date in &dates {
            let date = date.replace('"', "");
            text.push_str(&format!("\"{date}\",1,1,1,1,1\n"));
        }
        if let Ok(rows) = read("A.csv", &text, &reading) {
            proptest::prop_assert_eq!(rows.len(), dates.len());
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(text in "[\"\\PC\n\r,;|]{0,200}") {
        drop(read("A.csv", &text, &Reading::default()));
    }
}
