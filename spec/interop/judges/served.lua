--- Objects that Pyro's test suites serve, in Lua, told by lines on standard input: each is an expression of Lua,
--- and is answered by a line, "ok VALUE" or "error CLASS: MESSAGE". Nothing is served before `serve()`.
local pyro = require "pyro"

local context = pyro.current_context
local Error, TypeError, ValueError = pyro.Error, pyro.TypeError, pyro.ValueError

local PICKLE = 4 -- the serializer's id, for Pyro4

local generation -- of the suite: 4 or 5
local classes = {}

--- The name under which the suites see its class.
local function class(name)
  local made = { __name = name }
  made.__index = made
  classes[name] = made
  return made
end

-- The following is a copy of the suites' classes: names, order and results are theirs.

local ServerTestObject = class "ServerTestObject"

function ServerTestObject.new()
  return setmetatable({ numbers = pyro.dict { number = 42 }, other = pyro.dict { number2 = 43 },
    value = 12345, something = 99 }, ServerTestObject)
end

function ServerTestObject:getDict()
  return self.numbers
end

function ServerTestObject:getDictAttr()
  return self.other
end

function ServerTestObject:multiply(x, y)
  if type(x) == "string" and math.type(y) == "integer" then
    return x:rep(y)
  elseif type(x) ~= "number" or type(y) ~= "number" then
    error(TypeError("can't multiply sequence by non-int of type 'str'"))
  end
  return x * y
end

--- Python's error, where Lua raises its own.
local function zero_division(f)
  local ok, result = pcall(f)
  return ok and result or error(pyro.ZeroDivisionError "integer division or modulo by zero")
end

function ServerTestObject:divide(x, y)
  local result = zero_division(function() return x // y end)
  return result
end

function ServerTestObject:ping() end

function ServerTestObject:echo(obj)
  return obj
end

function ServerTestObject:blob(blob)
  return blob.info, blob:deserialized()
end

function ServerTestObject:oneway_delay(delay)
  pyro.sleep(delay)
end

function ServerTestObject:delay(delay)
  pyro.sleep(delay)
  return ("slept %d seconds"):format(math.floor(delay))
end

function ServerTestObject:delayAndId(delay, id)
  pyro.sleep(delay)
  return "slept for " .. tostring(id)
end

--- The first argument, the others, and the named ones.
function ServerTestObject:testargs(x, ...)
  local others, named = { ... }, pyro.dict {}
  if getmetatable(others[#others]) == getmetatable(named) then
    named = table.remove(others)
  end
  return { x, others, named }
end

--- Cannot be pickled; the other serializers carry a class that their receiver does not know.
function ServerTestObject:nonserializableException()
  local pickled = generation == 4 and context.serializer_id == PICKLE
  local what = pyro.tuple { "xantippe", pickled and print or nil }
  error(Error("testsupport.NonserializableError", what)) -- raise NonserializableError(("xantippe", lambda x: 0))
end

function ServerTestObject:oneway_multiply(x, y)
  return x * y
end

function ServerTestObject:iterator()
  local words = { "one", "two", "three" }
  return coroutine.wrap(function()
    for _, word in ipairs(words) do
      coroutine.yield(word)
    end
  end)
end

function ServerTestObject:generator()
  return coroutine.wrap(function()
    for _, word in ipairs { "one", "two", "three", "four", "five" } do
      coroutine.yield(word)
    end
  end)
end

function ServerTestObject:response_annotation()
  local annotations = context.annotations
  if not annotations.XYZZ then
    error(ValueError "XYZZ should be present in annotations in the daemon")
  elseif annotations.XYZZ ~= "data from proxy via new api" then
    error(ValueError "XYZZ annotation has wrong data")
  end
  context.response_annotations.ANN2 = "daemon annotation via new api"
  local sent = pyro.dict {}
  for name, data in pairs(annotations) do
    sent[name] = pyro.bytes(data)
  end
  return { annotations_in_daemon = sent }
end

function ServerTestObject:new_test_object()
  return ServerTestObject.new()
end

pyro.behavior(ServerTestObject)
pyro.oneway(ServerTestObject, "oneway_delay", "oneway_multiply")
pyro.attributes(ServerTestObject, "value", "dictionary")

ServerTestObject.__index = function(self, name)
  return name == "dictionary" and self.numbers or ServerTestObject[name]
end

--- Adds what only Pyro5's class has, too.
local function add_operators()
  local items = { "q", "w", "e", "r", "t", "y" }
  function ServerTestObject:__len__()
    return #items
  end

  function ServerTestObject:__iter__()
    return coroutine.wrap(function()
      for _, item in ipairs(items) do
        coroutine.yield(item)
      end
    end)
  end

  function ServerTestObject:__getitem__(index)
    return items[index + 1] or error(pyro.IndexError "list index out of range")
  end
end

local NotEverythingExposedClass = class "NotEverythingExposedClass"

function NotEverythingExposedClass.new(name)
  return setmetatable({ name = name }, NotEverythingExposedClass)
end

function NotEverythingExposedClass:getName()
  return self.name
end

function NotEverythingExposedClass:unexposed()
  return "you should not see this"
end

pyro.behavior(NotEverythingExposedClass)
pyro.expose(NotEverythingExposedClass, { "getName" })

local ResourceService = class "ResourceService"

function ResourceService.new()
  return setmetatable({ resources = {} }, ResourceService)
end

local closed = {} -- the names of resources

function ResourceService:allocate(name)
  local resources = self.resources
  local resource = {
    close = function()
      resources[name] = nil
      closed[name] = true
    end,
  }
  resources[name] = resource
  context:track_resource(resource)
end

function ResourceService:free(name)
  local resource = self.resources[name]
  resource:close()
  context:untrack_resource(resource)
end

function ResourceService:list()
  local names = {}
  for name in pairs(self.resources) do
    names[#names + 1] = name
  end
  return names
end

pyro.behavior(ResourceService, { instance_mode = "single" })
pyro.expose(ResourceService)

--- Object that the daemon's own tests register: nobody calls it.
local MyObj = class "MyObj"

function MyObj.new()
  return setmetatable({}, MyObj)
end

pyro.behavior(MyObj)

-- The control.

local daemon, serving
local objects = {} -- what is registered, by the number that the control gave it

local control = {}

--- Sets a setting; what pyrolua does not have is no error.
function control.set(name, value)
  if pcall(function()
    return pyro.config[name]
  end) then
    pyro.config[name] = value
  end
end

function control.daemon(suite, options)
  generation = suite
  if generation == 5 then
    add_operators()
  end
  pyro.expose(ServerTestObject)
  daemon = pyro.Daemon(options)
  return daemon.locationStr .. " " .. (daemon.natLocationStr or "")
end

--- Connections are refused with this text.
function control.refuse(text)
  function daemon:validateHandshake()
    error(ValueError(text))
  end
end

--- Registers an object, or a class, under a number of the control's.
function control.register(number, name, argument, id, options)
  objects[number] = objects[number] or argument == "class" and classes[name] or classes[name].new(argument)
  return daemon:register(objects[number], id, options).object
end

--- Says what Python calls the class. Only the one that travels by value needs it.
function control.named(name, full_name)
  if name == "ServerTestObject" then
    pyro.registerClass(full_name, ServerTestObject, function()
      return pyro.dict {}
    end, ServerTestObject.new)
  end
end

--- Takes a number or an id.
function control.unregister(what)
  daemon:unregister(objects[what] or what)
  objects[what] = nil
end

function control.ids()
  local ids = {}
  for id in pairs(daemon:objectsById()) do
    ids[#ids + 1] = id
  end
  return table.concat(ids, " ")
end

--- As if nothing here referred to the object any more.
function control.forget(number)
  objects[number] = nil
  collectgarbage()
end

function control.resources(number)
  return table.concat(objects[number]:list(), " ")
end

function control.closed(name)
  return closed[name] or false
end

function control.serve()
  serving = true
end

local function answer(line)
  local ok, result = pcall(function()
    return assert(load("return " .. line, "=control", "t", control))()
  end)
  print(ok and "ok " .. tostring(result) or "error " .. tostring(result))
end

io.stdin:setvbuf "no"
for line in io.lines() do
  answer(line)
  if serving then
    break
  end
end

if not serving then
  return
end

pyro.spawn(function()
  while true do
    pyro.readable(0)
    local line = io.read()
    if not line then
      os.exit()
    end
    answer(line)
  end
end)
daemon:requestLoop()
