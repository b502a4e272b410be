--- The objects of the catalogue, as those of ../python/catalogue_server.py.
--- Prints "plain LOCATION" and "guarded LOCATION".
local pyro = require "pyro"

local Thing = { __name = "Thing" }
Thing.__index = Thing
pyro.attributes(Thing, "number")
pyro.oneway(Thing, "note")

local Point = { __name = "Point" }
pyro.registerClass("catalogue.Point", Point, function(point)
  return { x = point.x, y = point.y }
end, function(fields)
  return setmetatable({ x = fields.x, y = fields.y }, Point)
end)

local half = pyro.expose({
  shown = function()
    return "shown"
  end,
  hidden = function()
    return "hidden"
  end,
}, { "shown" })

function Thing:echo(value)
  return value
end

function Thing:add(a, b)
  if not a then
    error(pyro.TypeError "Thing.add() missing 1 required positional argument: 'a'")
  end
  return a + (b or 10)
end

function Thing:slow(seconds)
  pyro.sleep(seconds)
end

function Thing:fail()
  local err = pyro.ValueError("bad", 1)
  err.extra = "more"
  error(err)
end

function Thing:fail_unknown()
  error(pyro.Error("catalogue.Trouble", "own"))
end

function Thing:note(text)
  self.heard[#self.heard + 1] = text
end

function Thing:noted()
  local notes = self.heard
  self.heard = {}
  return notes
end

function Thing:count_to(last)
  return coroutine.wrap(function()
    for i = 1, last do
      coroutine.yield(i)
    end
  end)
end

function Thing:stumble()
  return coroutine.wrap(function()
    coroutine.yield(1)
    error(pyro.ValueError "stumbled")
  end)
end

function Thing:circumstances()
  local context = pyro.current_context
  context.response_annotations = { RSPN = "answer" }
  return {
    seq = context.seq,
    flags = context.msg_flags,
    serializer = context.serializer_id,
    asked = context.annotations.ASKS or "",
    correlation = context.correlation_id,
  }
end

function Thing:other()
  return half
end

function Thing:address(proxy)
  return tostring(proxy._pyroUri)
end

function Thing:place()
  return pyro.URI "PYRO:some.id@some.host:4444"
end

function Thing:place_text(uri)
  return tostring(uri)
end

function Thing:open(blob)
  return { blob.info, blob:deserialized() }
end

function Thing:mirror(point)
  return setmetatable({ x = point.y, y = point.x }, Point)
end

function Thing:_private()
  return "secret"
end

--- A class whose instances count how often they are called.
local function counter(mode)
  local class = { __name = mode, value = 0 }
  class.__index = class
  function class:count()
    self.value = self.value + 1
    return self.value
  end
  return pyro.behavior(class, { instance_mode = mode })
end

local plain, guarded = pyro.Daemon {}, pyro.Daemon {}
plain:register(setmetatable({ number = 3, heard = {} }, Thing), "thing")
plain:register(half, "half")
for _, mode in ipairs { "single", "session", "percall" } do
  plain:register(counter(mode), mode)
end

function guarded:validateHandshake(_, data)
  if type(data) ~= "table" or data.password ~= "sesame" then
    error(pyro.ValueError "no entry")
  end
  return { "welcome" }
end
guarded:register({ shown = half.shown }, "half")

pyro.spawn(function()
  guarded:requestLoop()
end)
print("plain " .. plain.locationStr)
print("guarded " .. guarded.locationStr)
io.stdout:flush()
plain:requestLoop()
