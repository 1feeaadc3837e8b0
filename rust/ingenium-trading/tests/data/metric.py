"""Known answers for the statistics of a backtest: writes metric.json beside this file.

Run it with quantstats 0.0.86, empyrical-reloaded 0.7.1 and scipy installed:

    $ pip install quantstats==0.0.86 empyrical-reloaded==0.7.1 scipy
    $ python metric.py

Every figure is computed by its definition with numpy. Where quantstats or empyrical define it the same way, theirs
must agree to 1e-10, else this script fails; `oracles` in the output says which was asked, and how a package differs
where none could be.
"""

import csv
import json
import math
import warnings
from datetime import date
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path

import empyrical
import numpy as np
import pandas as pd
import quantstats.stats as qs
from scipy.stats import norm

warnings.simplefilter("ignore")
HERE = Path(__file__).parent
DATA = HERE / "../../../ingenium-components/data"
ORACLES = {
    "total_return": "empyrical.cum_returns_final, quantstats.comp",
    "cagr": "definition: years of 365 days between the dates; quantstats and empyrical count points",
    "annualized_return": "empyrical.annual_return, quantstats.cagr",
    "volatility": "empyrical.annual_volatility, quantstats.volatility",
    "sharpe": "empyrical.sharpe_ratio, quantstats.sharpe",
    "sharpe_geometric": "definition (LEAN)",
    "sortino": "empyrical.sortino_ratio",
    "max_drawdown": "empyrical.max_drawdown, quantstats.max_drawdown",
    "max_drawdown_days": "definition: from the last day at the peak; quantstats counts from the day after",
    "max_drawdown_recovery_days": "definition",
    "ulcer": "definition: over all points; quantstats divides by the number of returns less one",
    "average_drawdown": "definition: mean depth of the falls",
    "calmar": "definition: by the calendar growth; empyrical and quantstats count points",
    "exposure_time": "definition",
    "exposure_gross": "definition",
    "exposure_net": "definition",
    "var95": "empyrical.value_at_risk; quantstats assumes a normal distribution",
    "cvar95": "empyrical.conditional_value_at_risk, where no other return equals the percentile",
    "skew": "quantstats.skew (pandas)",
    "kurtosis": "quantstats.kurtosis (pandas)",
    "tail_ratio": "empyrical.tail_ratio, quantstats.tail_ratio",
    "alpha": "empyrical.alpha; quantstats multiplies instead of compounding",
    "beta": "empyrical.beta, quantstats.greeks",
    "information_ratio": "quantstats.information_ratio times the root of the periods a year",
    "tracking_error": "empyrical.annual_volatility of the differences",
    "up_capture": "empyrical.up_capture, for 252 periods a year: it knows no other number",
    "down_capture": "empyrical.down_capture, likewise",
    "psr": "quantstats.probabilistic_sharpe_ratio",
    "dsr": "scipy.stats.norm by the paper",
}


def agree(name, ours, *theirs):
    """`ours`, once the packages have said the same."""
    for other in theirs:
        assert math.isclose(ours, other, rel_tol=1e-10, abs_tol=1e-14), (name, ours, other)
    return ours


def statistics(points, settings):
    """The figures of points (date, equity, gross, net, benchmark or None); absent ones are undefined."""
    P, rf, mar = settings["periods_per_year"], settings["risk_free"], settings["minimum_acceptable"]
    trials, variance = settings["trials"], settings["trial_variance"]
    dates = [date.fromisoformat(p[0]) for p in points]
    E = np.array([float(p[1]) for p in points])
    gross, net = (np.array([float(p[i]) for p in points]) for i in (2, 3))
    out = {"points": len(points), "exposure_time": float(np.mean(gross != 0))}
    if (E > 0).all():
        out["exposure_gross"], out["exposure_net"] = float(np.mean(gross / E)), float(np.mean(net / E))
    if E[0] <= 0:
        return out
    top = np.maximum.accumulate(E)
    depth = (E - top) / top
    out["max_drawdown"], out["ulcer"] = float(depth.min()), float(np.sqrt(np.mean(depth**2)))
    out |= falls(dates, E, depth)
    years = (dates[-1] - dates[0]).days / 365
    out["years"] = years
    if len(points) < 2:
        return out
    n = len(E) - 1
    out["total_return"] = float(E[-1] / E[0] - 1)
    if E[-1] >= 0:
        out["cagr"] = float((E[-1] / E[0]) ** (1 / years) - 1)
        out["annualized_return"] = float((E[-1] / E[0]) ** (P / n) - 1)
        if out["max_drawdown"] < 0:
            out["calmar"] = out["cagr"] / abs(out["max_drawdown"])
    if not (E[:-1] > 0).all():
        return out
    r = np.diff(E) / E[:-1]
    index = pd.to_datetime(dates)
    series = pd.Series(r, index=index[1:])
    agree("total_return", out["total_return"], empyrical.cum_returns_final(series), qs.comp(series))
    agree(
        "annualized_return",
        out["annualized_return"],
        empyrical.annual_return(series, annualization=P),
        qs.cagr(series, periods=P),
    )
    agree("max_drawdown", out["max_drawdown"], empyrical.max_drawdown(series), qs.max_drawdown(pd.Series(E, index)))
    f = (1 + rf) ** (1 / P) - 1
    q = lambda p: float(np.quantile(r, p, method="linear"))
    out["var95"] = agree("var95", q(0.05), empyrical.value_at_risk(series))
    out["cvar95"] = float(r[r <= q(0.05) + 1e-18].mean())
    if (np.abs(r - q(0.05)) < 1e-15).sum() < 2:
        agree("cvar95", out["cvar95"], empyrical.conditional_value_at_risk(series))
    if abs(q(0.05)) > 1e-15:
        out["tail_ratio"] = agree(
            "tail_ratio",
            abs(q(0.95)) / abs(q(0.05)),
            empyrical.tail_ratio(series),
            qs.tail_ratio(series, prepare_returns=False),
        )
    short = np.sqrt(np.mean(np.minimum(r - mar, 0) ** 2))
    if short > 1e-14:
        out["sortino"] = agree(
            "sortino",
            float(np.mean(r - mar) / short * np.sqrt(P)),
            empyrical.sortino_ratio(series, mar, annualization=P),
        )
    if n < 2:
        return out | against(points, series, P, f)
    s = np.std(r, ddof=1)
    flat = s < 1e-14
    out["volatility"] = (
        0.0
        if flat
        else agree(
            "volatility",
            float(s * np.sqrt(P)),
            empyrical.annual_volatility(series, annualization=P),
            qs.volatility(series, P, prepare_returns=False),
        )
    )
    if not flat:
        x = r - f
        sr = np.mean(x) / np.std(x, ddof=1)
        out["sharpe"] = agree(
            "sharpe",
            float(sr * np.sqrt(P)),
            empyrical.sharpe_ratio(series, f, annualization=P),
            qs.sharpe(series, rf, P),
        )
        out["sharpe_geometric"] = float(((1 + np.mean(r)) ** P - 1 - rf) / (s * np.sqrt(P)))
        m = [np.mean((r - r.mean()) ** k) for k in range(5)]
        if n >= 3:
            skew = float(m[3] / m[2] ** 1.5 * np.sqrt(n * (n - 1)) / (n - 2))
            out["skew"] = agree("skew", skew, qs.skew(series, prepare_returns=False))
        if n >= 4:
            kurt = float((n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * (m[4] / m[2] ** 2 - 3) + 6))
            out["kurtosis"] = agree("kurtosis", kurt, qs.kurtosis(series, prepare_returns=False))
            wide = np.sqrt(1 - skew * sr + (kurt + 3 - 1) / 4 * sr**2)
            psr = float(norm.cdf(sr * np.sqrt(n - 1) / wide))
            out["psr"] = agree("psr", psr, qs.probabilistic_sharpe_ratio(series, rf, P))
            if trials > 0:
                v = 1 / (n - 1) if variance is None else variance
                best = (
                    0
                    if trials == 1
                    else np.sqrt(v)
                    * ((1 - np.euler_gamma) * norm.isf(1 / trials) + np.euler_gamma * norm.isf(1 / (trials * np.e)))
                )
                out["dsr"] = float(norm.cdf((sr - best) * np.sqrt(n - 1) / wide))
    return out | against(points, series, P, f)


def falls(dates, E, depth):
    """The drawdowns, deepest first, and what follows from them."""
    found, i = [], 0
    while i < len(E):
        if depth[i] < 0:
            j = i
            while j < len(E) and depth[j] < 0:
                j += 1
            trough = i + int(np.argmin(depth[i:j]))
            back = dates[j] if j < len(E) else None
            found.append(
                {
                    "depth": float(depth[trough]),
                    "peak": at(dates[i - 1]),
                    "trough": at(dates[trough]),
                    "recovery": back and at(back),
                    "days": ((back or dates[-1]) - dates[i - 1]).days,
                    "recovery_days": back and (back - dates[trough]).days,
                }
            )
            i = j
        i += 1
    average = {"average_drawdown": float(np.mean([f["depth"] for f in found]))} if found else {}
    found = sorted(found, key=lambda f: f["depth"])[:5]
    first = found[0] if found else {}
    return average | {
        "drawdowns": found,
        "max_drawdown_days": first.get("days"),
        "max_drawdown_recovery_days": first.get("recovery_days"),
    }


def against(points, series, P, f):
    """What compares with the benchmark."""
    first = next((i for i, p in enumerate(points) if p[4] is not None), len(points))
    B = np.array([float(p[4]) for p in points[first:]])
    if len(B) < 2:
        return {}
    own, b = series.iloc[first:], pd.Series(np.diff(B) / B[:-1], series.index[first:])
    out = {}
    for name, side, theirs in (
        ("up_capture", b > 0, empyrical.up_capture),
        ("down_capture", b < 0, empyrical.down_capture),
    ):
        k = int(side.sum())
        if k:
            grown = lambda x: float(np.prod(1 + x[side]) ** (P / k) - 1)
            out[name] = agree(name, grown(own) / grown(b), *([theirs(own, b)] if P == 252 else []))
    if len(b) < 2:
        return out
    d = own - b
    out["tracking_error"] = agree(
        "tracking_error", float(d.std() * np.sqrt(P)), empyrical.annual_volatility(d, annualization=P)
    )
    if d.std() > 1e-14:
        out["information_ratio"] = agree(
            "information_ratio",
            float(d.mean() / d.std() * np.sqrt(P)),
            qs.information_ratio(own, b, prepare_returns=False) * np.sqrt(P),
        )
    if b.std() > 1e-14:
        beta = float(np.cov(own, b)[0, 1] / np.var(b, ddof=1))
        out["beta"] = agree(
            "beta", beta, empyrical.beta(own, b, f), qs.greeks(own, b, P, prepare_returns=False)["beta"]
        )
        alpha = float((1 + np.mean((own - f) - beta * (b - f))) ** P - 1)
        out["alpha"] = agree("alpha", alpha, empyrical.alpha(own, b, f, annualization=P))
    return out


def at(day):
    return f"{day.isoformat()}T00:00:00Z"


def rows(symbol):
    with open(DATA / f"{symbol}.csv") as file:
        return list(csv.DictReader(file))


def goog_against_ibm():
    """GOOG's closes as equity, half of it at stake on all but every fourth day; IBM's last close beside it."""
    ibm = {row["Date"]: row["Close"] for row in rows("IBM")}
    points, last = [], None
    for i, row in enumerate(rows("GOOG")):
        last = ibm.get(row["Date"], last)
        stake = str(Decimal(row["Close"]) / 2) if i % 4 else "0"
        points.append([row["Date"], row["Close"], stake, stake, last])
    return points


def series(equity, gross="0", net="0", benchmark=None, start=date(2020, 1, 1)):
    """Points on days in a row."""
    days = [date.fromordinal(start.toordinal() + i).isoformat() for i in range(len(equity))]
    every = lambda value: value if isinstance(value, list) else [value] * len(equity)
    return [list(point) for point in zip(days, equity, every(gross), every(net), every(benchmark))]


def wave(n):
    """A deterministic series without pattern: a congruence drives the returns."""
    value, state, out = 10000, 12345, []
    for _ in range(n):
        out.append(f"{value / 100:.2f}")
        state = (state * 1103515245 + 12345) % 2**31
        value += state // 65536 % 401 - 195
    return out


def trades():
    """RSI(14) on GOOG: below 30 buy 10, above 70 sell all, decided at the close, filled at the next open, fee 10 bps."""
    bars = [
        {k: Decimal(row[k]) for k in ("Open", "High", "Low", "Close")} | {"Date": row["Date"]} for row in rows("GOOG")
    ]
    gains, losses, before, gain, loss = [], [], None, None, None
    fills, held, wanted = [], Decimal(0), None
    for i, bar in enumerate(bars):
        if wanted:
            side, decided = wanted
            quantity = Decimal(10) if side == "BUY" else held
            fee = (quantity * bar["Open"] * Decimal("0.001")).normalize()
            fills.append(
                {
                    "bar": i,
                    "at": bar["Date"],
                    "side": side,
                    "quantity": str(quantity),
                    "price": str(bar["Open"]),
                    "commission": f"{fee:f}",
                    "decision_price": str(decided),
                }
            )
            held, wanted = (held + 10 if side == "BUY" else Decimal(0)), None
        if i == 0:
            continue
        change = float(bar["Close"] - bars[i - 1]["Close"])
        gains.append(max(change, 0)), losses.append(max(-change, 0))
        if i == 14:
            gain, loss = sum(gains) / 14, sum(losses) / 14
        elif i > 14:
            gain, loss = (gain * 13 + gains[-1]) / 14, (loss * 13 + losses[-1]) / 14
        if i >= 14:
            rsi = 100 * gain / (gain + loss)
            if before is not None and before >= 30 > rsi and held == 0:
                wanted = ("BUY", bar["Close"])
            if before is not None and before <= 70 < rsi and held > 0:
                wanted = ("SELL", bar["Close"])
            before = rsi
    found = []
    for entry, exit in zip(fills[::2], fills[1::2]):
        ten, paid, got = Decimal(10), Decimal(entry["price"]), Decimal(exit["price"])
        during = bars[entry["bar"] : exit["bar"]]
        fees = Decimal(entry["commission"]) + Decimal(exit["commission"])
        worst = min([b["Low"] for b in during] + [paid, got])
        best = max([b["High"] for b in during] + [paid, got])
        amount = lambda value: f"{value.normalize():f}"
        found.append(
            {
                "entry_at": at(date.fromisoformat(entry["at"])),
                "exit_at": at(date.fromisoformat(exit["at"])),
                "quantity": "10",
                "entry_price": amount(paid),
                "exit_price": amount(got),
                "gross": amount(ten * (got - paid)),
                "fees": amount(fees),
                "net": amount(ten * (got - paid) - fees),
                "adverse": amount(ten * (worst - paid)),
                "favorable": amount(ten * (best - paid)),
                "bars": len(during),
            }
        )
    assert len(found) == 9 and sum(Decimal(t["gross"]) for t in found) == Decimal("2645.70")
    net = np.array([float(t["net"]) for t in found])
    wins, losses = net[net > 0], net[net < 0]
    cost = sum(
        Decimal(f["quantity"])
        * (Decimal(f["price"]) - Decimal(f["decision_price"]))
        * (1 if f["side"] == "BUY" else -1)
        for f in fills
    )
    fees = sum(Decimal(f["commission"]) for f in fills)
    closes = np.array([float(b["Close"]) for b in bars])
    years = (date.fromisoformat(bars[-1]["Date"]) - date.fromisoformat(bars[0]["Date"])).days / 365
    traded = float(sum(Decimal(f["quantity"]) * Decimal(f["price"]) for f in fills))
    expected = {
        "trades": len(net),
        "win_rate": len(wins) / len(net),
        "profit_factor": float(wins.sum() / abs(losses.sum())),
        "payoff": float(wins.mean() / abs(losses.mean())),
        "expectancy": float(net.mean()),
        "fees": amount(fees),
        "slippage_cost": amount(cost),
        "implementation_shortfall": amount(cost + fees),
        "turnover": float(traded / 2 / closes.mean() / years),
    }
    return {"fills": [{k: v for k, v in f.items() if k != "bar"} for f in fills], "trades": found, "expected": expected}


def case(name, points, inline=True, **settings):
    settings = {
        "periods_per_year": 252,
        "risk_free": 0,
        "minimum_acceptable": 0,
        "trials": 1,
        "trial_variance": None,
    } | settings
    shown = {"points": points} if inline else {}
    return {"name": name, "settings": settings, **shown, "expected": statistics(points, settings)}


def main():
    halves = ["100", "50", "100", "100", "75", "80", "101", "90"]
    cases = [
        case(
            "GOOG against IBM", goog_against_ibm(), inline=False, risk_free=0.02, minimum_acceptable=0.0001, trials=40
        ),
        case(
            "GOOG against IBM, every day a period, trials told",
            goog_against_ibm(),
            inline=False,
            periods_per_year=365,
            trials=1000,
            trial_variance=0.0004,
        ),
        case("one point", series(["100"])),
        case("two points", series(["100", "101.5"], benchmark=["10", "9"])),
        case("three points", series(["100", "101.5", "99"], benchmark=["10", "9", "11"])),
        case("four points", series(["100", "101.5", "99", "99"], benchmark=["10", "9", "11", "10.5"])),
        case("nothing happens", series(["100"] * 6, benchmark=["7"] * 6)),
        case("the same return every day", series(["100", "101", "102.01", "103.0301", "104.060401"])),
        case("falls and stays down", series(["100", "90", "80", "85"], gross="80", net="-80")),
        case("touches the peak, falls in turn", series(halves)),
        case("lost on the last day", series(["100", "120", "0"])),
        case("lost on the way", series(["100", "0", "50"])),
        case("more lost than there was", series(["100", "-20", "-10"], gross="10", net="10")),
        case("starts with nothing", series(["0", "100", "110"])),
        case(
            "a percentile on a return (21 returns)", series(wave(22), gross=["0", "150"] * 11, net=["0", "-150"] * 11)
        ),
        case("a percentile between returns (30 returns)", series(wave(31)), risk_free=0.05, trials=2),
        case(
            "a benchmark that starts late",
            series(wave(12), benchmark=[None] * 4 + ["5", "5.1", "5.05", "5.2", "5.2", "5.1", "5", "5.3"]),
        ),
        case(
            "a benchmark with the same return every day",
            series(wave(6), benchmark=["100", "101", "102.01", "103.0301", "104.060401", "105.10100501"]),
        ),
        case("no trials", series(wave(9)), trials=0),
    ]
    for c in cases:
        for key in ORACLES:
            c["expected"].setdefault(key, None)
    result = {
        "made_by": "metric.py",
        "packages": {name: version(name) for name in ("quantstats", "empyrical-reloaded", "numpy", "pandas", "scipy")},
        "oracles": ORACLES,
        "cases": cases,
        "trades": trades(),
    }
    lines = ",\n".join(
        f"  {json.dumps(key)}: "
        + (
            "[\n" + ",\n".join("    " + json.dumps(c, allow_nan=False) for c in value) + "\n  ]"
            if isinstance(value, list)
            else json.dumps(value, allow_nan=False)
        )
        for key, value in result.items()
    )
    (HERE / "metric.json").write_text("{\n" + lines + "\n}\n")


if __name__ == "__main__":
    main()
