"""The tutorial's stock markets in Python."""
import random
import threading
import time

import Pyro4


@Pyro4.expose
class StockMarket(object):
    def __init__(self, name, symbols):
        self.name = name
        self.means = {symbol: random.uniform(20, 200) for symbol in symbols}
        self.aggregators = []

    def listener(self, aggregator):
        print("market", self.name, "adding new aggregator")
        self.aggregators.append(aggregator)

    def symbols(self):
        return list(self.means)

    def generate(self):
        quotes = {
            symbol: round(random.normalvariate(mean, 20), 2)
            for symbol, mean in self.means.items() if random.random() < 0.2
        }
        print("new quotes generated for", self.name)
        for aggregator in self.aggregators:
            aggregator.quotes(self.name, quotes)

    def run(self):
        while True:
            time.sleep(random.random())
            self.generate()


daemon = Pyro4.Daemon()
names = Pyro4.locateNS()
for name, short, symbols in [("NASDAQ", "nasdaq", "AAPL CSCO MSFT GOOG"), ("NYSE", "newyork", "IBM HPQ BP")]:
    market = StockMarket(name, symbols.split())
    names.register("example.stockmarket." + short, daemon.register(market))
    threading.Thread(target=market.run, daemon=True).start()
print("Stockmarkets running.")
daemon.requestLoop()
