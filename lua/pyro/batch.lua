--- pyro.batch(proxy) collects calls, batch:method(…). Calling the batch sends them in one message:
--- batch() returns an iterator over their results.
local core = require "pyro.core"
local background = require("pyro.future").background
local usage = require "pyro.usage"

---@class pyro.BatchOptions
---@field oneway? boolean do not wait; there are no results
---@field asynchronous? boolean do not wait; return a future of the iterator

--- Sends the collected calls, and empties the batch.
---@param batch userdata
---@param options? pyro.BatchOptions
---@return (fun(): any)|pyro.Future|nil results iterator, in which None is pyro.null
function core.batch_type.__call(batch, options)
  options = usage.options(options, "asynchronous oneway")
  if options.oneway and options.asynchronous then
    error(core.new_error("PyroError", "async oneway calls make no sense"))
  elseif options.oneway then
    core.send_batch(batch, true)
  elseif options.asynchronous then
    return background(core.send_batch, batch):andThen(core.iterate_results)
  else
    return core.iterate_results(core.send_batch(batch))
  end
end

--- Makes a batch, which collects calls: batch:method(…). Calling the batch itself sends them.
---@param proxy pyro.Proxy|pyro.NameServer
---@return userdata batch
return function(proxy)
  return (usage.call(core.new_batch, type(proxy) == "table" and proxy.proxy or proxy))
end
