--- pyro.batch(proxy) collects calls, batch:method(…), and sends them in one message when it is
--- called itself: batch() returns an iterator over their results.
local core = require "pyro.core"
local check_options = require "pyro.options"
local future = require "pyro.future"
local types = require "pyro.types"

local Batch = { __name = "pyro.Batch" }

---@class pyro.BatchState
---@field proxy pyro.Proxy
---@field calls table[] each a tuple of name, arguments, named arguments
local states = setmetatable({}, { __mode = "k" })

local NO_NAMED = setmetatable({}, core.types.dict) -- of most calls

--- The named arguments, taken off the end of the others.
local function take_named(arguments)
  local last = arguments[#arguments]
  if getmetatable(last) ~= core.types.kwargs then
    return NO_NAMED
  end
  local named = {}
  arguments[#arguments] = nil
  for name, value in pairs(last) do
    named[name] = value
  end
  return setmetatable(named, core.types.dict)
end

--- Any name is a function that notes a call of that method.
function Batch:__index(name)
  return function(batch, ...)
    local calls = states[batch].calls
    local arguments = types.tuple(table.pack(...))
    local named = take_named(arguments)
    calls[#calls + 1] = types.tuple { name, arguments, named }
  end
end

--- Iterates over results. The first error among them is raised at its place: it was the last call
--- that was made.
local function iterate(results)
  local position = 0
  return function()
    position = position + 1
    local result = results[position]
    if getmetatable(result) == core.Failure then
      results = {}
      error(result[1], 0)
    end
    return result
  end
end

local function send(state, flags)
  local calls = state.calls
  state.calls = {}
  return core.invoke(state.proxy, nil, "<batch>", flags, table.unpack(calls))
end

---@class pyro.BatchOptions
---@field oneway? boolean do not wait: there are no results
---@field asynchronous? boolean do not wait: the result is a future of the iterator

--- Sends the calls that were collected; then the batch is empty again.
---@param options? pyro.BatchOptions
---@return (fun(): any)|pyro.Future|nil results iterator; a None among them is pyro.null
function Batch:__call(options)
  options = check_options(options, "asynchronous oneway")
  local state = states[self]
  if options.oneway and options.asynchronous then
    error(core.newerror("PyroError", "async oneway calls make no sense"))
  elseif options.oneway then
    send(state, "bo")
  elseif options.asynchronous then
    return future(send, state, "b"):andThen(iterate)
  else
    return iterate(send(state, "b"))
  end
end

---@param proxy pyro.Proxy|pyro.NameServer
---@return table batch
return function(proxy)
  local batch = setmetatable({}, Batch)
  states[batch] = { proxy = type(proxy) == "table" and proxy.proxy or proxy, calls = {} }
  return batch
end
