--- Plays the catalogue's clients.
--- usage: client.lua SERIALIZER, with lines "CASE<tab>LOCATION" on standard input; prints a line
--- "ok CASE" or "failed CASE: why" for each.
local pyro = require "pyro"

pyro.config.SERIALIZER = ...
pyro.config.COMMTIMEOUT = 10
local cases, naming_cases = require "cases", require "naming_cases"

local function no_such_case()
  error "there is no such case"
end

for line in io.lines() do
  local name, at = line:match "^(.*)\t(.*)$"
  local play = cases[name] or naming_cases[name] or no_such_case
  local ok, err = xpcall(play, function(message)
    return tostring(message):match "^[^\n]*"
  end, at)
  print(ok and "ok " .. name or ("failed %s: %s"):format(name, err))
  io.stdout:flush()
  collectgarbage()
end
