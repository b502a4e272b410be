--- Futures, which asynchronous calls return at once. Their values arrive later.
local core = require "pyro.core"
local traceback = require "pyro.traceback"

---@class pyro.Future
---@field ready boolean whether the value, or an error, has arrived
---@field value any waits for the value; raises the error if there is one
---@field wait fun(self: pyro.Future, seconds?: number): boolean waits, and returns whether it is
---  ready
local methods = core.future_methods

local future = {}

local current = core.current_context

--- Makes a function run in the call context of the running task, whichever task calls it, so that
--- its remote calls carry the same. The annotations of the last response stay those of its caller.
local function in_context(f)
  local values = core.call_context()
  if not values then
    return f
  end
  return function(...)
    local response = current.response_annotations
    current:from_global(values)
    current.response_annotations = response
    return f(...)
  end
end

--- The functions to call when a future is ready, as core.get_future_callbacks() returns them. The
--- array holds the functions that the value goes through.
---@class pyro.FutureCallbacks
---@field [integer] {f: function, arguments: table}
---@field handler? fun(err: any)

---@param callbacks pyro.FutureCallbacks
local function pass_on(callbacks, value)
  for _, link in ipairs(callbacks) do
    value = link.f(value, table.unpack(link.arguments, 1, link.arguments.n))
  end
  return value
end

--- Calls a handler. Nobody waits for it, so its errors are printed, like those of a background
--- task.
local function handle(handler, err)
  if handler then
    xpcall(handler, traceback.uncaught, err)
  end
end

--- Reports an error in a callback, unless iferror() set a handler: nobody else may notice it.
local function callback_failed(callbacks)
  return function(err)
    if not callbacks.handler then
      traceback.uncaught(err)
    end
    return err
  end
end

--- Calls the callbacks of a future, then settles it. A hook of the core.
---@param self pyro.Future
---@param ok boolean
---@param result any the value or, unless ok, the error
function future.settle(self, ok, result)
  local callbacks = core.get_future_callbacks(self)
  if ok then
    ok, result = xpcall(pass_on, callback_failed(callbacks), callbacks, result)
  end
  core.settle_future(self, ok, result)
  if not ok then
    handle(callbacks.handler, result)
  end
end

--- Calls a function with the value and these arguments once the value has arrived; its result
--- becomes the value. The function has the call context of the code that adds it. An error in it
--- makes the future fail, and is printed unless iferror() set a handler. (Pyro calls this `then`,
--- which is a keyword in Lua.)
---@param f fun(value: any, ...: any): any
---@param ... any
---@return pyro.Future self
function methods:andThen(f, ...)
  if not self.ready then
    local callbacks = core.get_future_callbacks(self)
    callbacks[#callbacks + 1] = { f = in_context(f), arguments = table.pack(...) }
    return self
  end
  local ok, value = core.get_future_outcome(self)
  if ok then
    core.settle_future(self, true, (f(value, ...)))
  end
  return self
end

--- Calls a function with the error, if an error arrives instead of a value. The handler has the
--- call context of the code that adds it.
---@param handler fun(err: any)
---@return pyro.Future self
function methods:iferror(handler)
  if not self.ready then
    core.get_future_callbacks(self).handler = handler and in_context(handler)
    return self
  end
  local ok, err = core.get_future_outcome(self)
  if not ok then
    handle(handler, err)
  end
  return self
end

--- Calls a function in the background, in the call context of the running task. The function runs
--- at once, until it first waits.
---@param f function
---@param ... any arguments of the function
---@return pyro.Future of its first result
function future.background(f, ...)
  local result = core.new_future()
  f = in_context(f)
  core.launch(function(...)
    future.settle(result, pcall(f, ...))
  end, ...)
  return result
end

return future
