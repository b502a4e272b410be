-- Registers a name after the other with one name server, removes older ones, and tells of each when
-- it was answered. usage: changer.lua ADDRESS PREFIX
local address, prefix = table.unpack(arg)
local pyro = require "pyro"
local uv = require "luv"

local function now()
  return uv.hrtime() / 1e9
end

pyro.config.COMMTIMEOUT = 3
local ns
local function change(method, ...)
  ns = ns or pyro.locateNS(address)
  return ns[method](ns, ...)
end

local function tell(what, name, err)
  print(("%s %s %.3f %s"):format(what, name, now(), err and tostring(err) or ""))
  io.stdout:flush()
end

local kept = {}
for i = 1, math.huge do
  local name = ("%s.%06d"):format(prefix, i)
  local ok, err = pcall(change, "register", name, "PYRO:obj@" .. address .. ":1")
  tell(ok and "stored" or "refused", name, not ok and err)
  kept[#kept + 1] = ok and name or nil
  if i % 4 == 0 and #kept > 20 then
    local old = table.remove(kept, 1)
    tell("removing", old)
    ok, err = pcall(change, "remove", old)
    tell(ok and "removed" or "unremoved", old, not ok and err)
  end
  pyro.sleep(0.05)
end
