//! Prices scaled by what the source says of splits and dividends.

use ingenium_types::event::OhlcData;
use ingenium_types::exact;
use ingenium_types::scalar::InstrumentPrice;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whether prices are scaled by the adjusted close.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Adjust {
    /// Prices are those of the file, digit by digit.
    #[default]
    None,
    /// Open, High, Low and Close are each multiplied by Adj Close / Close, rounded half to even to 12 decimals.
    ///
    /// Volume stays as it is: what the column takes into account, dividends among it, differs from source to source.
    All,
}

impl Adjust {
    pub(super) const fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }
}

/// Scales the prices of `bar` by `adjusted` / Close; Close becomes `adjusted`, rounded as the others are.
pub(super) fn scale(bar: &mut OhlcData, adjusted: InstrumentPrice) -> Result<(), String> {
    let close = bar.close;
    let prices = [
        ("Open", &mut bar.open),
        ("High", &mut bar.high),
        ("Low", &mut bar.low),
        ("Close", &mut bar.close),
    ];
    for (name, price) in prices {
        let scaled = exact::mul_div(price.get(), adjusted.get(), close.get()).ok();
        *price = scaled
            .filter(|scaled| !scaled.is_zero())
            .and_then(InstrumentPrice::new)
            .ok_or_else(|| {
                format!(
                    "{name} `{price}` times Adj Close `{adjusted}` by Close `{close}` has no form: expected a price of at most 12 decimals"
                )
            })?;
    }
    Ok(())
}
