//! From a signal to an order, or the reason why not.

use ingenium_types::event::{OrderEvent, OrderSide, OrderType};
use ingenium_types::exact::{self, Inexact};
use ingenium_types::scalar::{ClientOrderId, PositiveDecimal, Scalar as _, UtcTimestamp};
use rust_decimal::Decimal;

use super::entry::{ACCOUNT, Entry, holding, holding_key, holdings};
use super::hold::{self, Held};
use super::holding::{Holding, OpenOrder};
use super::trail::{self, Trail};
use super::wish::{Draft, Wish};
use super::{Account, Portfolio, measure, risk_state, write_risk};
use crate::risk::{Exposure, Mode, Proposal, RiskState, TradingState, review};
use crate::role::Outbox;
use crate::sizing::{Denied, Means};
use crate::states::States;

/// The number of the first order that a signal causes.
pub(super) const FIRST_ORDER: &str = "1";

const INEXACT: &str = "amount_inexact";

/// The order that follows from a signal, booked as open.
///
/// # Errors
/// A reason code where no order follows; nothing is changed then.
pub(super) fn decide(
    portfolio: &Portfolio,
    states: &mut States<Entry>,
    held: &Held,
    now: UtcTimestamp,
    outbox: &Outbox,
) -> Result<OrderEvent, &'static str> {
    let signal = &held.signal;
    if signal.expires_at.is_some_and(|expiry| expiry < now) {
        return Err("signal_expired");
    }
    let symbol = signal.symbol.as_str();
    let mut desk = Decision::open(portfolio, states, held).map_err(|_| INEXACT)?;
    let risk = risk_state(states);
    // Said first, whatever the wish: nobody need wonder whether HALTED holds.
    if risk.trading(&portfolio.limits) == TradingState::Halted {
        return Err("trading_halted");
    }
    let draft = desk.draft(held)?;
    let draft = match desk.review(draft, &risk, held, now) {
        Ok(()) => draft,
        Err(reason) => {
            let draft = draft.without_opening().ok_or(reason)?;
            desk.review(draft, &risk, held, now)?;
            draft
        }
    };
    let order = desk.order(draft, held, outbox)?;
    let reserved = order.max_notional.map_or(Decimal::ZERO, |cap| cap.get());
    desk.account.reserve(reserved).map_err(|_| INEXACT)?;
    let order_id = order.order_id.clone().ok_or("order_without_id")?;
    let open = OpenOrder::new(order.side, order.quantity.get(), reserved, held.at);
    let Decision {
        account,
        mut holding,
        mut trail,
        ..
    } = desk;
    holding.orders.insert(order_id.to_string(), open);
    trail.latest = trail.latest.max(Some(held.at));
    if portfolio.limits.duplicate_window.is_some() {
        trail.note_said(signal, now);
    }
    let mut risk = risk;
    if risk.note_order(&portfolio.limits, now) {
        write_risk(states, risk);
    }
    states.insert(ACCOUNT, Entry::Account(account));
    states.insert(&holding_key(symbol), Entry::Holding(holding));
    trail::write(states, symbol, trail);
    Ok(order)
}

/// What a decision looks at.
struct Decision<'a> {
    portfolio: &'a Portfolio,
    account: Account,
    /// The instrument as it is.
    holding: Holding,
    /// The instrument as a decision of this `Timestamp` must see it.
    seen: Holding,
    trail: Trail,
    exposure: Exposure,
    means: Means,
    facts: Result<crate::sizing::Facts, &'static str>,
}

impl<'a> Decision<'a> {
    fn open(
        portfolio: &'a Portfolio,
        states: &States<Entry>,
        held: &Held,
    ) -> Result<Self, Inexact> {
        let symbol = held.signal.symbol.as_str();
        let holding = holding(states, symbol);
        let trail = trail::trail(states, symbol, &holding);
        let seen = hold::as_of(states, symbol, &trail, &holding, held.at)?;
        let account = portfolio.account(states);
        let margin = match portfolio.mode {
            Mode::LongOnly => None,
            Mode::Margin(margin) => Some(margin),
        };
        let exposure = if margin.is_some() || portfolio.limits.look_at_exposure() {
            exposure(states)?
        } else {
            Exposure::default()
        };
        let equity = account.equity()?;
        let free_cash = match margin {
            None => account.free_cash()?,
            Some(margin) => {
                // A reversal frees the margin of what it closes.
                let own = exact::mul(holding.position.quantity, holding.mark.unwrap_or_default())?;
                let others = exact::sub(exposure.gross, own.abs())?;
                let power = exact::mul_div(equity, Decimal::ONE, margin.initial)?;
                exact::sub(power, others)?
            }
        };
        Ok(Self {
            portfolio,
            account,
            seen,
            trail,
            exposure,
            means: Means { equity, free_cash },
            facts: measure::facts(states, portfolio.sizing, symbol),
            holding,
        })
    }

    fn draft(&self, held: &Held) -> Result<Draft, &'static str> {
        let wish = Wish {
            portfolio: self.portfolio,
            signal: &held.signal,
            holding: &self.seen,
            means: self.means,
            price: held.price,
            facts: self.facts?,
        };
        wish.draft().map_err(|Denied(reason)| reason)
    }

    fn review(
        &self,
        draft: Draft,
        risk: &RiskState,
        held: &Held,
        now: UtcTimestamp,
    ) -> Result<(), &'static str> {
        let amounts = || -> Result<_, Inexact> {
            let mut position = self.holding.position.quantity;
            for order in self.holding.orders.values() {
                position = exact::add(position, hold::signed(order.side, order.leaves()?))?;
            }
            let max_notional =
                draft.max_notional(held.price.unwrap_or_default(), self.portfolio)?;
            Ok((draft.quantity()?, position, max_notional))
        };
        let (quantity, position, max_notional) = amounts().map_err(|_| INEXACT)?;
        review(&Proposal {
            limits: &self.portfolio.limits,
            mode: self.portfolio.mode,
            state: risk,
            symbol: held.signal.symbol.as_str(),
            side: draft.side,
            quantity,
            opening: draft.opening,
            max_notional,
            position,
            mark: self.holding.mark.unwrap_or_default(),
            marked_at: self.holding.marked_at,
            price: held.signal.price.map(|price| price.get()),
            now,
            equity: self.means.equity,
            free_cash: self.means.free_cash,
            exposure: self.exposure,
            exited_at: self.trail.exited_at,
            said_at: self.trail.said_at(&held.signal),
        })
    }

    fn order(
        &self,
        draft: Draft,
        held: &Held,
        outbox: &Outbox,
    ) -> Result<OrderEvent, &'static str> {
        let quantity = draft.quantity().map_err(|_| INEXACT)?;
        let quantity = PositiveDecimal::new(quantity).ok_or("order_exceeds_limit")?;
        let signal = &held.signal;
        let id = outbox.id(&id_fields(held));
        let mut order = OrderEvent::new(
            draft.side,
            quantity,
            signal.symbol.clone(),
            OrderType::Market,
        );
        order.order_id = ClientOrderId::parse(&id.hex());
        order.timestamp = Some(held.at);
        if draft.side == OrderSide::Buy {
            let price = held.price.unwrap_or_default();
            let cap = draft.max_notional(price, self.portfolio);
            let cap = stated(cap.map_err(|_| INEXACT)?).ok_or("order_exceeds_limit")?;
            order.max_notional = Some(cap);
        }
        order.portfolio = Some(self.portfolio.name.clone());
        order.strategy.clone_from(&signal.strategy);
        Ok(order)
    }
}

/// When the last order of `symbol` had ended.
pub(super) fn settled_at(states: &States<Entry>, symbol: &str) -> Option<UtcTimestamp> {
    trail::peek(states, symbol)?.settled_at
}

/// What the ids of a signal's order are over.
pub(super) fn id_fields(held: &Held) -> [&str; 4] {
    let Held { signal, cause, .. } = held;
    [
        &cause.source,
        &cause.id,
        signal.symbol.as_str(),
        FIRST_ORDER,
    ]
}

/// A cap as the wire states it. A share of an equity with many decimals may have more than the wire takes; ten always
/// fit, and rounding a cap down never spends more.
fn stated(cap: Decimal) -> Option<PositiveDecimal> {
    PositiveDecimal::new(cap).or_else(|| PositiveDecimal::new(cap.trunc_with_scale(10)))
}

/// What all positions and open orders are worth.
fn exposure(states: &States<Entry>) -> Result<Exposure, Inexact> {
    let mut all = Exposure::default();
    for holding in holdings(states) {
        let mark = holding.mark.unwrap_or_default();
        let value = holding.position.value(mark)?;
        all.gross = exact::add(all.gross, value.abs())?;
        all.net = exact::add(all.net, value)?;
        for order in holding.orders.values() {
            let leaves = exact::mul(order.leaves()?, mark)?;
            all.gross = exact::add(all.gross, leaves.max(order.reserved))?;
            all.net = exact::add(all.net, hold::signed(order.side, leaves))?;
            all.open_orders += 1;
        }
    }
    Ok(all)
}
