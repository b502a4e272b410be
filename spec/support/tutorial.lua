--- The tutorial's programs, in both languages, and what they shall show.
local assert = require "luassert"
local peers = require "spec.support.peers"
local process = require "spec.support.process"

local tutorial = {}

local PROGRAMS = {
  Lua = {
    warehouse = { "examples/warehouse/phase2/warehouse.lua" },
    named_warehouse = { "examples/warehouse/phase3/warehouse.lua" },
    visit = { "examples/warehouse/phase2/visit.lua" },
    named_visit = { "examples/warehouse/phase3/visit.lua" },
    stockmarket = { "examples/stockquotes-tutorial/phase3/stockmarket.lua" },
    aggregator = { "examples/stockquotes-tutorial/phase3/aggregator.lua" },
    viewer = { "examples/stockquotes-tutorial/phase3/viewer.lua" },
  },
  Pyro4 = {
    warehouse = { "spec/interop/python/warehouse.py" },
    named_warehouse = { "spec/interop/python/warehouse.py", "ns" },
    visit = { "spec/interop/python/visit.py" },
    named_visit = { "spec/interop/python/visit.py", "PYRONAME:example.warehouse" },
    stockmarket = { "spec/interop/python/stockmarket.py" },
    aggregator = { "spec/interop/python/aggregator.py" },
    viewer = { "spec/interop/python/viewer.py" },
  },
}

--- The programs of the tutorial's last chapter as their author wrote them, which use pickle. Debian's Pyro4 wants
--- classes marked that they do not mark.
local ORIGINALS = "spec/interop/python/tutorial/%s.py"
local ORIGINAL_ENV = { PYRO_REQUIRE_EXPOSE = "false" }

--- The tutorial's text, where it is at hand: what is kept of it here has to be what it says.
local TEXT = os.getenv "TUTORIAL" or "../shared/reference/tutorial.txt"

--- The original of a program, and what the tutorial's text says it is; nil where that is not at hand.
---@return string kept, string? told
function tutorial.original(program)
  local file <close> = assert(io.open(ORIGINALS:format(program)))
  local text <close> = io.open(TEXT)
  local kept, name = file:read "a", ("# %s.py\n"):format(program)
  local rest = text and text:read "a":match(".*\n(" .. name:gsub("%p", "%%%0") .. ".*)")
  return kept, rest and rest:match '^.-\nif __name__ == "__main__":\n    main%(%)\n'
end

local function original_command(program, env, input)
  local both = {}
  for name, value in pairs(env or {}) do
    both[name] = value
  end
  for name, value in pairs(ORIGINAL_ENV) do
    both[name] = value
  end
  return peers.command("Pyro4", { ORIGINALS:format(program), env = both, input = input })
end

--- The command that runs one of the tutorial's programs.
---@param language spec.Language | "the tutorial" for the author's own programs
---@param env? table
---@param input? string
function tutorial.command(language, program, env, input)
  if language == "the tutorial" then
    return original_command(program, env, input)
  end
  local script, argument = table.unpack(PROGRAMS[language][program])
  return peers.command(language, { script, argument, env = env, input = input })
end

function tutorial.start(language, program, env, input)
  return process.start(tutorial.command(language, program, env, input))
end

function tutorial.run(language, program, env, input)
  local run = tutorial.start(language, program, env, input)
  run:wait()
  return run
end

--- Lines that a visitor types, and sees where the warehouse is elsewhere.
tutorial.typed = "television\ncouch\nbricks\nbike\n"
tutorial.visited = table.concat {
  "This is Janet.\n",
  "The warehouse contains: ['chair', 'bike', 'flashlight', 'laptop', 'couch']\n",
  "Type a thing you want to store (or empty): ",
  "The warehouse contains: ['chair', 'bike', 'flashlight', 'laptop', 'couch', 'television']\n",
  "Type something you want to take (or empty): ",
  "Thank you, come again!\n",
  "This is Henry.\n",
  "The warehouse contains: ['chair', 'bike', 'flashlight', 'laptop', 'television']\n",
  "Type a thing you want to store (or empty): ",
  "The warehouse contains: ['chair', 'bike', 'flashlight', 'laptop', 'television', 'bricks']\n",
  "Type something you want to take (or empty): ",
  "Thank you, come again!\n",
}
tutorial.moved = "Janet stored the television.\nJanet took the couch.\nHenry stored the bricks.\nHenry took the bike.\n"

--- Starts a warehouse without a name server, after its start-up lines were checked.
---@return spec.Process, string uri
function tutorial.warehouse(language)
  local warehouse = tutorial.start(language, "warehouse")
  warehouse:expect "^Object <__main__%.Warehouse object at 0x%x+>:\n"
  local uri = warehouse:expect "    uri = (PYRO:example%.warehouse@localhost:%d+)\n"
  warehouse:expect "Pyro daemon running%.\n"
  return warehouse, uri
end

--- Starts a warehouse that the name server of `env` knows.
function tutorial.named_warehouse(language, env)
  local warehouse = tutorial.start(language, "named_warehouse", env)
  warehouse:expect "^Object <__main__%.Warehouse object at 0x%x+>:\n"
  warehouse:expect "    uri = PYRO:obj_%x+@localhost:%d+\n    name = example%.warehouse\nPyro daemon running%.\n"
  return warehouse
end

--- Two persons visit a warehouse by its URI.
function tutorial.check_visit(visitor, warehouse_in)
  local warehouse, uri = tutorial.warehouse(warehouse_in)
  local visit = tutorial.run(visitor, "visit", nil, uri .. "\n" .. tutorial.typed)
  assert.are.equal("Enter the uri of the warehouse: " .. tutorial.visited, visit.output)
  assert.are.equal(0, visit.code)
  warehouse:expect(tutorial.moved)
end

--- They visit by name, and ask for batteries.
function tutorial.check_named_visit(visitor, warehouse_in, names_in)
  local _, env = peers.name_server(names_in)
  local warehouse = tutorial.named_warehouse(warehouse_in, env)
  local visit = tutorial.run(visitor, "named_visit", env, tutorial.typed)
  assert.are.equal(tutorial.visited, visit.output)
  assert.are.equal(0, visit.code)
  warehouse:expect(tutorial.moved)
  tutorial.check_batteries(visitor, warehouse_in, env)
end

local BATTERIES = "ValueError: list.remove(x): x not in list\n"

--- The parts of what an excepthook prints: the local traceback, and the remote one without its frame.
local function tracebacks(text)
  local here, there = text:match("^(.-) %+%-%-%- This exception occured remotely %(Pyro%) %- Remote traceback:\n"
    .. "(.-) %+%-%-%- End of remote traceback\n")
  assert(here, text)
  return here, ("\n" .. there):gsub("\n | ", "\n"):sub(2)
end

local function check_traceback(text, suffix, method)
  assert.matches("^Traceback %(most recent call last%):\n", text)
  assert.matches('  File "[^"\n]*%.' .. suffix .. '", line %d+, in ' .. method .. "\n    [^\n]+\n", text)
  assert.are.equal(BATTERIES, text:sub(-#BATTERIES))
end

--- The error of what is not there, with the traceback of either side.
function tutorial.check_batteries(visitor, warehouse_in, env)
  local visit = tutorial.run(visitor, "named_visit", env, "\nbatteries\n")
  assert.are.equal(1, visit.code)
  local suffix = { Lua = "lua", Pyro4 = "py" }
  local here, there = tracebacks(visit.err)
  check_traceback(here, suffix[visitor], "retrieve")
  check_traceback(there, suffix[warehouse_in], "take")
end

--- Stock quotes: the components, each in its language, until the viewer has seen some quotes.
---@param languages {names: string, stockmarket: string, aggregator: string, viewer: string}
---@param settings? table environment of all
function tutorial.check_stockquotes(languages, settings)
  local _, env = peers.name_server(languages.names, settings)
  for name, value in pairs(settings or {}) do
    env[name] = value
  end
  local market = tutorial.start(languages.stockmarket, "stockmarket", env)
  market:expect "Stockmarkets running%.\n"
  local aggregator = tutorial.start(languages.aggregator, "aggregator", env)
  aggregator:expect "joining market example%.stockmarket%.%w+\njoining market example%.stockmarket%.%w+\n"
  local symbols = aggregator:expect "Aggregator running%. Symbols: (%b[])\n"
  for _, symbol in ipairs { "AAPL", "CSCO", "MSFT", "GOOG", "IBM", "HPQ", "BP" } do
    assert.matches("'" .. symbol .. "'", symbols)
  end
  local viewer = tutorial.start(languages.viewer, "viewer", env, "GOOG, CSCO,BP, IBM\n")
  viewer:expect("Available stock symbols: " .. symbols:gsub("%p", "%%%0") .. "\n")
  viewer:expect "Enter symbols you want to view %(comma separated%):"
  viewer:expect "Viewer listening on symbols %['GOOG', 'CSCO', 'BP', 'IBM'%]\n"
  aggregator:expect "aggregator gets a new viewer, for symbols: %['GOOG', 'CSCO', 'BP', 'IBM'%]\n"
  for _ = 1, 3 do
    local name, symbol = viewer:expect "(%u+)%.(%u+): %-?%d+%.%d+\n"
    assert.are.equal((symbol == "BP" or symbol == "IBM") and "NYSE" or "NASDAQ", name)
  end
  market:expect "new quotes generated for N%u+\n"
end

return tutorial
