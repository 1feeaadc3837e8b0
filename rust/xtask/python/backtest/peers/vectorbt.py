"""vectorbt: whole arrays through compiled loops, no events. Decisions are moved by one bar to fill at the next open."""

import numpy as np
import pandas as pd
import vectorbt as vbt
from numba import njit

VERSION = vbt.__version__


@njit
def rsi(close, n):
    """Wilder's RSI. The package's own starts its averages with the first change, Wilder with the mean of n."""
    value = np.full(close.shape[0], np.nan)
    gain = loss = 0.0
    for at in range(1, close.shape[0]):
        change = close[at] - close[at - 1]
        up, down = max(change, 0.0), max(-change, 0.0)
        if at <= n:
            gain += up / n
            loss += down / n
        else:
            gain += (up - gain) / n
            loss += (down - loss) / n
        if at >= n:
            both = gain + loss
            value[at] = 50.0 if both == 0 else 100 * gain / both
    return value


def engine(bars, cash):
    # With a time zone the package makes an object of each time, which takes longer than all else.
    index = pd.DatetimeIndex(bars.start).tz_localize(None)
    close, opened = (pd.Series(column, index=index) for column in (bars.close, bars.open))

    def run():
        value = rsi(close.to_numpy(), 14)
        entries, exits = np.zeros(len(value), dtype=bool), np.zeros(len(value), dtype=bool)
        entries[1:], exits[1:] = value[:-1] < 30, value[:-1] > 70
        portfolio = vbt.Portfolio.from_signals(
            close, pd.Series(entries, index=index), pd.Series(exits, index=index), price=opened, size=10, init_cash=cash
        )
        return portfolio.trades.closed.count(), portfolio.final_value() - cash

    # Compiles what is timed.
    run()
    return lambda: run
