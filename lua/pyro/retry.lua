--- Repeated attempts at a call whose connection breaks: what `_pyroMaxRetries` of a proxy asks for.
local core = require "pyro.core"

--- The errors after which Pyro, too, repeats a call.
local LOST = { ConnectionClosedError = true, TimeoutError = true }

--- Attempts a call until one attempt does not lose its connection. A hook of the core.
---@param attempt fun(...: any): ...
---@param retries integer how many attempts may follow the first one
---@param ... any the arguments of an attempt
---@return any ... what the last attempt returned
return function(attempt, retries, ...)
  for _ = 1, retries do
    local results = table.pack(pcall(attempt, ...))
    local err = results[2]
    if results[1] then
      return table.unpack(results, 2, results.n)
    elseif getmetatable(err) ~= core.error_type or not LOST[err.class] then
      error(err, 0)
    end
    core.count_retry()
  end
  return attempt(...)
end
