//! Step order on a worked example.

use ingenium_types::step::{InputKey, Next, Offset, Rank, Schedule};

const EXECUTOR: Rank = 0;
const PORTFOLIO: Rank = 1;
const STRATEGY: Rank = 2;

fn key(day: &str, symbol: &str) -> InputKey {
    let time = format!("2020-10-{day}T00:00:00Z").parse().unwrap();
    InputKey::new(time, symbol, "data.type.ohlc", "1d")
}

#[track_caller]
fn deliver(schedule: &mut Schedule, offset: Offset, subscriber: Rank) {
    assert_eq!(schedule.next_delivery(), Next::Deliver(offset, subscriber));
    assert_eq!(
        schedule.next_delivery(),
        Next::Deliver(offset, subscriber),
        "asking changes nothing"
    );
    schedule.settled(offset, subscriber);
}

#[test]
fn each_subscriber_gets_the_whole_step_and_effects_come_first() {
    let all = vec![EXECUTOR, PORTFOLIO, STRATEGY];
    let mut schedule = Schedule::new();
    // The feed stores B before A; the symbol decides, not the offset.
    schedule.input(key("01", "B"), 0, all.clone());
    schedule.input(key("01", "A"), 1, all.clone());
    assert_eq!(
        schedule.next_delivery(),
        Next::Wait,
        "the step is open until a later event"
    );
    schedule.input(key("02", "A"), 2, all);

    deliver(&mut schedule, 1, EXECUTOR);
    deliver(&mut schedule, 0, EXECUTOR);
    deliver(&mut schedule, 1, PORTFOLIO);
    deliver(&mut schedule, 0, PORTFOLIO);
    // The strategy answers A with a signal (3), the portfolio that with an order (4), the executor rejects it (5).
    assert_eq!(schedule.next_delivery(), Next::Deliver(1, STRATEGY));
    schedule.emitted(3, vec![PORTFOLIO]);
    schedule.settled(1, STRATEGY);
    assert_eq!(schedule.next_delivery(), Next::Deliver(3, PORTFOLIO));
    schedule.emitted(4, vec![EXECUTOR]);
    schedule.settled(3, PORTFOLIO);
    assert_eq!(schedule.next_delivery(), Next::Deliver(4, EXECUTOR));
    schedule.emitted(5, vec![PORTFOLIO]);
    schedule.settled(4, EXECUTOR);
    deliver(&mut schedule, 5, PORTFOLIO);
    deliver(&mut schedule, 0, STRATEGY);

    assert_eq!(schedule.next_delivery(), Next::Wait);
    schedule.end_input();
    deliver(&mut schedule, 2, EXECUTOR);
    deliver(&mut schedule, 2, PORTFOLIO);
    deliver(&mut schedule, 2, STRATEGY);
    assert_eq!(schedule.next_delivery(), Next::Done);
}

#[test]
fn an_event_that_nobody_gets_still_closes_the_step_before() {
    let mut schedule = Schedule::new();
    schedule.input(key("01", "A"), 0, vec![STRATEGY]);
    schedule.input(key("02", "A"), 1, vec![]);
    deliver(&mut schedule, 0, STRATEGY);
    assert_eq!(schedule.next_delivery(), Next::Wait);
}

#[test]
fn after_a_crash_the_open_delivery_is_made_again() {
    let mut schedule = Schedule::new();
    schedule.redo(7, STRATEGY);
    schedule.emitted(8, vec![PORTFOLIO]);
    deliver(&mut schedule, 7, STRATEGY);
    deliver(&mut schedule, 8, PORTFOLIO);
}

#[test]
fn emitted_events_go_by_offset_and_then_rank() {
    let mut schedule = Schedule::new();
    schedule.emitted(9, vec![EXECUTOR]);
    schedule.emitted(8, vec![EXECUTOR, PORTFOLIO]);
    deliver(&mut schedule, 8, EXECUTOR);
    deliver(&mut schedule, 8, PORTFOLIO);
    deliver(&mut schedule, 9, EXECUTOR);
    schedule.end_input();
    assert_eq!(schedule.next_delivery(), Next::Done);
}
