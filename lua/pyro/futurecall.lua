--- pyro.Future(f): a function that is to be called in the background, as Pyro4's Future.
local core = require "pyro.core"
local background = require "pyro.future"
local usage = require "pyro.usage"

--- A function that is to be called in the background, and what is to be done with its result.
---@class pyro.FutureCall
local FutureCall = { __name = "pyro.FutureCall" }
FutureCall.__index = FutureCall

--- Has the function called with the result and these arguments; what it returns is the result then.
--- (Pyro's `then`, which is a word of Lua's own.)
---@param f fun(value: any, ...: any): any
---@param ... any
---@return pyro.FutureCall self
function FutureCall:andThen(f, ...)
  usage.check("what is called then", f, "function")
  table.insert(self.chain, { f = f, arguments = table.pack(...) })
  return self
end

--- Has the function called with the error, should one come.
---@param handler fun(err: any)
---@return pyro.FutureCall self
function FutureCall:iferror(handler)
  self.handler = handler
  return self
end

--- Has it wait for some seconds before it calls its function.
---@param seconds number
---@return boolean whether it was not too late for that
function FutureCall:delay(seconds)
  usage.check("the delay", seconds, "number")
  if not self.started then
    self.seconds = seconds
  end
  return not self.started
end

--- Has it never call its function: who waits for the result gets an error.
---@return boolean whether it was not too late for that
function FutureCall:cancel()
  if not self.completed then
    self.cancelled:set()
  end
  return not self.completed
end

local function run(call, ...)
  if call.seconds > 0 then
    call.cancelled:wait(call.seconds)
  end
  call.completed = true
  if call.cancelled:is_set() then
    error(core.newerror("RuntimeError", "future has been cancelled"))
  end
  local value = call.callable(...)
  for _, link in ipairs(call.chain) do
    value = link.f(value, table.unpack(link.arguments, 1, link.arguments.n))
  end
  return value
end

--- Starts it: the function gets these arguments. Only once.
---@return pyro.Future result
function FutureCall:__call(...)
  if self.started then
    error(core.newerror("RuntimeError", "the future has already been evaluated"))
  elseif self.cancelled:is_set() then
    error(core.newerror("RuntimeError", "the future has been cancelled"))
  end
  self.started = true
  local result = background(run, self, ...)
  return self.handler and result:iferror(self.handler) or result
end

--- Makes a function one that is called in the background, once its future is called: future(…)
--- starts it, and returns the result to come.
---@param f function
---@return pyro.FutureCall future
return function(f)
  usage.check("what is called later", f, "function")
  return setmetatable({ callable = f, chain = {}, seconds = 0, cancelled = core.event(),
    started = false, completed = false }, FutureCall)
end
