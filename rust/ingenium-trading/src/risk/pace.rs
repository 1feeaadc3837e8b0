//! Rules on how often.

use ingenium_types::exact::Inexact;

use super::Proposal;
use super::state::is_within;

const MINUTE: u64 = 60;

/// Rule 14.
pub(super) fn open_orders(proposal: &Proposal<'_>) -> Result<bool, Inexact> {
    let limit = proposal.limits.max_open_orders;
    Ok(limit.is_none_or(|limit| proposal.exposure.open_orders < limit))
}

/// Rule 15.
pub(super) fn orders_per_minute(proposal: &Proposal<'_>) -> Result<bool, Inexact> {
    let Some(limit) = proposal.limits.max_orders_per_minute else {
        return Ok(true);
    };
    let given = proposal.state.orders.iter();
    let recent = given.filter(|at| is_within(**at, proposal.now, MINUTE));
    Ok(recent.count() < limit)
}

/// Rule 16.
pub(super) fn cooldown(proposal: &Proposal<'_>) -> Result<bool, Inexact> {
    let (Some(seconds), Some(at)) = (proposal.limits.cooldown, proposal.exited_at) else {
        return Ok(true);
    };
    Ok(!is_within(at, proposal.now, seconds))
}

/// Rule 17.
pub(super) fn stop_loss_guard(proposal: &Proposal<'_>) -> Result<bool, Inexact> {
    let Some(guard) = proposal.limits.stop_loss_guard else {
        return Ok(true);
    };
    let losses = &proposal.state.losses;
    let (Some(first), Some(last)) = (losses.front(), losses.back()) else {
        return Ok(true);
    };
    let many = losses.len() >= guard.exits && is_within(*first, *last, guard.window);
    Ok(!many || !is_within(*last, proposal.now, guard.pause))
}

/// Rule 18.
pub(super) fn not_said_before(proposal: &Proposal<'_>) -> Result<bool, Inexact> {
    let (Some(seconds), Some(at)) = (proposal.limits.duplicate_window, proposal.said_at) else {
        return Ok(true);
    };
    Ok(!is_within(at, proposal.now, seconds))
}
