//! Listens to a run and keeps what its statistics need.

use std::collections::HashMap;

use ingenium_types::exact::Inexact;
use ingenium_types::scalar::{InstrumentSymbol, UtcTimestamp};
use rust_decimal::Decimal;
use serde::Serialize;

use super::cost::Costs;
use super::point::{Point, Points, Worth};
use super::round_trip::{Extremes, Track};
use super::statistics::Statistics;
use super::trade::{Fill, OpenTrade, Trade};

/// What the statistics are measured by.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Settings {
    /// Points in a year: 252 for equities, 365 for what trades every day; above zero.
    pub periods_per_year: f64,
    /// The risk-free rate a year, as a share.
    pub risk_free: f64,
    /// The return a period below which Sortino's ratio counts a shortfall, as a share.
    pub minimum_acceptable: f64,
    /// The instrument to compare with; its bars are part of the run.
    pub benchmark: Option<InstrumentSymbol>,
    /// How many configurations were tried of which this is one, itself included, for the deflated Sharpe ratio.
    pub trials: u32,
    /// The variance of the trials' Sharpe ratios, per period; `None` stands for what estimates differ by without skill.
    pub trial_variance: Option<f64>,
}

impl Default for Settings {
    /// 252 points a year, no risk-free rate, no benchmark, one trial.
    fn default() -> Self {
        Self {
            periods_per_year: 252.0,
            risk_free: 0.0,
            minimum_acceptable: 0.0,
            benchmark: None,
            trials: 1,
            trial_variance: None,
        }
    }
}

/// What a bar tells a recorder. Its open lies between low and high and tells nothing more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prices {
    /// The lowest price.
    pub low: Decimal,
    /// The highest price.
    pub high: Decimal,
    /// The last price.
    pub close: Decimal,
}

/// What came of a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    /// The statistics.
    pub statistics: Statistics,
    /// The round trips, in the order in which they ended.
    pub trades: Vec<Trade>,
    /// The positions that are still open, in the order in which their symbols came up.
    pub open: Vec<OpenTrade>,
    /// The last state of each UTC day with data.
    pub points: Vec<Point>,
}

/// Keeps daily points, round trips and sums of a run; nothing that grows with the number of bars.
///
/// Bars, fills and states come in the order of the run's log. Whether a bar comes before or after the fills at its
/// open makes no difference.
///
/// ```
/// use ingenium_trading::metric::{Prices, Recorder, Settings, Worth};
/// # use rust_decimal::Decimal;
/// let mut recorder = Recorder::new(Settings::default());
/// for (day, close) in [("2020-01-02", 100), ("2020-01-03", 110), ("2020-01-06", 99)] {
///     let start = format!("{day}T00:00:00Z").parse()?;
///     let price = Decimal::from(close);
///     recorder.bar(&"GOOG".parse()?, start, Prices { low: price, high: price, close: price });
///     recorder.account(start, Worth { equity: price, gross: price, net: price });
/// }
/// let statistics = recorder.finish().statistics;
/// assert_eq!(statistics.total_return, Some(-0.01));
/// assert_eq!(statistics.max_drawdown, Some(-0.1));
/// assert_eq!(statistics.win_rate, None, "no trade, no rate");
/// # Ok::<(), ingenium_types::scalar::NotAScalar>(())
/// ```
#[derive(Debug)]
pub struct Recorder {
    settings: Settings,
    tracks: Vec<Track>,
    places: HashMap<InstrumentSymbol, usize>,
    /// Where the last symbol was: the next one is there again or beside it.
    last: usize,
    points: Points,
    trades: Vec<Trade>,
    costs: Costs,
}

impl Recorder {
    /// A recorder that has heard of nothing.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            tracks: Vec::new(),
            places: HashMap::new(),
            last: 0,
            points: Points::default(),
            trades: Vec::new(),
            costs: Costs::NONE,
        }
    }

    /// Takes a final bar that starts at `start`; of each symbol bars of one period, each later than the one before.
    pub fn bar(&mut self, symbol: &InstrumentSymbol, start: UtcTimestamp, prices: Prices) {
        let Prices { low, high, close } = prices;
        let track = self.track(symbol);
        track.bar(start, Extremes { low, high });
        if track.is_benchmark {
            self.points.benchmark(start, close);
        }
    }

    /// Takes a fill.
    ///
    /// # Errors
    /// [`Inexact`] when an amount does not fit; the fill is not recorded then.
    pub fn fill(&mut self, fill: &Fill) -> Result<(), Inexact> {
        let costs = self.costs.with(fill)?;
        let ended = self.track(&fill.symbol).fill(fill)?;
        self.costs = costs;
        self.trades.extend(ended);
        Ok(())
    }

    /// Takes what the account is worth after an event or a bar. The state of a bar is dated by the bar's **start**, so
    /// that the bar of 31 December, which ends in January, counts for December.
    pub fn account(&mut self, at: UtcTimestamp, worth: Worth) {
        self.points.state(at, worth);
    }

    /// The statistics of what was recorded.
    #[must_use]
    pub fn finish(self) -> Outcome {
        let points = self.points.finish();
        Outcome {
            statistics: Statistics::of(&self.settings, &points, &self.trades, self.costs),
            trades: self.trades,
            open: self.tracks.into_iter().filter_map(Track::finish).collect(),
            points,
        }
    }

    fn track(&mut self, symbol: &InstrumentSymbol) -> &mut Track {
        // Symbols take turns in a fixed order, so the map is asked once a symbol and then hardly ever.
        if !self.is_at(self.last, symbol) {
            let next = self.last + 1;
            let next = if next < self.tracks.len() { next } else { 0 };
            self.last = if self.is_at(next, symbol) {
                next
            } else {
                self.look_up(symbol)
            };
        }
        &mut self.tracks[self.last]
    }

    fn is_at(&self, place: usize, symbol: &InstrumentSymbol) -> bool {
        let track = self.tracks.get(place);
        track.is_some_and(|track| track.symbol == *symbol)
    }

    #[cold]
    fn look_up(&mut self, symbol: &InstrumentSymbol) -> usize {
        if let Some(place) = self.places.get(symbol) {
            return *place;
        }
        let place = self.tracks.len();
        let is_benchmark = self.settings.benchmark.as_ref() == Some(symbol);
        self.tracks.push(Track::new(symbol.clone(), is_benchmark));
        self.places.insert(symbol.clone(), place);
        place
    }
}
