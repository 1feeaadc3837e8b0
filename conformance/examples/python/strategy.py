"""Averages that cross: LONG when the last 3 closes stand above the last 8 on average, SHORT when below."""

from decimal import Decimal

from ingenium_events import (
    DataEvent,
    Event,
    Name,
    OhlcData,
    Payload,
    SignalDirection,
    SignalEvent,
    UtcTimestamp,
    event_id,
    new_event,
)

from component import OVERRIDES, serve

SOURCE = "/ingenium/strategy/python-averages"
FAST, SLOW = 3, 8


class Series:
    def __init__(self) -> None:
        self.closes: list[Decimal] = []
        self.last: UtcTimestamp | None = None
        self.above: bool | None = None


SERIES: dict[tuple[str, str | None], Series] = {}


def handle(event: Event[Payload]) -> list[Event[Payload]]:
    match event:
        case Event(data=DataEvent(data=OhlcData() as bar) as data) if bar.final is not False:
            series = SERIES.setdefault((data.symbol, bar.period), Series())
            if series.last is not None and data.timestamp <= series.last:
                return []  # late, or known: what was decided stays
            series.last = data.timestamp
            series.closes = [*series.closes, bar.close][-SLOW:]
            if len(series.closes) < SLOW:
                return []
            above = sum(series.closes[-FAST:]) * SLOW > sum(series.closes) * FAST
            crossed, series.above = series.above not in (None, above), above
            return [signal(event, data, above)] if crossed else []
        case _:
            return []


def signal(event: Event[Payload], data: DataEvent, above: bool) -> Event[Payload]:
    end = data.end_timestamp or data.timestamp
    payload = SignalEvent(
        symbol=data.symbol,
        signal=SignalDirection.LONG if above else SignalDirection.SHORT,
        timestamp=end,
        strategy=Name("python-averages"),
    )
    id = event_id(SOURCE, event.source, event.id, data.symbol)
    return new_event(payload, id=id, source=SOURCE, time=end, cause=event, extensions=OVERRIDES)


if __name__ == "__main__":
    serve(handle)
