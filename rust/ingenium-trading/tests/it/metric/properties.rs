//! What holds for any input: figures are numbers, and trades add up to the position.

use ingenium_trading::metric::deflated::{Estimate, deflated_sharpe, probabilistic_sharpe};
use ingenium_trading::metric::{Prices, Recorder, Settings, Worth};
use ingenium_trading::metric::{
    benchmark, drawdown, exposure, growth, moment, profit, sharpe, sortino, tail,
};
use ingenium_trading::position::Position;
use ingenium_types::scalar::UtcTimestamp;
use proptest::num::f64::{NEGATIVE, NORMAL, POSITIVE, SUBNORMAL, ZERO};
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::{fill, symbol};

const DAY: i64 = 86_400_000_000_000;

fn finite() -> impl Strategy<Value = f64> {
    prop_oneof![
        POSITIVE | NEGATIVE | NORMAL | SUBNORMAL | ZERO,
        -2.0..2.0,
        prop::sample::select(vec![0.0, -0.0, 1.0, -1.0, f64::MAX, f64::MIN, f64::EPSILON]),
    ]
}

fn decimal() -> impl Strategy<Value = Decimal> {
    prop_oneof![
        (any::<i128>(), 0_u32..=28)
            .prop_map(|(mantissa, scale)| Decimal::from_i128_with_scale(mantissa >> 33, scale)),
        (-1_000_i64..100_000, 0_u32..=3).prop_map(|(units, scale)| Decimal::new(units, scale)),
    ]
}

fn nth_day(n: i64) -> UtcTimestamp {
    UtcTimestamp::from_nanoseconds(n * DAY).expect("a day of this century")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn a_figure_is_a_number_or_nothing(
        values in prop::collection::vec(finite(), 0..12),
        others in prop::collection::vec(finite(), 0..12),
        (a, b) in (finite(), finite()),
        percent in 0_usize..=101,
        trials in any::<u32>(),
    ) {
        let pairs: Vec<benchmark::Pair> = values.iter().copied().zip(others.iter().copied()).collect();
        let falls = drawdown::drawdowns(&values).unwrap_or_default();
        let estimate = Estimate { sharpe: a, skew: b, kurtosis: others.first().copied().unwrap_or(b), n: values.len() };
        let mut figures = vec![
            growth::total_return(&values), growth::cagr(&values, a), growth::annualized_return(&values, a),
            growth::periodic_rate(a, b),
            moment::mean(&values), moment::deviation(&values), moment::skew(&values), moment::kurtosis(&values),
            sharpe::volatility(&values, a), sharpe::sharpe(&values, a, b), sharpe::sharpe_geometric(&values, a, b),
            sortino::sortino(&values, a, b),
            drawdown::max_drawdown(&values), drawdown::ulcer(&values), drawdown::average_drawdown(&falls),
            drawdown::calmar(a, b),
            tail::percentile(&values, percent), tail::value_at_risk(&values), tail::expected_shortfall(&values),
            tail::tail_ratio(&values),
            benchmark::beta(&pairs), benchmark::alpha(&pairs, a, b), benchmark::tracking_error(&pairs, a),
            benchmark::information_ratio(&pairs, a), benchmark::up_capture(&pairs, a),
            benchmark::down_capture(&pairs, a),
            exposure::time_in_market(&values), exposure::mean_exposure(&others, &values),
            exposure::turnover(a, &values, b),
            profit::win_rate(&values), profit::profit_factor(&values), profit::payoff(&values),
            profit::expectancy(&values),
            probabilistic_sharpe(estimate, a), deflated_sharpe(estimate, trials, None),
            deflated_sharpe(estimate, trials, Some(a)),
        ];
        figures.extend(falls.iter().map(|fall| Some(fall.depth)));
        figures.extend(growth::returns(&values).unwrap_or_default().into_iter().map(Some));
        figures.extend(sharpe::excess(&values, a, b).unwrap_or_default().into_iter().map(Some));
        for (n, figure) in figures.into_iter().enumerate() {
            prop_assert!(figure.is_none_or(f64::is_finite), "figure {} is {:?}", n, figure);
        }
    }

    #[test]
    fn a_report_is_of_numbers(
        states in prop::collection::vec((0_i64..3, decimal(), decimal(), decimal(), decimal()), 0..12),
        (periods_per_year, risk_free, minimum_acceptable) in (finite(), finite(), finite()),
        (trials, trial_variance) in (any::<u32>(), prop::option::of(finite())),
    ) {
        let mut recorder = Recorder::new(Settings {
            periods_per_year,
            risk_free,
            minimum_acceptable,
            benchmark: Some(symbol("B")),
            trials,
            trial_variance,
        });
        let mut day = 20_000;
        for (later, equity, gross, net, close) in states {
            day += later;
            recorder.bar(&symbol("B"), nth_day(day), Prices { low: close, high: close, close });
            recorder.account(nth_day(day), Worth { equity, gross, net });
        }
        let text = format!("{:?}", recorder.finish().statistics);
        for none in ["NaN", "inf)", "inf,"] {
            prop_assert!(!text.contains(none), "{}", text);
        }
    }

    #[test]
    fn trades_add_up_to_the_position(
        fills in prop::collection::vec((-500_i64..500, 1_i64..100_000, -100_i64..1_000), 1..40),
    ) {
        let mut recorder = Recorder::new(Settings::default());
        let mut position = Position::default();
        let mut fees = Decimal::ZERO;
        let mut ends = 0;
        let closing = (-fills.iter().map(|(quantity, ..)| quantity).sum::<i64>(), 777, 7);
        let fills = fills.into_iter().chain([closing]).filter(|(quantity, ..)| *quantity != 0);
        for (n, (quantity, cents, fee)) in (1..).zip(fills) {
            let (quantity, price) = (Decimal::new(quantity, 1), Decimal::new(cents, 2));
            let before = position.quantity;
            let fill = fill(nth_day(n), quantity, price, Decimal::new(fee, 2));
            recorder.fill(&fill).expect("small amounts fit");
            position.apply(quantity, price).expect("small amounts fit");
            fees += fill.commission;
            let crossed = position.quantity.is_zero()
                || position.quantity.is_sign_negative() != before.is_sign_negative();
            ends += usize::from(!before.is_zero() && crossed);
        }
        let outcome = recorder.finish();
        prop_assert!(position.quantity.is_zero() && outcome.open.is_empty());
        prop_assert_eq!(outcome.trades.len(), ends);
        let net: Decimal = outcome.trades.iter().map(|trade| trade.net).sum();
        prop_assert_eq!(net, position.realized - fees);
        prop_assert_eq!(outcome.statistics.fees, fees);
        for trade in outcome.trades {
            prop_assert_eq!(trade.net, trade.gross - trade.fees);
            prop_assert!(trade.adverse <= trade.gross.min(Decimal::ZERO));
            prop_assert!(trade.favorable >= trade.gross.max(Decimal::ZERO));
            prop_assert!(trade.quantity > Decimal::ZERO);
        }
    }

    /// A driver may tell of a bar before or after the fills at its open.
    #[test]
    fn bars_before_or_after_their_fills_are_the_same(
        days in prop::collection::vec((-3_i64..=3, 100_i64..200, 0_i64..50), 1..20),
    ) {
        let run = |bar_first: bool| {
            let mut recorder = Recorder::new(Settings::default());
            for (n, (quantity, low, range)) in (1..).zip(&days) {
                let (low, high) = (Decimal::from(*low), Decimal::from(low + range));
                let prices = Prices { low, high, close: high };
                if bar_first {
                    recorder.bar(&symbol("A"), nth_day(n), prices);
                }
                if *quantity != 0 {
                    let fill = fill(nth_day(n), Decimal::from(*quantity), low, Decimal::ZERO);
                    recorder.fill(&fill).expect("small amounts fit");
                }
                if !bar_first {
                    recorder.bar(&symbol("A"), nth_day(n), prices);
                }
            }
            let outcome = recorder.finish();
            (outcome.trades, outcome.open)
        };
        prop_assert_eq!(run(true), run(false));
    }
}
