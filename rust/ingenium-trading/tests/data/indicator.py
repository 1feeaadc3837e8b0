"""Known answers for the indicators: writes indicator.json beside this file.

Run it with TA-Lib 0.8.2 and talipp 2.7.0 installed:

    $ pip install TA-Lib==0.8.2 talipp==2.7.0
    $ python indicator.py

Both packages must agree to 1e-12, relatively, or this script fails. talipp gives the first bar of ATR a true range, so
there TA-Lib is asked, and numpy by the definition.
"""

import csv
import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
import talib
from talipp.indicators import EMA, RSI, SMA

HERE = Path(__file__).parent
DATA = HERE / "../../../ingenium-components/data"
STEP = 37


def wilder(ranges, n):
    """The mean of the first n ranges, then (previous * (n - 1) + range) / n."""
    average, averages = None, []
    for index in range(len(ranges)):
        if index + 1 == n:
            average = float(np.mean(ranges[:n]))
        elif index + 1 > n:
            average = (average * (n - 1) + ranges[index]) / n
        averages.append(average)
    return averages


def agree(name, ours, theirs):
    """The common values, at every STEP-th bar and at the first."""
    assert len(ours) == len(theirs), name
    for index, (one, other) in enumerate(zip(ours, theirs)):
        missing = one is None or np.isnan(one)
        assert missing == (other is None), (name, index)
        assert missing or abs(one - other) <= 1e-12 * max(1.0, abs(other)), (name, index, one, other)
    first = next(index for index, other in enumerate(theirs) if other is not None)
    places = [first, *range(first + 1, len(ours), STEP), len(ours) - 1]
    return {"name": name, "first": first, "values": [[place, repr(float(ours[place]))] for place in places]}


def main():
    result = {"packages": {name: version(name) for name in ("TA-Lib", "talipp")}, "series": {}}
    for symbol in ("GOOG", "IBM"):
        with open(DATA / f"{symbol}.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        high, low, close = (np.array([float(row[name]) for row in rows]) for name in ("High", "Low", "Close"))
        plain = close.tolist()
        ranges = [
            max(high[i] - low[i], abs(high[i] - close[i - 1]), abs(low[i] - close[i - 1])) for i in range(1, len(rows))
        ]
        result["series"][symbol] = [
            {"n": 14, **agree("rsi", talib.RSI(close, 14), list(RSI(14, plain)))},
            {"n": 20, **agree("sma", talib.SMA(close, 20), list(SMA(20, plain)))},
            {"n": 20, **agree("ema", talib.EMA(close, 20), list(EMA(20, plain)))},
            {"n": 14, **agree("atr", talib.ATR(high, low, close, 14), [None, *wilder(ranges, 14)])},
        ]
    text = json.dumps(result, separators=(",", ":"))
    (HERE / "indicator.json").write_text(text.replace('{"n"', '\n{"n"') + "\n")


main()
