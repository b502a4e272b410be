--- Results that come item by item, as server-sent events or as lines of JSON, for as long as the
--- client reads. The next item is fetched when there is room for it.
local core = require "pyro.core"

local streams = {}

local DAEMON = "Pyro.Daemon"
local CLOSE = "close_stream"
local BEAT = 15 -- seconds after which an event stream shows that it is still there

--- Classes of the errors by which a stream ends.
local ENDS = { StopIteration = true, GeneratorExit = true }

---@class pyro.gateway.Stream
---@field link pyro.gateway.Link that the stream has for itself
---@field id string
---@field kept boolean whether the types of items are to be told
---@field form pyro.gateway.StreamForm
---@field gone? boolean whether the client has gone

---@class pyro.gateway.StreamForm
---@field type string
---@field beat? string sent now and then
---@field item fun(text: string, number: integer): string
---@field failure fun(text: string): string
---@field last string

---@type pyro.gateway.StreamForm
local events = {
  type = "text/event-stream; charset=utf-8",
  beat = ":\n\n",
  item = function(text, number)
    return ("id: %d\ndata: %s\n\n"):format(number, text)
  end,
  failure = function(text)
    return ("event: exception\ndata: %s\n\n"):format(text)
  end,
  last = "event: end\ndata: null\n\n",
}

local function line(text)
  return text .. "\n"
end

---@type pyro.gateway.StreamForm
local lines = {
  type = "application/x-ndjson; charset=utf-8",
  item = line,
  failure = line,
  last = "",
}

--- Fetches an item. Returns what is to be sent for it, and whether it is the last.
local function fetch(gateway, stream, number)
  local ok, kind, text, class = pcall(core.invoke_json, stream.link.proxy, DAEMON,
    "get_next_stream_item", stream.kept, stream.id)
  if ok and kind == "value" then
    return stream.form.item(text, number), false
  elseif ok and ENDS[class] then
    return stream.form.last, true
  elseif not ok then
    text = core.format_json(kind, gateway.names.version)
  end
  return stream.form.failure(text), true
end

--- Closes a stream at its server. Its own connection may still wait for an item.
local function close_there(gateway, stream)
  local link = gateway.pool:borrow(stream.link.place.uri)
  if link then
    pcall(core.invoke, link.proxy, DAEMON, CLOSE, true, stream.id)
    gateway.pool:give_back(link, CLOSE, false)
  end
end

--- Ends a stream when its client goes: what waits for an item gets an error.
local function watch(gateway, stream, write)
  while not write:gone(BEAT) do
    if stream.form.beat then
      write(stream.form.beat)
    end
  end
  stream.gone = true
  pcall(close_there, gateway, stream) -- where there is no server, there is no stream either
  gateway.pool:take_back(stream.link)
end

--- Sends items until there are no more, or nobody reads them.
local function send(gateway, stream, write)
  local watcher = core.spawn(watch, gateway, stream, write)
  local number, reads, last = 0, true, false
  while reads and not last do
    local piece
    number = number + 1
    piece, last = fetch(gateway, stream, number)
    reads = write(piece)
  end
  if last and not stream.gone then
    coroutine.close(watcher)
    gateway.pool:take_back(stream.link)
  end
end

--- Returns whether the client wants events: it accepts them, and not with the weight 0.
local function wants_events(request)
  local accepted = "," .. (request.headers.accept or ""):lower()
  local parameters = accepted:match ",%s*text/event%-stream%s*%f[;,\0]([^,]*)"
  return parameters ~= nil and not parameters:find ";%s*q%s*=%s*0%.?0*%s*%f[;\0]"
end

--- Returns whether a client that has lost its connection asks for events again. The same stream
--- cannot be had again, and to call the method again is not for us to decide.
---@param request table
function streams.is_repeated(request)
  return request.headers["last-event-id"] ~= nil and wants_events(request)
end

--- Answers with the items of a stream.
---@param gateway pyro.gateway.Gateway
---@param request table
---@param link pyro.gateway.Link that the stream may have for itself
---@param id string
---@param kept boolean whether the types of items are to be told
---@param correlation string
function streams.answer(gateway, request, link, id, kept, correlation)
  local form = wants_events(request) and events or lines
  local stream = { link = link, id = id, kept = kept, form = form }
  link.proxy._pyroTimeout = 0 -- it may be long until there is an item
  return 200, {
    ["Content-Type"] = form.type,
    ["Cache-Control"] = "no-store",
    ["X-Accel-Buffering"] = "no",
    ["X-Content-Type-Options"] = "nosniff",
    ["X-Pyro-Correlation-Id"] = correlation,
  }, function(write)
    send(gateway, stream, write)
  end
end

return streams
