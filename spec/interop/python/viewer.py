"""The tutorial's viewer of stock quotes in Python."""
import Pyro4


@Pyro4.expose
class Viewer(object):
    def quote(self, market, symbol, value):
        print(market + "." + symbol + ":", value)


viewer = Viewer()
daemon = Pyro4.Daemon()
daemon.register(viewer)
aggregator = Pyro4.Proxy("PYRONAME:example.stockquote.aggregator")
print("Available stock symbols:", aggregator.available_symbols())
symbols = [symbol.strip() for symbol in input("Enter symbols you want to view (comma separated):").split(",")]
aggregator.view(viewer, symbols)
print("Viewer listening on symbols", symbols)
daemon.requestLoop()
