local pyro = require "pyro"

local polite = pyro.Proxy "PYRONAME:example.disconnects"
polite:enter "Ann"
polite:_pyroRelease() -- this one closes its connection

local rude = pyro.Proxy "PYRONAME:example.disconnects"
rude:enter "Henry"
os.exit(0) -- this one is just gone, and its connection with it
