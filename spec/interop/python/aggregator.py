"""The tutorial's aggregator of stock quotes in Python."""
import Pyro4


@Pyro4.expose
class Aggregator(object):
    def __init__(self):
        self.viewers = {}
        self.symbols = []

    def available_symbols(self):
        return self.symbols

    def view(self, viewer, symbols):
        print("aggregator gets a new viewer, for symbols:", symbols)
        self.viewers[viewer] = symbols

    def quotes(self, market, quotes):
        for symbol, value in quotes.items():
            for viewer, wanted in list(self.viewers.items()):
                if symbol in wanted:
                    viewer.quote(market, symbol, value)


aggregator = Aggregator()
daemon = Pyro4.Daemon()
names = Pyro4.locateNS()
names.register("example.stockquote.aggregator", daemon.register(aggregator))
for name, uri in names.list(prefix="example.stockmarket.").items():
    print("joining market", name)
    market = Pyro4.Proxy(uri)
    market.listener(aggregator)
    aggregator.symbols.extend(market.symbols())
print("Aggregator running. Symbols:", aggregator.symbols)
daemon.requestLoop()
