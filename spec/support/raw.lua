--- A peer that sends whatever bytes it likes, and tells what comes back.
local process = require "spec.support.process"
local uv = require "luv"

local raw = {}

raw.CONNECT, raw.CONNECTOK, raw.CONNECTFAIL, raw.INVOKE, raw.RESULT, raw.PING = 1, 2, 3, 4, 5, 6
raw.EXCEPTION, raw.ONEWAY, raw.BATCH, raw.METADATA, raw.BLOB = 1, 4, 8, 16, 64
raw.MSGPACK = 6

local NAMES = { "CONNECT", "CONNECTOK", "CONNECTFAIL", "INVOKE", "RESULT", "PING" }
local HEADER = ">c4HHHHIHHHH"

---@class spec.Header fields that differ from those of a sound message
---@field magic? string
---@field version? integer
---@field flags? integer
---@field seq? integer
---@field length? integer of the data, as the header tells it
---@field serializer? integer
---@field annotations? string
---@field annotations_length? integer
---@field checksum? integer

--- The bytes of a message of protocol 48.
---@param type integer
---@param data string
---@param header? spec.Header
function raw.message(type, data, header)
  header = header or {}
  local version, flags, seq = header.version or 48, header.flags or 0, header.seq or 1
  local serializer = header.serializer or raw.MSGPACK
  local annotations = header.annotations or ""
  local length = header.length or #data
  local annotations_length = header.annotations_length or #annotations
  local sum = type + version + length + annotations_length + flags + serializer + seq + 0x34E9
  return HEADER:pack(header.magic or "PYRO", version, type, flags, seq, length, serializer,
    annotations_length, 0, header.checksum or sum & 0xffff) .. annotations .. data
end

--- A short text in msgpack.
function raw.text(text)
  return string.pack("B", 0xa0 + #text) .. text
end

--- A list in msgpack, of items in msgpack.
function raw.list(...)
  return string.pack("B", 0x90 + select("#", ...)) .. table.concat { ... }
end

--- The data of a call; `arguments` and `named` in msgpack.
function raw.call(object, method, arguments, named)
  return raw.list(raw.text(object), raw.text(method), arguments or "\x90", named or "\x80")
end

--- The introduction of a client that wants an object's metadata.
---@param annotations? string
function raw.hello(object, annotations)
  return raw.message(raw.CONNECT, "\x82" .. raw.text "handshake" .. raw.text "hello" .. raw.text "object"
    .. raw.text(object), { flags = raw.METADATA, annotations = annotations })
end

local Peer = {}
Peer.__index = Peer

--- Reads what comes.
function Peer:read()
  self.tcp:read_start(function(err, data)
    if data then
      self.note(data)
      self.received = self.received .. data
    else
      self.closed = err or "closed"
    end
    if self.on_input then
      self.on_input()
    end
  end)
end

--- Reads no more, until read().
function Peer:pause()
  self.tcp:read_stop()
end

local function peer_of(tcp, note)
  local self = setmetatable({ tcp = tcp, received = "", closed = false, note = note or function() end }, Peer)
  self:read()
  return self
end

--- Plays one conversation: answers the first message with the first reply, and so on, and closes where
--- the replies end.
local function play(peer, replies)
  local next_reply = 1
  peer.on_input = function()
    while peer:take() do
      if replies[next_reply] then
        peer:send(replies[next_reply])
      end
      next_reply = next_reply + 1
      if next_reply > #replies then
        peer:finish()
      end
    end
  end
end

--- Serves on a port of this machine, and plays a conversation with each connection, the last one again
--- with all that come later. Returns the port, and a list of what was received on each connection.
---@param conversations string[][]
---@return integer, string[]
function raw.converse(conversations)
  local server, heard = uv.new_tcp(), {}
  server:bind("127.0.0.1", 0)
  server:listen(16, function()
    local tcp = uv.new_tcp()
    server:accept(tcp)
    local number = #heard + 1
    heard[number] = ""
    local peer = peer_of(tcp, function(data)
      heard[number] = heard[number] .. data
    end)
    play(peer, conversations[math.min(number, #conversations)])
  end)
  return server:getsockname().port, heard
end

--- Serves on a port of this machine; returns that. Each connection gets the replies.
---@param replies string[]
function raw.serve(replies)
  return (raw.converse { replies })
end

--- Connects to a port of this machine.
---@param port integer
---@param from? string address of the client; the default is 127.0.0.1
function raw.connect(port, from)
  local tcp = uv.new_tcp()
  tcp:bind(from or "127.0.0.1", 0)
  local connected
  tcp:connect("127.0.0.1", port, function(err)
    connected = err or true
  end)
  process.run_until(function()
    return connected
  end)
  assert(connected == true, connected)
  return peer_of(tcp)
end

function Peer:send(bytes)
  self.tcp:write(bytes, function() end)
end

function Peer:close()
  if not self.tcp:is_closing() then
    self.tcp:close()
  end
end

--- Closes once all is sent.
function Peer:finish()
  self.tcp:shutdown(function()
    self:close()
  end)
end

--- Closes at once, with a reset, whatever is under way.
function Peer:reset()
  self.tcp:close_reset()
end

--- Type, flags, sequence number, the sizes of header, annotations and data: of a message of either
--- protocol whose header has come in whole; else nil.
local function parse(bytes)
  local version = #bytes >= 24 and (">H"):unpack(bytes, 5)
  if version == 502 and #bytes >= 40 then
    local type, _, flags, seq, length, annotations = (">BBHHII"):unpack(bytes, 7)
    return type, flags, seq, 40, annotations, length
  elseif version and version ~= 502 then
    local _, _, type, flags, seq, length, _, annotations = HEADER:unpack(bytes)
    return type, flags, seq, 24, annotations, length
  end
end

--- Takes the next whole message: its type's name ("RESULT", with "!" where it has the flag of an
--- exception), its data, its sequence number and its annotations; nil when there is none yet.
function Peer:take()
  local type, flags, seq, header, annotations, length = parse(self.received)
  local whole = type and header + annotations + length
  if not type or #self.received < whole then
    return nil
  end
  local chunks = self.received:sub(header + 1, header + annotations)
  local data = self.received:sub(header + 1 + annotations, whole)
  self.received = self.received:sub(whole + 1)
  return NAMES[type] .. (flags & raw.EXCEPTION ~= 0 and "!" or ""), data, seq, chunks
end

--- Waits for the next message; nil when the connection ends, or after `seconds`.
function Peer:message(seconds)
  local name, data, seq, annotations
  process.run_until(function()
    if not name then
      name, data, seq, annotations = self:take()
    end
    return name or self.closed
  end, seconds)
  return name, data, seq, annotations
end

--- Waits until the other side closes; false after `seconds`.
function Peer:wait_closed(seconds)
  return process.run_until(function()
    return self.closed
  end, seconds)
end

--- Shakes hands; returns the name of the answer, and what message() returns besides.
---@param annotations? string
function Peer:introduce(object, annotations)
  self:send(raw.hello(object, annotations))
  return self:message()
end

return raw
