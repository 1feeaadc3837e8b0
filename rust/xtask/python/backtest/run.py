"""`run.py PEER FILE CASH RUNS`: one peer over the bars of FILE, and what came of it as one line of JSON.

Only the engine's run is timed: its bars are in memory by then, in the form that it takes them in.
"""

import csv
import importlib
import json
import os
import resource
import sys
import time
from datetime import datetime, timezone
from typing import NamedTuple


class Bars(NamedTuple):
    """Columns of one symbol's bars; times are their starts."""

    start: list[datetime]
    open: list[float]
    high: list[float]
    low: list[float]
    close: list[float]


def read(path: str) -> Bars:
    """The bars of a file `Date,Open,High,Low,Close,Volume`, whatever its first column is called."""
    with open(path, newline="") as file:
        rows = csv.reader(file)
        next(rows)
        date, *prices, _volume = zip(*rows)
    start = [moment(text) for text in date]
    return Bars(start, *([float(text) for text in column] for column in prices))


def moment(text: str) -> datetime:
    """An ISO date, or seconds since 1970."""
    if text.isdigit():
        return datetime.fromtimestamp(int(text), timezone.utc)
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


def main(name: str, path: str, cash: str, runs: str) -> None:
    # The promise is one core: engines that start threads get no more than the others.
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    peer = importlib.import_module(f"peers.{name}")
    bars = read(path)
    prepare = peer.engine(bars, int(cash))
    seconds = []
    for _ in range(int(runs)):
        run = prepare()
        begin = time.perf_counter()
        round_trips, profit = run()
        seconds.append(time.perf_counter() - begin)
    answer = {
        "version": peer.VERSION,
        "bars": len(bars.close),
        "seconds": seconds,
        "round_trips": int(round_trips),
        "profit": f"{profit:.2f}",
        # Linux counts in KiB, macOS in bytes.
        "peak_kib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform == "darwin" else 1),
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
