//! A strategy in 30 lines: LONG when a bar closes above the one before, SHORT when below.
//!
//! `PORT=8081 K_SINK=http://127.0.0.1:8080/ingenium/broker cargo run -p ingenium --example momentum`

use ingenium::Component;
use ingenium::runtime::environment::{Environment, KnativeSettings};
use ingenium::runtime::{logs, shutdown::Shutdown};
use ingenium::trading::bar::Bar;
use ingenium::trading::{Disposition, Input, Outbox, Role, States};
use ingenium::types::EventType;
use ingenium::types::event::{SignalDirection, SignalEvent};
use ingenium::types::scalar::InstrumentPrice;

struct Momentum;

impl Role for Momentum {
    type State = Option<InstrumentPrice>;

    fn consumes(&self) -> &[EventType] {
        &[EventType::IngestorData]
    }

    fn handle(
        &self,
        states: &mut States<Option<InstrumentPrice>>,
        input: &Input<'_>,
        outbox: &mut Outbox,
    ) -> Disposition {
        let bar = match Bar::of(input) {
            Ok(bar) => bar,
            Err(disposition) => return disposition,
        };
        let symbol = &bar.event.symbol;
        if let Some(last) = states.change(symbol.as_str()).replace(bar.ohlc.close) {
            let up = bar.ohlc.close > last;
            let direction = if up {
                SignalDirection::Long
            } else {
                SignalDirection::Short
            };
            let mut signal = SignalEvent::new(symbol.clone(), direction);
            signal.timestamp = Some(bar.end);
            let id = outbox.id(&[&input.cause().source, &input.cause().id, symbol.as_str()]);
            outbox.emit(id, bar.end, input.cause(), signal);
        }
        Disposition::Applied
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let environment = Environment::of_process();
    logs::install(&environment);
    let settings = KnativeSettings::read(&environment)?;
    let component = Component::new(Momentum, "/ingenium/strategy/momentum").state("momentum.db");
    Ok(component
        .run(&settings, Shutdown::on_signal(false)?)
        .await?)
}
