"""nautilus_trader: every bar through its matching engine, cache, data engine and message bus to a strategy.

A bar moves its market through open, high, low and close before the strategy sees it, so that a market order fills at
the close that was decided on. To fill at the next open it is told that open as a quote of its own, an instant after
the bar before; bars move no market then, and orders take that instant to arrive. Both ways take about as long.
"""

from decimal import Decimal

import nautilus_trader
from nautilus_trader.backtest.engine import BacktestEngine
from nautilus_trader.backtest.models import LatencyModel
from nautilus_trader.config import BacktestEngineConfig, LoggingConfig, RiskEngineConfig
from nautilus_trader.model.currencies import USD
from nautilus_trader.model.data import Bar, BarType, QuoteTick
from nautilus_trader.model.enums import AccountType, OmsType, OrderSide
from nautilus_trader.model.identifiers import InstrumentId, Symbol, Venue
from nautilus_trader.model.instruments import Equity
from nautilus_trader.model.objects import Money, Price, Quantity
from nautilus_trader.trading.strategy import Strategy

VERSION = nautilus_trader.__version__

VENUE = Venue("XNAS")
INSTRUMENT = Equity(
    instrument_id=InstrumentId(Symbol("ACME"), VENUE),
    raw_symbol=Symbol("ACME"),
    currency=USD,
    price_precision=2,
    price_increment=Price(0.01, 2),
    lot_size=Quantity.from_int(1),
    ts_event=0,
    ts_init=0,
)
BAR_TYPE = BarType.from_str("ACME.XNAS-1-MINUTE-LAST-EXTERNAL")
INSTANT = 1


class Rsi(Strategy):
    """Wilder's RSI by hand: the package's own starts its averages with a change of zero."""

    def __init__(self):
        super().__init__()
        self.changes = 0
        self.gain = self.loss = 0.0
        self.last = None
        self.is_long = False
        self.round_trips = 0

    def on_start(self):
        self.subscribe_bars(BAR_TYPE)

    def on_position_closed(self, event):
        self.round_trips += 1

    def on_bar(self, bar):
        close = bar.close.as_double()
        last, self.last = self.last, close
        if last is None:
            return
        change = close - last
        up, down = (change, 0.0) if change > 0 else (0.0, -change)
        self.changes += 1
        if self.changes <= 14:
            self.gain += up / 14
            self.loss += down / 14
        else:
            self.gain += (up - self.gain) / 14
            self.loss += (down - self.loss) / 14
        if self.changes < 14:
            return
        both = self.gain + self.loss
        value = 100 * self.gain / both if both else 50
        if not self.is_long and value < 30:
            self.market(OrderSide.BUY)
        elif self.is_long and value > 70:
            self.market(OrderSide.SELL)

    def market(self, side):
        self.is_long = side == OrderSide.BUY
        self.submit_order(self.order_factory.market(INSTRUMENT.id, side, Quantity.from_int(10)))


def data(bars):
    """Opens and bars as the engine takes them."""
    starts = [int(start.timestamp()) * 1_000_000_000 for start in bars.start]
    # A bar ends where the next begins; the last one lasts as long as the one before.
    ends = starts[1:] + [2 * starts[-1] - starts[-2]]
    some = Quantity.from_int(1_000_000)
    for at, (start, end) in enumerate(zip(starts, ends)):
        opened, high, low, close = (
            Price(column[at], 2) for column in (bars.open, bars.high, bars.low, bars.close)
        )
        when = start + INSTANT
        yield QuoteTick(INSTRUMENT.id, opened, opened, some, some, when, when)
        yield Bar(BAR_TYPE, opened, high, low, close, some, end, end)


def engine(bars, cash):
    events = list(data(bars))

    def prepare():
        backtest = BacktestEngine(
            BacktestEngineConfig(
                logging=LoggingConfig(bypass_logging=True),
                risk_engine=RiskEngineConfig(bypass=True),
                run_analysis=False,
            )
        )
        backtest.add_venue(
            venue=VENUE,
            oms_type=OmsType.NETTING,
            account_type=AccountType.CASH,
            base_currency=USD,
            starting_balances=[Money(cash, USD)],
            latency_model=LatencyModel(base_latency_nanos=INSTANT),
            bar_execution=False,
        )
        backtest.add_instrument(INSTRUMENT)
        strategy = Rsi()
        backtest.add_strategy(strategy)
        backtest.add_data(events)

        def run():
            backtest.run()
            held = backtest.portfolio.net_position(INSTRUMENT.id)
            worth = backtest.portfolio.account(VENUE).balance_total(USD).as_decimal()
            worth += held * Decimal(str(bars.close[-1]))
            return strategy.round_trips, worth - cash

        return run

    return prepare
