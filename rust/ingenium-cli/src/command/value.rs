//! Values of options: what does not fit is named with the option and the form that was expected.

use ingenium_components::portfolio;
use ingenium_types::scalar::Scalar;

use crate::exit::{Code, Failure};

/// Reads the value of `option`.
pub(crate) fn parse<T: Scalar>(option: &str, text: &str) -> Result<T, Failure> {
    T::parse(text).ok_or_else(|| {
        Failure::new(
            Code::Usage,
            format!(
                "{option} is `{}`: expected {}",
                text.escape_debug(),
                T::FORM
            ),
        )
    })
}

/// Reads the value of `--sizing`.
pub(crate) fn parse_sizing(text: &str) -> Result<portfolio::Sizing, Failure> {
    let wrong = |problem: &str| {
        let message = format!(
            "--sizing is `{text}`: {problem}expected `percent-equity:0.30`, `fixed:10`, or JSON as the portfolio's `sizing`"
        );
        Failure::new(Code::Usage, message)
    };
    if text.starts_with(['{', '"']) {
        return serde_json::from_str(text).map_err(|error| wrong(&format!("{error}; ")));
    }
    let (rule, value) = text.split_once(':').ok_or_else(|| wrong(""))?;
    match rule {
        "percent-equity" => Ok(portfolio::Sizing::PercentEquity(
            value.parse().map_err(|_| wrong(""))?,
        )),
        "fixed" => Ok(portfolio::Sizing::FixedQuantity(
            value.parse().map_err(|_| wrong(""))?,
        )),
        _ => Err(wrong("")),
    }
}
