//! The order state machine: every state against every change.

use ingenium_trading::order::{Change, End, Open, State, transition};
use ingenium_types::event::OrderStatus;

use State::{Ended, PendingCancel, Unanswered};

const OPEN: [Open; 4] = [
    Open::PendingNew,
    Open::New,
    Open::Suspended,
    Open::PartiallyFilled,
];
const ENDS: [End; 4] = [End::Filled, End::Canceled, End::Expired, End::Rejected];

fn trade(rest: bool) -> Change {
    Change::Trade {
        rest,
        reconciled: false,
    }
}

fn late(rest: bool) -> Change {
    Change::Trade {
        rest,
        reconciled: true,
    }
}

fn changes() -> [Change; 14] {
    [
        Change::New,
        trade(false),
        trade(true),
        Change::Canceled,
        Change::Expired,
        Change::Rejected,
        Change::PendingCancel,
        Change::CancelRejected,
        Change::Triggered,
        Change::Suspended,
        Change::Replaced,
        Change::Corrected,
        late(false),
        late(true),
    ]
}

fn states() -> Vec<State> {
    let mut states = vec![Unanswered];
    states.extend(OPEN.map(State::Open));
    states.extend(OPEN.map(PendingCancel));
    states.extend(ENDS.map(Ended));
    states
}

/// The states by name: `-` is none, `c:` is PENDING_CANCEL of.
fn name(state: State) -> String {
    let open = |open| match open {
        Open::PendingNew => "pend",
        Open::New => "new",
        Open::Suspended => "susp",
        Open::PartiallyFilled => "part",
    };
    match state {
        Unanswered => "-".to_owned(),
        State::Open(state) => open(state).to_owned(),
        PendingCancel(before) => format!("c:{}", open(before)),
        Ended(End::Filled) => "filled".to_owned(),
        Ended(End::Canceled) => "canc".to_owned(),
        Ended(End::Expired) => "exp".to_owned(),
        Ended(End::Rejected) => "rej".to_owned(),
    }
}

/// One row a state, one column a change in the order of [`changes`]; `.` is refused.
const TABLE: &str = "
-      : new part   filled canc exp rej . .      .      .    .      .      part   filled
pend   : new part   filled canc exp rej c:pend . .      .    .      .      part   filled
new    : .   part   filled canc exp rej c:new new new   susp new    new    part   filled
susp   : new part   filled canc exp rej c:susp susp new .    susp   susp   part   filled
part   : .   part   filled canc exp .   c:part part .   .    part   part   part   filled
c:pend : .   c:part filled canc exp .   . pend   c:pend .    c:pend c:pend c:part filled
c:new  : .   c:part filled canc exp .   . new    c:new  .    c:new  c:new  c:part filled
c:susp : .   c:part filled canc exp .   . susp   c:susp .    c:susp c:susp c:part filled
c:part : .   c:part filled canc exp .   . part   c:part .    c:part c:part c:part filled
filled : .   .      .      .    .   .   . filled .      .    .      filled filled filled
canc   : .   .      .      .    .   .   . canc   .      .    .      canc   canc   filled
exp    : .   .      .      .    .   .   . exp    .      .    .      exp    exp    filled
rej    : .   .      .      .    .   .   . rej    .      .    .      rej    rej    filled
";

#[test]
fn every_state_and_change() {
    let rows: Vec<&str> = TABLE.trim().lines().collect();
    assert_eq!(rows.len(), states().len());
    for (row, from) in rows.iter().zip(states()) {
        let (state, cells) = row
            .split_once(':')
            .filter(|_| !row.starts_with("c:"))
            .unwrap_or_else(|| {
                let colon = row.find(" :").expect("a row has a state");
                (&row[..colon], &row[colon + 2..])
            });
        assert_eq!(state.trim(), name(from));
        let cells: Vec<&str> = cells.split_whitespace().collect();
        assert_eq!(cells.len(), changes().len(), "{row}");
        for (cell, change) in cells.iter().zip(changes()) {
            let after = transition(from, change);
            let told = after.map_or_else(|_| ".".to_owned(), name);
            assert_eq!(told, *cell, "{from:?} {change:?}");
            if let Err(refused) = after {
                assert_eq!((refused.from, refused.change), (from, change));
            }
        }
    }
}

#[test]
fn what_has_ended_ends_no_second_time() {
    for from in ENDS.map(Ended) {
        for change in changes() {
            let is_late = matches!(
                change,
                Change::Trade {
                    reconciled: true,
                    ..
                }
            );
            let after = transition(from, change);
            assert!(
                is_late || after.is_err() || after == Ok(from),
                "{from:?} {change:?}"
            );
        }
    }
}

#[test]
fn each_status_on_the_wire_is_a_state() {
    for status in OrderStatus::ALL {
        assert_eq!(State::of(*status).status(), Some(*status));
    }
    for silent in [Unanswered, State::Open(Open::PendingNew)] {
        assert_eq!(silent.status(), None);
    }
}
