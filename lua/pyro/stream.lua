--- Item streams, which a call returns if its remote result is an iterator: `for item in
--- proxy:items() do … end`. Leaving the loop early closes the stream, and so does garbage
--- collection.
local core = require "pyro.core"

local DAEMON = "Pyro.Daemon"

---@class pyro.Stream
---@field proxy pyro.Proxy|nil nil once the stream is at its end or closed
---@field id string
local Stream = { __name = "pyro.Stream" }
Stream.__index = Stream

local function closed_error()
  return core.new_error("ConnectionClosedError", "the proxy for this stream result has been closed")
end

--- Fetches the next item. Returns nil at the end; None is pyro.null.
function Stream:__call()
  if not self.proxy then
    return nil
  elseif not self.proxy._pyroConnection then
    error(closed_error())
  end
  local ok, item = pcall(core.invoke, self.proxy, DAEMON, "get_next_stream_item", false, self.id)
  if ok then
    return item == nil and core.null or item
  end
  local class = getmetatable(item) == core.error_type and item.class
  if class ~= "StopIteration" and class ~= "GeneratorExit" then
    error(item)
  end
  self.proxy = nil -- the other side has closed it
end

--- Closes the stream: no more items come. Does not wait for the server.
function Stream:close()
  local proxy = self.proxy
  self.proxy = nil
  if proxy and proxy._pyroConnection then
    core.invoke(proxy, DAEMON, "close_stream", true, self.id)
  end
end

Stream.__close = Stream.close

--- Finalizes a stream. A finalizer must not use the network, so a task closes the stream. The
--- proxy may be collected too, which closes its streams.
function Stream:__gc()
  if self.proxy then
    core.spawn(pcall, Stream.close, { proxy = self.proxy, id = self.id })
  end
end

function Stream:__tostring()
  return ("<pyro.Stream %s; %s>"):format(self.id, self.proxy and "open" or "closed")
end

--- Returns what a generic `for` iterates over; the stream is its closing value, too.
---@param proxy pyro.Proxy
---@param id string
return function(proxy, id)
  local stream = setmetatable({ proxy = proxy, id = id }, Stream)
  return stream, nil, nil, stream
end
