-- A workshop that makes things: its callers get a proxy of each.
local pyro = require "pyro"

local Thing = { __name = "Thing" }
Thing.__index = Thing

function Thing:rename(name)
  self.name = name
end

function Thing:describe()
  return "a thing called " .. self.name
end

local daemon = pyro.Daemon {}
local workshop = {}

--- An object that is registered travels as a proxy of it.
function workshop:make(name)
  local thing = setmetatable({ name = name }, Thing)
  daemon:register(thing)
  return thing
end

--- Any other table travels as a copy of its fields.
function workshop:sketch(name)
  return { name = name }
end

--- A proxy of an own object is still a proxy: it is used as its callers use it.
function workshop:inspect(thing)
  return "the workshop sees " .. thing:describe()
end

pyro.Daemon.serveSimple({ [workshop] = "example.autoproxy" }, { daemon = daemon })
