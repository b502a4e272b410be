--- A client of HTTP, that sends what it is told to.
local process = require "spec.support.process"
local raw = require "spec.support.raw"

local http = {}

---@class spec.HttpRequest
---@field [1]? string the target; the default is "/"
---@field method? string the default is GET or, with a body, POST
---@field headers? table<string, string|false> besides Host and Connection, or instead of these
---@field body? string

---@class spec.HttpAnswer
---@field status integer
---@field headers table<string, string> by name in small letters
---@field body string

local function head_of(port, request)
  local headers = {
    Host = "localhost:" .. port,
    Connection = "close",
    ["Content-Length"] = request.body and tostring(#request.body) or nil,
  }
  for name, value in pairs(request.headers or {}) do
    headers[name] = value or nil
  end
  local lines = { ("%s %s HTTP/1.1"):format(request.method or request.body and "POST" or "GET", request[1] or "/") }
  for name, value in pairs(headers) do
    lines[#lines + 1] = name .. ": " .. value
  end
  return table.concat(lines, "\r\n") .. "\r\n\r\n"
end

--- Takes the chunks of a body apart.
local function unchunk(text)
  local parts, at = {}, 1
  repeat
    local size, start = text:match("^(%x+)\r\n()", at)
    size = tonumber(size, 16)
    parts[#parts + 1] = text:sub(start, start + size - 1)
    at = start + size + 2
  until size == 0
  return table.concat(parts)
end

--- Makes an answer of the bytes that came.
---@return spec.HttpAnswer
function http.parse(text)
  local head, body = text:match "^(.-\r\n)\r\n(.*)$"
  assert(head, "no answer, but: " .. text)
  local answer = { status = tonumber(head:match "^HTTP/1%.[01] (%d+) "), headers = {} }
  for name, value in head:gmatch "\n([^:\r\n]+): ([^\r\n]*)" do
    answer.headers[name:lower()] = value
  end
  answer.body = answer.headers["transfer-encoding"] == "chunked" and unchunk(body) or body
  return answer
end

--- Sends a request; returns the connection.
---@param port integer
---@param request spec.HttpRequest
function http.send(port, request)
  local peer = raw.connect(port)
  peer:send(head_of(port, request) .. (request.body or ""))
  return peer
end

--- Sends requests that the server finds all at once; returns their connections.
---@param server table its process
---@param port integer
---@param requests spec.HttpRequest[]
function http.send_together(server, port, requests)
  local sent = {}
  server:kill "sigstop"
  for i, request in ipairs(requests) do
    sent[i] = http.send(port, request)
  end
  process.sleep(0.05) -- until they have come
  server:kill "sigcont"
  return sent
end

--- Waits for all that comes on a connection until the server closes it.
---@return spec.HttpAnswer
function http.receive(peer)
  assert(peer:wait_closed(), "the connection is not closed; received: " .. peer.received)
  peer:close()
  return http.parse(peer.received)
end

--- Sends a request, and waits for the answer.
---@param port integer
---@param request spec.HttpRequest
---@return spec.HttpAnswer
function http.ask(port, request)
  return http.receive(http.send(port, request))
end

--- Waits until a connection has received what a pattern matches; fails where that does not come.
---@param peer table
---@param pattern string
---@param after? integer bytes received before, which do not count
function http.expect(peer, pattern, after)
  local found = process.run_until(function()
    return peer.received:find(pattern, (after or 0) + 1) or peer.closed
  end)
  assert(found and peer.received:find(pattern, (after or 0) + 1),
    ("expected %q, received: %s"):format(pattern, peer.received))
end

return http
