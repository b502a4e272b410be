--- Futures: what asynchronous calls return at once. Their values come later.
local core = require "pyro.core"
local traceback = require "pyro.traceback"

---@class pyro.Future
---@field ready boolean whether the value, or the error, is there
---@field value any waits for it; raises the error if that is what came
local methods = {}
local Future = { __name = "pyro.Future" }

--- What a future consists of: not to be mistaken for its fields.
---@class pyro.FutureState
---@field event userdata set when it is ready
---@field chain {f: function, arguments: table}[]
---@field handler? fun(err: any)
---@field ok? boolean
---@field result? any value or error
local states = setmetatable({}, { __mode = "k" })

--- Passes the value on through the chain.
local function pass_on(state, value)
  for _, link in ipairs(state.chain) do
    value = link.f(value, table.unpack(link.arguments, 1, link.arguments.n))
  end
  return value
end

--- Nobody waits in a handler: what goes wrong in it is told as a background task's error is.
local function handle(state, err)
  if state.handler then
    xpcall(state.handler, traceback.uncaught, err)
  end
end

--- Nobody may look for what goes wrong in a callback, unless iferror() was told to.
local function callback_failed(state)
  return function(err)
    if not state.handler then
      traceback.uncaught(err)
    end
    return err
  end
end

local function settle(state, ok, result)
  if ok then
    ok, result = xpcall(pass_on, callback_failed(state), state, result)
  end
  state.ok, state.result, state.chain = ok, result, {}
  state.event:set()
  if not ok then
    handle(state, result)
  end
end

--- Waits until it is ready.
---@param seconds? number at most
---@return boolean ready
function methods:wait(seconds)
  return states[self].event:wait(seconds)
end

--- Has the function called with the value and these arguments once it is ready; what that returns
--- is the value then. An error in it makes the future fail, and is printed unless iferror() takes
--- it.
--- (Pyro's `then`, which is a word of Lua's own.)
---@param f fun(value: any, ...: any): any
---@return pyro.Future self
function methods:andThen(f, ...)
  local state = states[self]
  if not state.event:is_set() then
    state.chain[#state.chain + 1] = { f = f, arguments = table.pack(...) }
  elseif state.ok then
    state.result = f(state.result, ...)
  end
  return self
end

--- Has the function called with the error, should one come instead of a value.
---@param handler fun(err: any)
---@return pyro.Future self
function methods:iferror(handler)
  local state = states[self]
  state.handler = handler
  if state.event:is_set() and not state.ok then
    handle(state, state.result)
  end
  return self
end

function Future:__index(name)
  local state = states[self]
  if name == "ready" then
    return state.event:is_set()
  elseif name == "value" then
    state.event:wait()
    if not state.ok then
      error(state.result, 0)
    end
    return state.result
  end
  return methods[name]
end

function Future:__tostring()
  return ("<pyro.Future at %p; %s>"):format(self, self.ready and "ready" or "not ready")
end

--- Calls a function in the background: it runs at once, up to where it first waits.
---@param f function
---@param ... any its arguments
---@return pyro.Future of its first result
return function(f, ...)
  local future = setmetatable({}, Future)
  local state = { event = core.event(), chain = {} }
  states[future] = state
  core.launch(function(...)
    settle(state, pcall(f, ...))
  end, ...)
  return future
end
