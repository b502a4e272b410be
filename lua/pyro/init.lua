--- pyro: remote objects, as Pyro has them. `local pyro = require "pyro"`.
local core = require "pyro.core"
local errors = require "pyro.errors"
local exposure = require "pyro.exposure"
local serving = require "pyro.serving"
local traceback = require "pyro.traceback"

core.hooks {
  describe = exposure.describe,
  makesInstances = exposure.makes_instances,
  traceback = traceback.failure,
  text = traceback.text,
  uncaught = traceback.uncaught,
  callback = serving.callback,
  isClass = serving.isClass,
  instance = serving.instance,
  items = serving.items,
  departed = serving.departed,
  failed = serving.failed,
  exception = errors.received,
  stream = require "pyro.stream",
}

local classes = require "pyro.classes"
local dates = require "pyro.dates"
local numbers = require "pyro.numbers"
local types = require "pyro.types"

---@class pyro
---@field config pyro.Config the settings
---@field current_context pyro.Context of the call that is being served
---@field null userdata None in a table, where nil would be no item
---@field ValueError fun(...: any): pyro.Error and so on, of Python and Pyro
local pyro = {
  config = require "pyro.config",
  Daemon = require "pyro.daemon",
  Proxy = require "pyro.proxy",
  async = require "pyro.async",
  batch = require "pyro.batch",
  locateNS = require "pyro.nameserver",
  repr = require "pyro.repr",
  excepthook = traceback.excepthook,
  expose = exposure.expose,
  oneway = exposure.oneway,
  parameters = exposure.parameters,
  callback = exposure.callback,
  behavior = exposure.behavior,
  attributes = exposure.attributes,
  current_context = core.current_context,
  null = core.null,
  bytes = require "pyro.bytes",
  dict = types.dict,
  list = types.list,
  tuple = types.tuple,
  set = types.set,
  frozenset = types.frozenset,
  kwargs = types.kwargs,
  bigint = numbers.bigint,
  complex = numbers.complex,
  date = dates.date,
  datetime = dates.datetime,
  registerClass = classes.register,
  unregisterClass = classes.unregister,
}

--- Makes two connected sockets: for a proxy, and for the daemon at the other end.
---@return integer, integer their descriptors
function pyro.socketpair()
  return core.socketpair()
end

--- A call's argument that stays serialized until somebody asks for it: it must be the only one.
--- Unless a serializer is chosen it is serpent, which all can read to whom it is passed on.
--- (Programs in Python pass on as serpent what they got in any other, unless they are set to that.)
---@param info any what those who pass it on may know of it; small
---@param data any what the receiver's blob:deserialized() gives
---@return pyro.SerializedBlob
function pyro.SerializedBlob(info, data)
  return core.blob(info, data)
end

--- Parses a URI. A malformed one is a PyroError that quotes it.
---@param text string|pyro.URI
---@return pyro.URI
function pyro.URI(text)
  return core.uri(text)
end

--- An error object of any class, such as one that a Python program knows.
---@param class string its full name: "shop.OutOfStock"
---@param ... any its arguments
---@return pyro.Error
function pyro.Error(class, ...)
  return core.newerror(class, ...)
end

--- Runs a function in the background, where Python would start a thread: it gets its turn whenever
--- the others wait. An error in it is printed, and ends only it. coroutine.close() cancels it: what
--- it waits for is given up.
---@param f function
---@param ... any its arguments
---@return thread task
function pyro.spawn(f, ...)
  return core.spawn(f, ...)
end

--- Waits until a task of pyro.spawn() has ended, as Python's thread.join() does. Tasks that nobody
--- waits for end with the program, as Python's daemon threads do.
---@param task thread
---@param seconds? number by default as long as it takes
---@return boolean whether it has ended
function pyro.join(task, seconds)
  return core.join(task, seconds)
end

--- An event, by which one task wakes others: they wait in event:wait() until event:set().
---@return pyro.Event
function pyro.event()
  return core.event()
end

--- Waits, while daemons and background tasks go on.
---@param seconds number
function pyro.sleep(seconds)
  core.sleep(seconds)
end

--- Goes one step of what all daemons, proxies and tasks do: waits for an event, at most so long,
--- and handles what is there. For a program with an event loop of its own.
---@param seconds? number 0 does not wait; by default as long as it takes
---@return boolean whether there is anything that events could come from
function pyro.step(seconds)
  return core.step(seconds)
end

--- A descriptor that such a loop can poll: when it is readable, or the time of pyro.timeout() is
--- over, pyro.step(0) has something to do.
---@return integer
function pyro.fileno()
  return core.fileno()
end

--- How long such a loop may poll before the next step. Ask right before polling, each time: it also
--- gives the system what is to be sent and awaited.
---@return number? seconds nil: any time
function pyro.timeout()
  return core.timeout()
end

--- Waits until a descriptor is readable, or at its end, while daemons and background tasks go on:
--- for a terminal, or another library's socket. It must be a descriptor that can be polled (a plain
--- file cannot), that nobody else waits for now, and that stays open meanwhile.
---@param descriptor integer
function pyro.readable(descriptor)
  local watcher <close> = core.watch(descriptor)
  watcher:wait()
end

--- pyro.ValueError "text" and so on, for each built-in exception class of Python and each of Pyro:
--- error objects to be raised by error().
return setmetatable(pyro, { __index = errors.constructors })
