--- All that travels between clients and servers, with each serializer: between pyrolua and the real
--- Pyro4, the recorded Pyro4 and Pyro5, and the real Pyro5 where there is one.
local catalogue = require "spec.support.catalogue"
local peers = require "spec.support.peers"
local process = require "spec.support.process"
local tags = require "spec.support.tags"

--- The rows of the conformance table that a case proves.
local ROWS = {
  ["connect"] = { 10, 11 },
  ["values"] = { 37, 38 },
  ["more values"] = { 38 },
  ["other types"] = { 38 },
  ["arguments"] = { 13 },
  ["attributes"] = { 11, 12 },
  ["exposure"] = { 26 },
  ["what is not exposed"] = { 26 },
  ["exceptions"] = { 31, 41 },
  ["an unknown exception"] = { 31 },
  ["oneway calls"] = { 14, 30 },
  ["batch"] = { 15 },
  ["oneway batch"] = { 15 },
  ["stream"] = { 29 },
  ["several calls"] = { 16, client = "Lua" },
  ["futures"] = { 16 },
  ["timeouts"] = { 17 },
  ["another serializer"] = { 18 },
  ["a stream that fails"] = { 29 },
  ["a closed stream"] = { 29 },
  ["an unknown stream"] = { 29 },
  ["call context"] = { 20 },
  ["proxies"] = { 22, 28 },
  ["uris"] = { 38 },
  ["blobs"] = { 39 },
  ["custom classes"] = { 38 },
  ["unknown classes"] = { 43 },
  ["suspicious classes"] = { 43 },
  ["instance modes"] = { 27 },
  ["pings"] = { 35 },
  ["the daemon"] = { 32 },
  ["an unknown object"] = { 35 },
  ["handshake accepted"] = { 19, 33 },
  ["handshake refused"] = { 19, 33 },
  ["compression"] = { 40 },
  ["a refused serializer"] = { 37 },
  ["name server"] = { 4 },
  ["name server errors"] = { 4, 41 },
  ["metadata lists"] = { 4 },
  ["yellow pages"] = { 4 },
}

--- Cases that clients in Lua cannot be made to do.
local BEYOND_LUA = {
  ["other types"] = true, -- there are none in Lua
  ["futures"] = true, -- they use several connections: see "several calls"
  ["what is not exposed"] = true, -- its proxies do not call what is not there
  ["a call of nobody"] = true,
  ["pings"] = true,
}

--- The names of all cases of a generation, and for each serializer its cases.
local function all_cases(generation, beyond)
  local names, by_serializer = {}, {}
  for _, serializer in ipairs(peers.serializers[generation]) do
    by_serializer[serializer] = {}
    for _, case in ipairs(catalogue.cases(generation, serializer)) do
      if not beyond[case.name] then
        table.insert(by_serializer[serializer], case)
        if not names[case.name] then
          names[case.name] = true
          names[#names + 1] = case.name
        end
      end
    end
  end
  return names, by_serializer
end

---@class spec.Play
---@field client spec.Language
---@field server spec.Language
---@field player fun(generation: string, serializer: string, cases: spec.Case[]): table<string, string>
---@field recorded boolean

--- Describes what comes of each case with each serializer.
---@param play spec.Play
local function plays(play)
  local generation = play.client == "Lua" and play.server or play.client
  local names, cases = all_cases(generation, play.client == "Lua" and BEYOND_LUA or {})
  local what = "%s client, %s server%s:"
  describe(what:format(play.client, play.server, play.recorded and ", recorded" or ""), function()
    local outcome = {}

    setup(function()
      for serializer, list in pairs(cases) do
        outcome[serializer] = play.player(generation, serializer, list)
        process.stop_all()
      end
    end)

    local function tags_of(name)
      local rows = ROWS[name] or {}
      local proves = (rows.client or play.client) == play.client
      return proves and tags(rows, play.client, play.server, play.recorded) or ""
    end

    for _, name in ipairs(names) do
      it(name .. tags_of(name), function()
        local wrong = {}
        for serializer, list in pairs(cases) do
          for _, case in ipairs(list) do
            if case.name == name and outcome[serializer][name] ~= "ok" then
              wrong[#wrong + 1] = serializer .. ": " .. outcome[serializer][name]
            end
          end
        end
        assert.are.equal("", table.concat(wrong, "\n"))
      end)
    end
  end)
end

local generations = peers.generations()
print(#generations == 2 and "The real Pyro5 is there, and takes part." or
  "The real Pyro5 is not there: its recordings stand for it.")

for _, generation in ipairs { "Pyro4", "Pyro5" } do
  plays { client = generation, server = "Lua", player = catalogue.recorded_client, recorded = true }
  plays { client = "Lua", server = generation, player = catalogue.recorded_server, recorded = true }
end

for _, generation in ipairs(generations) do
  plays { client = generation, server = "Lua", player = catalogue.client, recorded = false }
  plays { client = "Lua", server = generation, player = catalogue.server, recorded = false }
end
