//! One execution's work on account, holding, trail and fills: all of it, or none.

use ingenium_types::event::ExecutionEvent;
use ingenium_types::exact::{self, Inexact};
use ingenium_types::scalar::UtcTimestamp;
use rust_decimal::Decimal;

use super::account::Account;
use super::book::{Booked, INEXACT};
use super::entry::{ACCOUNT, Entry, holding, holding_key};
use super::fill::{self, Deal, Fill, Standing};
use super::holding::{Holding, OpenOrder};
use super::trail::{self, Trail};
use super::{Portfolio, ended};
use crate::position::Position;
use crate::states::States;

/// Working copies of what an execution changes.
pub(super) struct Desk<'a> {
    states: &'a mut States<Entry>,
    account: Account,
    holding: Holding,
    pub(super) trail: Trail,
    /// The order; one that has ended has nothing reserved.
    pub(super) order: OpenOrder,
    /// Whether the order had ended before.
    is_late: bool,
    symbol: String,
    order_id: String,
    at: UtcTimestamp,
    keep: usize,
    lost: bool,
    pub(super) flag: Option<&'static str>,
    /// Rows of fills as they were before.
    before: Vec<(String, Option<Entry>)>,
}

impl<'a> Desk<'a> {
    /// The rows that `execution` is about.
    ///
    /// # Errors
    /// The reason why it is about none.
    pub(super) fn open(
        portfolio: &Portfolio,
        states: &'a mut States<Entry>,
        execution: &ExecutionEvent,
        time: UtcTimestamp,
    ) -> Result<Self, &'static str> {
        let symbol = execution.symbol.as_str();
        let order_id = execution.order_id.as_str();
        let holding = holding(states, symbol);
        let (mut order, is_late) = if let Some(order) = holding.orders.get(order_id) {
            (order.clone(), false)
        } else if let Some(ended) = ended::get(states, symbol, order_id) {
            (ended.as_order(), true)
        } else {
            return Err("execution_of_unknown_order");
        };
        if order.side != execution.side {
            return Err("execution_of_other_side");
        }
        order.known_at = order.known_at.max(Some(time));
        Ok(Self {
            account: portfolio.account(states),
            trail: trail::trail(states, symbol, &holding),
            holding,
            order,
            is_late,
            symbol: symbol.to_owned(),
            order_id: order_id.to_owned(),
            at: execution.timestamp,
            keep: portfolio.keep.fills,
            lost: false,
            flag: None,
            before: Vec::new(),
            states,
        })
    }

    /// The kept fill that `reference` names: by its own id, or by that of its last correction.
    pub(super) fn fill(&self, reference: &str) -> Option<Fill> {
        let fills = fill::fills_of(self.states, &self.symbol, &self.order_id);
        fills.into_iter().find(|fill| {
            fill.execution == reference || fill.corrected_by.as_deref() == Some(reference)
        })
    }

    /// A fill that nothing is known of yet.
    pub(super) fn new_fill(&mut self, execution: &str) -> Fill {
        Fill {
            sequence: self.trail.next(),
            order: self.order_id.clone(),
            execution: execution.to_owned(),
            side: self.order.side,
            cumulative: Decimal::ZERO,
            deal: Deal {
                quantity: Decimal::ZERO,
                price: Decimal::ZERO,
                fee: None,
            },
            standing: Standing::Awaited,
            corrected_by: None,
        }
    }

    /// Whether the order has room for `deal`.
    pub(super) fn fits(&self, deal: &Deal) -> Result<bool, &'static str> {
        let after = exact::add(self.order.cumulative, deal.quantity);
        Ok(after.map_err(|_| INEXACT)? <= self.order.quantity)
    }

    /// Notes that this much of what the executor has counted, at one time or another, is not booked.
    pub(super) fn void_quantity(&mut self, quantity: Decimal) -> Result<(), &'static str> {
        self.order.voided = exact::add(self.order.voided, quantity).map_err(|_| INEXACT)?;
        Ok(())
    }

    /// Books a fill that has arrived.
    pub(super) fn add(&mut self, mut fill: Fill) -> Result<(), Inexact> {
        let met = exact::add(self.order.cumulative, self.order.voided)?;
        let met = exact::add(met, fill.deal.quantity)?;
        if self.is_late || self.order.filled.is_some_and(|filled| met > filled) {
            self.flag = Some("execution_after_end");
        }
        fill.standing = Standing::Booked;
        self.put(&fill)?;
        if fill::is_last(self.states, &self.symbol, &fill) {
            let mut position = self.holding.position.clone();
            position.apply(fill.deal.signed(fill.side), fill.deal.price)?;
            self.write(fill);
            self.take(position)
        } else {
            self.write(fill);
            self.add_up()
        }
    }

    /// Pays for a fill.
    pub(super) fn put(&mut self, fill: &Fill) -> Result<(), Inexact> {
        self.trail.trip = exact::sub(self.trail.trip, fill.deal.paid_fee())?;
        if self.is_late {
            self.order.cumulative = exact::add(self.order.cumulative, fill.deal.quantity)?;
            return self.account.pay(fill.side, &fill.deal, None);
        }
        self.account
            .pay(fill.side, &fill.deal, Some(&mut self.order))
    }

    /// Takes back what was paid for a fill.
    pub(super) fn remove(&mut self, fill: &Fill) -> Result<(), Inexact> {
        self.trail.trip = exact::add(self.trail.trip, fill.deal.paid_fee())?;
        if self.is_late {
            self.order.cumulative = exact::sub(self.order.cumulative, fill.deal.quantity)?;
            return self.account.unpay(fill.side, &fill.deal, None);
        }
        self.account
            .unpay(fill.side, &fill.deal, Some(&mut self.order))
    }

    /// Books the fills that were kept aside and have room now.
    pub(super) fn admit(&mut self) -> Result<(), Inexact> {
        let mut aside = fill::fills_of(self.states, &self.symbol, &self.order_id);
        aside.retain(|fill| fill.standing == Standing::Aside);
        aside.sort_by(|a, b| (a.cumulative, &a.execution).cmp(&(b.cumulative, &b.execution)));
        for mut fill in aside {
            let after = exact::add(self.order.cumulative, fill.deal.quantity)?;
            if after <= self.order.quantity {
                fill.standing = Standing::Booked;
                self.put(&fill)?;
                self.order.voided = exact::sub(self.order.voided, fill.deal.quantity)?;
                self.write(fill);
            }
        }
        Ok(())
    }

    /// Adds the position up again from all kept fills.
    pub(super) fn add_up(&mut self) -> Result<(), Inexact> {
        let position = fill::position(self.states, &self.symbol, &self.trail)?;
        self.take(position)
    }

    /// Writes the row of a fill.
    pub(super) fn write(&mut self, fill: Fill) {
        let key = fill.key(&self.symbol);
        let before = self.states.get(&key).cloned();
        self.trail.fills += usize::from(before.is_none());
        self.states.insert(&key, Entry::Fill(Box::new(fill)));
        self.before.push((key, before));
    }

    /// Puts a position in the place of the one before; notes when the instrument was closed, and with what result.
    fn take(&mut self, position: Position) -> Result<(), Inexact> {
        let before = &self.holding.position;
        let gained = exact::sub(position.realized, before.realized)?;
        let trip = exact::add(self.trail.trip, gained)?;
        let closed = !before.quantity.is_zero()
            && (position.quantity.is_zero()
                || position.quantity.is_sign_negative() != before.quantity.is_sign_negative());
        self.account.replace(&mut self.holding, position)?;
        if closed {
            self.lost |= trip < Decimal::ZERO;
            self.trail.exited_at = self.trail.exited_at.max(Some(self.at));
            self.trail.trip = Decimal::ZERO;
        } else {
            self.trail.trip = trip;
        }
        Ok(())
    }

    /// Writes everything, or nothing if the work has failed.
    ///
    /// # Errors
    /// The reason why it has.
    pub(super) fn close(mut self, done: Result<(), &'static str>) -> Result<Booked, &'static str> {
        let ended = done.and_then(|()| self.settle().map_err(|_| INEXACT));
        match ended {
            Ok(ended) => {
                fill::fold(self.states, &self.symbol, &mut self.trail, self.keep);
                let booked = Booked {
                    ended,
                    lost: self.lost,
                    flag: self.flag,
                };
                self.states.insert(ACCOUNT, Entry::Account(self.account));
                let key = holding_key(&self.symbol);
                self.states.insert(&key, Entry::Holding(self.holding));
                trail::write(self.states, &self.symbol, self.trail);
                Ok(booked)
            }
            Err(reason) => {
                for (key, before) in self.before.into_iter().rev() {
                    match before {
                        Some(entry) => self.states.insert(&key, entry),
                        None => self.states.remove(&key),
                    }
                }
                Err(reason)
            }
        }
    }

    /// Keeps the order among the open ones, or among the ended; whether it has just ended.
    fn settle(&mut self) -> Result<bool, Inexact> {
        if self.is_late {
            if let Some(ended) = ended::get(self.states, &self.symbol, &self.order_id) {
                let cumulative = self.order.cumulative;
                let ended = ended::Ended {
                    cumulative,
                    ..ended
                };
                ended::write(self.states, &self.symbol, &self.order_id, ended);
            }
            return Ok(false);
        }
        if self.order.is_over()? {
            self.account.release(&mut self.order)?;
            self.trail.settled_at = self.trail.settled_at.max(self.order.known_at);
            self.holding.orders.remove(&self.order_id);
            ended::remember(
                self.states,
                &self.symbol,
                &self.order_id,
                &self.order,
                &mut self.trail,
                self.keep,
            );
            return Ok(true);
        }
        let order = self.order.clone();
        self.holding.orders.insert(self.order_id.clone(), order);
        Ok(false)
    }
}
