"""backtesting.py: indicators as arrays beforehand, then a strategy bar by bar; market orders fill at the next open."""

import warnings

import backtesting
import numpy as np
import pandas as pd

VERSION = backtesting.__version__

# A position that is open at the end is valued at the last close, as with the others; the package would like to close it.
warnings.filterwarnings("ignore", message="Some trades remain open")


def average(changes, n):
    """Wilder's average: exponential smoothing by 1/n whose first value is the mean of the first n changes."""
    seeded = changes.copy()
    seeded[: n + 1] = np.nan
    seeded[n] = changes[1 : n + 1].mean()
    return pd.Series(seeded).ewm(alpha=1 / n, adjust=False).mean().to_numpy()


def rsi(close, n):
    """Wilder's RSI, which the package has not: NaN until n changes were seen, 50 where nothing moves."""
    changes = np.diff(close, prepend=np.nan)
    gain = average(np.clip(changes, 0, None), n)
    loss = average(np.clip(-changes, 0, None), n)
    both = gain + loss
    return np.where(both == 0, 50.0, 100 * gain / np.where(both == 0, 1.0, both))


class Rsi(backtesting.Strategy):
    def init(self):
        self.rsi = self.I(rsi, np.asarray(self.data.Close, dtype=float), 14, plot=False)

    def next(self):
        if not self.position:
            if self.rsi[-1] < 30:
                self.buy(size=10)
        elif self.rsi[-1] > 70:
            self.position.close()


def engine(bars, cash):
    frame = pd.DataFrame(
        {"Open": bars.open, "High": bars.high, "Low": bars.low, "Close": bars.close},
        index=pd.DatetimeIndex(bars.start).tz_localize(None),
    )

    def prepare():
        backtest = backtesting.Backtest(frame, Rsi, cash=cash)

        def run():
            statistics = backtest.run()
            return len(statistics["_trades"]), statistics["Equity Final [$]"] - cash

        return run

    return prepare
