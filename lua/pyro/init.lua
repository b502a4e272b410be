--- pyro: remote objects, as in Pyro. `local pyro = require "pyro"`.
local core = require "pyro.core"
local documentation = require "pyro.documentation"
local errors = require "pyro.errors"
local exposure = require "pyro.exposure"
local serving = require "pyro.serving"
local traceback = require "pyro.traceback"

local classes = require "pyro.classes"

core.set_hooks {
  callback = serving.callback,
  authorize = serving.authorize,
  departed = serving.departed,
  describe = exposure.describe,
  documentation = function(object)
    return documentation.of(object), exposure.parameters_of(object)
  end,
  exception = errors.received,
  failed = serving.failed,
  instance = serving.instance,
  inward = classes.inward,
  is_class = serving.is_class,
  items = serving.items,
  makes_instances = exposure.makes_instances,
  outward = classes.outward,
  retry = require "pyro.retry",
  settle = require("pyro.future").settle,
  stream = require "pyro.stream",
  text = traceback.text,
  traceback = traceback.failure,
  uncaught = traceback.uncaught,
}

local dates = require "pyro.dates"
local numbers = require "pyro.numbers"
local types = require "pyro.types"
local usage = require "pyro.usage"

---@class pyro
---@field config pyro.Config the settings
---@field current_context pyro.Context the context of the call that is being served
---@field log pyro.Log writes to the log
---@field null userdata None inside a table, where nil would be no item
---@field ValueError fun(...: any): pyro.Error and so on: a constructor for each exception class of
---  Python and Pyro
local pyro = {
  config = require "pyro.config",
  Daemon = require "pyro.daemon",
  Proxy = require "pyro.proxy",
  async = require "pyro.async",
  batch = require "pyro.batch",
  Future = require "pyro.futurecall",
  locateNS = require "pyro.nameserver",
  log = require "pyro.log",
  repr = require "pyro.repr",
  debug = require "pyro.debug",
  excepthook = traceback.excepthook,
  expose = exposure.expose,
  oneway = exposure.oneway,
  parameters = exposure.parameters,
  callback = exposure.callback,
  behavior = exposure.behavior,
  attributes = exposure.attributes,
  document = documentation.document,
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
  ndarray = core.ndarray,
  date = dates.date,
  datetime = dates.datetime,
  socketpair = core.socketpair,
  SerializedBlob = core.new_blob,
  URI = core.new_uri,
  Error = core.new_error,
  spawn = core.spawn,
  join = core.join,
  event = core.new_event,
  sleep = core.sleep,
  time = core.time,
  step = core.step,
  fileno = core.fileno,
  timeout = core.timeout,
  ready = core.ready,
  registerClass = classes.register,
  unregisterClass = classes.unregister,
}

--- Waits until a file descriptor is readable or at its end, for example a terminal or a socket of
--- another library. Daemons and other tasks keep running. The descriptor must be one that can be
--- polled (plain files cannot), must stay open meanwhile, and no other task may wait for it.
---@param descriptor integer
function pyro.readable(descriptor)
  usage.check("the descriptor", descriptor, "integer")
  local watcher <close> = core.watch(descriptor)
  watcher:wait()
end

traceback.hide_library(debug.getinfo(1, "S").source)

--- pyro.ValueError "text" and so on make error objects to raise by error(): one constructor for
--- each built-in exception class of Python and each of Pyro.
return setmetatable(pyro, { __index = errors.constructors })
