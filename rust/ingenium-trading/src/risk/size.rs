//! Rules on prices and amounts.

use ingenium_types::exact::{self, Inexact};
use rust_decimal::Decimal;

use super::state::age;
use super::{Mode, Proposal};

/// Rule 4.
pub(super) fn price_is_fresh(proposal: &Proposal<'_>) -> Result<bool, Inexact> {
    let Some(limit) = proposal.limits.max_price_age else {
        return Ok(true);
    };
    // A mark exactly as old as the limit is fresh.
    Ok(proposal
        .marked_at
        .is_some_and(|at| age(at, proposal.now) <= i128::from(limit) * 1_000_000_000))
}

/// Rule 5.
pub(super) fn price_is_near(proposal: &Proposal<'_>) -> Result<bool, Inexact> {
    let (Some(collar), Some(price)) = (proposal.limits.price_collar, proposal.price) else {
        return Ok(true);
    };
    let distance = exact::sub(price, proposal.mark)?.abs();
    Ok(distance <= exact::mul(collar, proposal.mark)?)
}

/// Rule 6.
pub(super) fn order_is_large_enough(proposal: &Proposal<'_>) -> Result<bool, Inexact> {
    match proposal.limits.min_notional {
        Some(limit) => Ok(proposal.notional()? >= limit),
        None => Ok(true),
    }
}

/// Rule 7.
pub(super) fn order_is_small_enough(proposal: &Proposal<'_>) -> Result<bool, Inexact> {
    match proposal.limits.max_order_notional {
        Some(limit) => Ok(proposal.notional()? <= limit),
        None => Ok(true),
    }
}

/// Rule 8.
pub(super) fn position_is_small_enough(proposal: &Proposal<'_>) -> Result<bool, Inexact> {
    match proposal.limits.max_position_notional {
        Some(limit) => Ok(proposal.position_after()? <= limit),
        None => Ok(true),
    }
}

/// Rule 9.
pub(super) fn position_is_a_small_share(proposal: &Proposal<'_>) -> Result<bool, Inexact> {
    match proposal.limits.max_position_share {
        Some(share) => Ok(proposal.position_after()? <= exact::mul(share, proposal.equity)?),
        None => Ok(true),
    }
}

/// Rule 10.
pub(super) fn gross_leverage(proposal: &Proposal<'_>) -> Result<bool, Inexact> {
    match proposal.limits.max_gross_leverage {
        Some(limit) => Ok(gross_after(proposal)? <= exact::mul(limit, proposal.equity)?),
        None => Ok(true),
    }
}

/// Rule 11.
pub(super) fn net_leverage(proposal: &Proposal<'_>) -> Result<bool, Inexact> {
    let Some(limit) = proposal.limits.max_net_leverage else {
        return Ok(true);
    };
    let change = exact::mul(proposal.signed(), proposal.mark)?;
    let net = exact::add(proposal.exposure.net, change)?;
    Ok(net.abs() <= exact::mul(limit, proposal.equity)?)
}

/// Rule 12.
pub(super) fn maintenance(proposal: &Proposal<'_>) -> Result<bool, Inexact> {
    match proposal.mode {
        Mode::LongOnly => Ok(true),
        Mode::Margin(margin) => {
            let needed = exact::mul(margin.maintenance, proposal.exposure.gross)?;
            Ok(needed <= proposal.equity)
        }
    }
}

/// Rule 13.
pub(super) fn buying_power(proposal: &Proposal<'_>) -> Result<bool, Inexact> {
    match proposal.mode {
        Mode::LongOnly => Ok(proposal.max_notional <= proposal.free_cash),
        Mode::Margin(margin) => {
            let needed = exact::mul(margin.initial, gross_after(proposal)?)?;
            Ok(needed <= proposal.equity)
        }
    }
}

/// What all positions and open orders would be worth: what is closed is not new, what is opened is.
fn gross_after(proposal: &Proposal<'_>) -> Result<Decimal, Inexact> {
    let closing = exact::sub(proposal.quantity, proposal.opening)?;
    let change = exact::mul(exact::sub(proposal.opening, closing)?, proposal.mark)?;
    exact::add(proposal.exposure.gross, change)
}
