-- This is the code that visits the warehouse.
local pyro = require "pyro"
local Person = require "person"

-- Nothing to install here: an error that nobody catches is printed by pyro.excepthook, with the
-- remote traceback. pyrolua does that by itself.
local warehouse = pyro.Proxy "PYRONAME:example.warehouse"
local janet = Person "Janet"
local henry = Person "Henry"
janet:visit(warehouse)
henry:visit(warehouse)
