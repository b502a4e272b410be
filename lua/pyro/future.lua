--- Futures: what asynchronous calls return at once. Their values come later.
local core = require "pyro.core"
local traceback = require "pyro.traceback"

---@class pyro.Future
---@field ready boolean whether the value, or the error, is there
---@field value any waits for it; raises the error if that is what came
---@field wait fun(self: pyro.Future, seconds?: number): boolean waits; tells whether it is ready
local methods = core.future_methods

--- What is to be called when one is ready: core.future_callbacks() of it. The array holds what the
--- value goes through.
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

--- Nobody waits in a handler: what goes wrong in it is told as a background task's error is.
local function handle(handler, err)
  if handler then
    xpcall(handler, traceback.uncaught, err)
  end
end

--- Nobody may look for what goes wrong in a callback, unless iferror() was told to.
local function callback_failed(callbacks)
  return function(err)
    if not callbacks.handler then
      traceback.uncaught(err)
    end
    return err
  end
end

local function settle(future, ok, result)
  local callbacks = core.future_callbacks(future)
  if ok then
    ok, result = xpcall(pass_on, callback_failed(callbacks), callbacks, result)
  end
  core.future_done(future, ok, result)
  if not ok then
    handle(callbacks.handler, result)
  end
end

core.future_settler(settle)

--- Has the function called with the value and these arguments once it is ready; what that returns
--- is the value then. An error in it makes the future fail, and is printed unless iferror() takes
--- it.
--- (Pyro's `then`, which is a word of Lua's own.)
---@param f fun(value: any, ...: any): any
---@param ... any
---@return pyro.Future self
function methods:andThen(f, ...)
  if not self.ready then
    local callbacks = core.future_callbacks(self)
    callbacks[#callbacks + 1] = { f = f, arguments = table.pack(...) }
    return self
  end
  local ok, value = core.future_outcome(self)
  if ok then
    core.future_done(self, true, (f(value, ...)))
  end
  return self
end

--- Has the function called with the error, should one come instead of a value.
---@param handler fun(err: any)
---@return pyro.Future self
function methods:iferror(handler)
  if not self.ready then
    core.future_callbacks(self).handler = handler
    return self
  end
  local ok, err = core.future_outcome(self)
  if not ok then
    handle(handler, err)
  end
  return self
end

--- Calls a function in the background: it runs at once, up to where it first waits.
---@param f function
---@param ... any its arguments
---@return pyro.Future of its first result
return function(f, ...)
  local future = core.future()
  core.launch(function(...)
    settle(future, pcall(f, ...))
  end, ...)
  return future
end
