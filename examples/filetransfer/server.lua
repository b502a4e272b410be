-- server.lua FILE…: offers these files, and no others.
local pyro = require "pyro"

local files = {}
local offered = {}
for _, name in ipairs { ... } do
  offered[name] = true
end

local function open(name)
  if not offered[name] then
    error(pyro.FileNotFoundError("no such file: " .. name))
  end
  return assert(io.open(name, "rb"))
end

function files:names()
  return { table.unpack(arg) }
end

function files:size(name)
  local file <close> = open(name)
  return file:seek "end"
end

--- Up to `count` bytes of a file from an offset. They travel as bytes: what is in a file need not
--- be text.
function files:read(name, offset, count)
  local file <close> = open(name)
  file:seek("set", offset)
  return pyro.bytes(file:read(math.min(count, 65536)) or "")
end

pyro.Daemon.serveSimple { [files] = "example.files" }
