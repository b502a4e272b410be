--- The catalogue of what clients and servers of Pyro say to each other: its cases are played between
--- pyrolua and the real Pyro, or the recorded one. `spec/recordings` says which cases there are;
--- scripts/record.py makes it.
local peers = require "spec.support.peers"

local catalogue = {}

local PYTHON = "spec/interop/python/"
local LUA = "spec/interop/catalogue/"

---@param generation "Pyro4"|"Pyro5"
function catalogue.recordings(generation, serializer)
  return ("spec/recordings/%s/%s.txt"):format(generation:lower(), serializer)
end

---@class spec.Case
---@field name string
---@field server string what kind of server it needs

--- The cases that a client with the serializer has, in order.
---@return spec.Case[]
function catalogue.cases(generation, serializer)
  local cases = {}
  for line in io.lines(catalogue.recordings(generation, serializer)) do
    local name, server = line:match "^= (.*)", line:match "^%+ (.*)"
    if name then
      cases[#cases + 1] = { name = name }
    elseif server then
      cases[#cases].server = server
    end
  end
  return cases
end

--- Returns the serializers that the servers are to accept, where a stock Pyro4 does not: it takes
--- neither msgpack nor pickle.
local function accepted_by(language, serializer)
  local more = serializer == "msgpack" or serializer == "pickle"
  return language == "Pyro4" and more and "serpent,json,marshal," .. serializer or nil
end

--- Starts all kinds of servers of a language; returns where they are.
---@return table<string, string>
local function start_servers(language, serializer)
  local accepted = accepted_by(language, serializer)
  local program = language == "Lua" and { LUA .. "server.lua" } or { PYTHON .. "catalogue_server.py", language }
  local locations = {}
  local function start(kind, env)
    program.env = env
    env.PYRO_SERIALIZERS_ACCEPTED = env.PYRO_SERIALIZERS_ACCEPTED or accepted
    local server = peers.start(language, program)
    locations[kind] = server:expect "plain (%S+)"
    return server:expect "guarded (%S+)"
  end
  locations.guarded = start("plain", {})
  start("compressing", { PYRO_COMPRESSION = "true" })
  if language ~= "Pyro5" then -- that one accepts all, always
    start("picky", { PYRO_SERIALIZERS_ACCEPTED = serializer == "serpent" and "json" or "serpent" })
  end
  local _, env = peers.name_server(language, { PYRO_SERIALIZERS_ACCEPTED = accepted })
  locations.naming = "localhost:" .. env.PYRO_NS_PORT
  return locations
end

--- The cases with the places of their servers, as the clients read them.
local function places(cases, locations)
  local lines = {}
  for i, case in ipairs(cases) do
    lines[i] = ("%s\t%s\n"):format(case.name, locations[case.server])
  end
  return table.concat(lines)
end

--- Returns what a program printed of each case: "ok", or what went wrong.
local function outcomes(program)
  local found = setmetatable({}, {
    __index = function()
      return "it was not played: " .. program.err:sub(-500)
    end,
  })
  for line in program.out:gmatch "[^\n]+" do
    local name, why = line:match "^failed ([^:]+): (.*)$"
    found[name or line:match "^ok (.*)$" or ""] = why or "ok"
  end
  return found
end

local function run(language, command)
  return outcomes(peers.run(language, command))
end

--- A client of a generation uses pyrolua's servers.
function catalogue.client(generation, serializer, cases)
  return run(generation, { PYTHON .. "catalogue_client.py", generation, serializer,
    input = places(cases, start_servers("Lua", serializer)) })
end

--- A recorded one does.
function catalogue.recorded_client(generation, serializer, cases)
  return run("Pyro4", { PYTHON .. "replay.py", "client", catalogue.recordings(generation, serializer),
    input = places(cases, start_servers("Lua", serializer)) })
end

local function run_lua_client(serializer, input)
  return run("Lua", { LUA .. "client.lua", serializer, input = input })
end

--- pyrolua's client uses the servers of a generation.
function catalogue.server(generation, serializer, cases)
  return run_lua_client(serializer, places(cases, start_servers(generation, serializer)))
end

--- It uses recorded ones; what both sides think of it.
function catalogue.recorded_server(generation, serializer, cases)
  local player = peers.start("Pyro4", { PYTHON .. "replay.py", "server",
    catalogue.recordings(generation, serializer) })
  local locations = {}
  for name, location in player:expect("^(.-\n)\n"):gmatch "([^\n]+)\t([^\n]+)\n" do
    locations[name] = location
  end
  local input = {}
  for i, case in ipairs(cases) do
    input[i] = ("%s\t%s\n"):format(case.name, locations[case.name])
  end
  local seen = run_lua_client(serializer, table.concat(input))
  player:close_input()
  player:wait()
  local judged = outcomes(player)
  for _, case in ipairs(cases) do
    local mine, theirs = seen[case.name], judged[case.name]
    seen[case.name] = theirs ~= "ok" and ("%s (in the client: %s)"):format(theirs, mine) or mine
  end
  return seen
end

return catalogue
