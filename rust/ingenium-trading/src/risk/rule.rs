//! The rules in their order.

use ingenium_types::exact::Inexact;
use rust_decimal::Decimal;

use super::{Proposal, TradingState, pace, size};

/// Which orders a rule looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// All of them.
    Every,
    /// Those that open a position or make one larger.
    Opening,
}

/// One rule.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// The reason code of its denials.
    pub code: &'static str,
    /// The orders that it looks at.
    pub scope: Scope,
    /// Whether an order is within its limit, or it has none.
    pub allows: fn(&Proposal<'_>) -> Result<bool, Inexact>,
}

const fn every(code: &'static str, allows: fn(&Proposal<'_>) -> Result<bool, Inexact>) -> Rule {
    Rule {
        code,
        scope: Scope::Every,
        allows,
    }
}

const fn opening(code: &'static str, allows: fn(&Proposal<'_>) -> Result<bool, Inexact>) -> Rule {
    Rule {
        code,
        scope: Scope::Opening,
        allows,
    }
}

/// All rules, in the order in which they are asked.
pub const RULES: [Rule; 18] = [
    every("trading_halted", not_halted),
    opening("trading_reducing", active),
    opening("symbol_not_allowed", listed),
    opening("price_stale", size::price_is_fresh),
    opening("price_outside_collar", size::price_is_near),
    every("below_min_notional", size::order_is_large_enough),
    opening("order_notional_exceeded", size::order_is_small_enough),
    opening("position_notional_exceeded", size::position_is_small_enough),
    opening("position_share_exceeded", size::position_is_a_small_share),
    opening("gross_leverage_exceeded", size::gross_leverage),
    opening("net_leverage_exceeded", size::net_leverage),
    opening("below_maintenance", size::maintenance),
    opening("buying_power_exceeded", size::buying_power),
    opening("too_many_open_orders", pace::open_orders),
    every("too_many_orders_per_minute", pace::orders_per_minute),
    opening("cooldown", pace::cooldown),
    opening("stop_loss_guard", pace::stop_loss_guard),
    every("duplicate_signal", pace::not_said_before),
];

/// Holds an order to all rules.
///
/// # Errors
/// The code of the first rule that denies it, or `amount_inexact`.
pub fn review(proposal: &Proposal<'_>) -> Result<(), &'static str> {
    for rule in RULES {
        if rule.scope == Scope::Opening && proposal.opening <= Decimal::ZERO {
            continue;
        }
        match (rule.allows)(proposal) {
            Ok(true) => {}
            Ok(false) => return Err(rule.code),
            Err(Inexact) => return Err("amount_inexact"),
        }
    }
    Ok(())
}

fn not_halted(proposal: &Proposal<'_>) -> Result<bool, Inexact> {
    Ok(proposal.state.trading(proposal.limits) < TradingState::Halted)
}

fn active(proposal: &Proposal<'_>) -> Result<bool, Inexact> {
    Ok(proposal.state.trading(proposal.limits) == TradingState::Active)
}

fn listed(proposal: &Proposal<'_>) -> Result<bool, Inexact> {
    let symbols = proposal.limits.symbols.as_ref();
    Ok(symbols.is_none_or(|symbols| symbols.contains(proposal.symbol)))
}
