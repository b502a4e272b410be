-- This is the code that visits the warehouse.
local pyro = require "pyro"
local Person = require "person"

io.write "Enter the uri of the warehouse: "
io.flush()
local uri = (io.read "l" or ""):match "^%s*(.-)%s*$"
local warehouse = pyro.Proxy(uri)
local janet = Person "Janet"
local henry = Person "Henry"
janet:visit(warehouse)
henry:visit(warehouse)
