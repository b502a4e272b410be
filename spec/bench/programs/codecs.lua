--- Encodes and decodes a document in Lua. usage: codecs.lua NAME [FILE [encode|decode]]: pyrolua's
--- serializer NAME, or the module NAME (cjson, dkjson); FILE is where pyrolua's json of the document
--- goes, for Python; with one of the two words, only that is done.
local codecs = require "codecs"

local name, path, only = table.unpack(arg)

local function document()
  local records = {}
  for i = 1, 1000 do
    records[i] = {
      id = i * 7919,
      name = ("customer number %d"):format(i),
      price = i * 1.37 + 0.1,
      active = i % 3 == 0,
      tags = { "new", "north", ("group %d"):format(i % 10) },
      place = { x = i / 3, y = -i / 7, floor = i % 5 },
    }
  end
  return records
end

local ours = { msgpack = true, serpent = true, json = true, pickle = true }
local module = ours[name] and {
  encode = function(value)
    return codecs.encode(name, value)
  end,
  decode = function(text)
    return codecs.decode(name, text)
  end,
} or require(name)

local value = document()
if path then
  local file <close> = assert(io.open(path, "w"))
  file:write(codecs.encode("json", value))
end
local encode, decode = module.encode, module.decode
local encoded = encode(value)
assert(decode(encoded)[1000].name == value[1000].name)

local function work()
  if only == "encode" then
    encode(value)
  elseif only == "decode" then
    decode(encoded)
  else
    decode(encode(value))
  end
end

print "ready"
io.stdout:flush()
for line in io.lines() do
  for _ = 1, math.tointeger(line) do
    work()
  end
  print "done"
  io.stdout:flush()
end
