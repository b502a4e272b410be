--- pyro.Future(f): a function to be called in the background, like Pyro4's Future.
local core = require "pyro.core"
local background = require("pyro.future").background
local usage = require "pyro.usage"

--- A function to be called in the background, and what to do with its result.
---@class pyro.FutureCall
local FutureCall = { __name = "pyro.FutureCall" }
FutureCall.__index = FutureCall

--- Calls a function with the result and these arguments; its result becomes the result. (Pyro
--- calls this `then`, which is a keyword in Lua.)
---@param f fun(value: any, ...: any): any
---@param ... any
---@return pyro.FutureCall self
function FutureCall:andThen(f, ...)
  usage.check("what is called then", f, "function")
  table.insert(self.chain, { f = f, arguments = table.pack(...) })
  return self
end

--- Calls a function with the error, if there is one.
---@param handler fun(err: any)
---@return pyro.FutureCall self
function FutureCall:iferror(handler)
  self.handler = handler
  return self
end

--- Waits some seconds before it calls its function.
---@param seconds number
---@return boolean whether it was not too late for that
function FutureCall:delay(seconds)
  usage.check("the delay", seconds, "number")
  if not self.started then
    self.seconds = seconds
  end
  return not self.started
end

--- Cancels the call. Whoever waits for the result gets an error.
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
    error(core.new_error("RuntimeError", "future has been cancelled"))
  end
  local value = call.callable(...)
  for _, link in ipairs(call.chain) do
    value = link.f(value, table.unpack(link.arguments, 1, link.arguments.n))
  end
  return value
end

--- Starts the function with these arguments, once.
---@return pyro.Future result
function FutureCall:__call(...)
  if self.started then
    error(core.new_error("RuntimeError", "the future has already been evaluated"))
  elseif self.cancelled:is_set() then
    error(core.new_error("RuntimeError", "the future has been cancelled"))
  end
  self.started = true
  local result = background(run, self, ...)
  return self.handler and result:iferror(self.handler) or result
end

--- Makes a function one that is called in the background. Calling the returned value, future(…),
--- starts it, and returns a future of the result. The function has the call context of the code
--- that starts it.
---@param f function
---@return pyro.FutureCall future
return function(f)
  usage.check("what is called later", f, "function")
  return setmetatable({ callable = f, chain = {}, seconds = 0, cancelled = core.new_event(),
    started = false, completed = false }, FutureCall)
end
