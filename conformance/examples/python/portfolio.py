"""A portfolio that is never short: a tenth of the free cash on each LONG, all of it back on SHORT or FLAT."""

from dataclasses import dataclass
from datetime import datetime, timezone
from decimal import Decimal

from ingenium_events import (
    ClientOrderId,
    DataEvent,
    Event,
    ExecutionEvent,
    InstrumentSymbol,
    Name,
    OhlcData,
    OrderEvent,
    OrderSide,
    OrderType,
    Payload,
    SignalDirection,
    SignalEvent,
    event_id,
    from_datetime,
    hex_id,
    instant,
    new_event,
)

from component import OVERRIDES, log, serve

SOURCE = "/ingenium/portfolio/python"
NAME = Name("python")
CASH = Decimal(100_000)
SHARE = Decimal("0.1")


@dataclass
class Order:
    symbol: InstrumentSymbol
    side: OrderSide
    reserved: Decimal
    is_open: bool = True


class Portfolio:
    def __init__(self) -> None:
        self.cash = CASH
        self.prices: dict[InstrumentSymbol, Decimal] = {}
        self.held: dict[InstrumentSymbol, Decimal] = {}
        self.orders: dict[str, Order] = {}
        self.booked: set[tuple[str, str]] = set()

    def handle(self, event: Event[Payload]) -> list[Event[Payload]]:
        match event:
            case Event(data=DataEvent(symbol=symbol, data=OhlcData(close=close))):
                self.prices[symbol] = close
            case Event(data=SignalEvent() as signal):
                return self.decide(event, signal)
            case Event(data=ExecutionEvent() as execution):
                self.book(event, execution)
        return []

    def decide(self, event: Event[Payload], signal: SignalEvent) -> list[Event[Payload]]:
        symbol = signal.symbol
        expires = signal.expires_at or event.extensions.get("expirytime")
        if isinstance(expires, str) and event.time and is_before(expires, event.time):
            return []
        if any(order.is_open and order.symbol == symbol for order in self.orders.values()):
            return []  # one decision at a time
        held = self.held.get(symbol, Decimal(0))
        if signal.signal is SignalDirection.LONG and held == 0:
            price = signal.price or self.prices.get(symbol)
            free = self.cash - sum(order.reserved for order in self.orders.values() if order.is_open)
            quantity = (free * SHARE / price).to_integral_value(rounding="ROUND_FLOOR") if price else Decimal(0)
            if price and quantity > 0:
                return [self.order(event, symbol, OrderSide.BUY, quantity, quantity * price)]
        elif signal.signal is not SignalDirection.LONG and held > 0:
            return [self.order(event, symbol, OrderSide.SELL, held, Decimal(0))]
        return []

    def order(
        self, event: Event[Payload], symbol: InstrumentSymbol, side: OrderSide, quantity: Decimal, cost: Decimal
    ) -> Event[Payload]:
        id = event_id(SOURCE, event.source, event.id, symbol, "1")
        self.orders[hex_id(id)] = Order(symbol, side, cost)
        payload = OrderEvent(
            symbol=symbol,
            side=side,
            quantity=quantity,
            type=OrderType.MARKET,
            order_id=ClientOrderId(hex_id(id)),
            portfolio=NAME,
            # A price may rise until the order is filled; the executor never spends more than this.
            max_notional=cost or None,
        )
        time = event.time or from_datetime(datetime.now(timezone.utc))
        return new_event(payload, id=id, source=SOURCE, time=time, cause=event, extensions=OVERRIDES)

    def book(self, event: Event[Payload], execution: ExecutionEvent) -> None:
        order = self.orders.get(execution.order_id)
        fact = (execution.order_id, execution.execution_id)
        if order is None or fact in self.booked:
            return  # somebody else's, or known
        self.booked.add(fact)
        if execution.last_quantity is not None and execution.last_price is not None:
            sign = 1 if order.side is OrderSide.BUY else -1
            held = self.held.get(order.symbol, Decimal(0)) + sign * execution.last_quantity
            self.held[order.symbol] = held
            self.cash -= sign * execution.last_quantity * execution.last_price + (execution.commission or 0)
            log("filled", event=event.id, order=execution.order_id, held=str(held), cash=str(self.cash))
        if execution.leaves_quantity == 0:
            order.is_open = False


def is_before(one: str, other: str) -> bool:
    left, right = instant(one), instant(other)
    # Without the Z at its end a time sorts as it follows.
    return left is not None and right is not None and left[:-1] < right[:-1]


if __name__ == "__main__":
    serve(Portfolio().handle)
