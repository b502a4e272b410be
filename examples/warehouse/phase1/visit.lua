-- This is the code that runs this example.
local Warehouse = require "warehouse"
local Person = require "person"

local warehouse = Warehouse()
local janet = Person "Janet"
local henry = Person "Henry"
janet:visit(warehouse)
henry:visit(warehouse)
