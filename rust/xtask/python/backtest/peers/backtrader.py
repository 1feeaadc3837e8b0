"""backtrader: bars one by one through a strategy and a simulated broker; market orders fill at the next open."""

import backtrader as bt

VERSION = bt.__version__


class Columns(bt.feed.DataBase):
    """Bars from memory: the package's own feed of data frames spends more time on reading than on trading."""

    params = (("bars", None),)

    def start(self):
        super().start()
        bars = self.p.bars
        dates = [bt.date2num(start) for start in bars.start]
        self.rows = iter(zip(dates, bars.open, bars.high, bars.low, bars.close))

    def _load(self):
        row = next(self.rows, None)
        if row is None:
            return False
        lines = self.lines
        lines.datetime[0], lines.open[0], lines.high[0], lines.low[0], lines.close[0] = row
        lines.volume[0] = lines.openinterest[0] = 0.0
        return True


class Rsi(bt.Strategy):
    def __init__(self):
        # `safediv`: without it a stretch that only rises divides by zero.
        self.rsi = bt.indicators.RSI_Wilder(self.data.close, period=14, safediv=True)
        self.round_trips = 0

    def notify_trade(self, trade):
        self.round_trips += trade.isclosed

    def next(self):
        if not self.position:
            if self.rsi[0] < 30:
                self.buy(size=10)
        elif self.rsi[0] > 70:
            self.close()


def engine(bars, cash):
    def prepare():
        cerebro = bt.Cerebro(stdstats=False)
        cerebro.adddata(Columns(bars=bars))
        cerebro.addstrategy(Rsi)
        cerebro.broker.setcash(cash)

        def run():
            (strategy,) = cerebro.run()
            return strategy.round_trips, cerebro.broker.getvalue() - cash

        return run

    return prepare
