--- Checks who may know whom: a room includes headers of rooms below it, never of one above or
--- beside it; only bind and host know Lua, only net knows libuv.
local may_know = {
  base = "base",
  value = "value base",
  codec = "codec value base",
  wire = "wire base",
  net = "net base",
  rpc = "rpc wire codec value net base",
  naming = "naming rpc wire codec value net base",
  bind = "include bind naming rpc wire codec value net base",
  embed = "include embed bind naming rpc wire codec value net base",
  host = "host bind include",
}

local only_in = {
  ["lua.h"] = "bind host",
  ["lauxlib.h"] = "bind host",
  ["lualib.h"] = "bind host",
  ["uv.h"] = "net",
  ["msgpack.h"] = "codec",
  ["json-c/json.h"] = "codec",
  ["pcre2.h"] = "naming",
  ["zlib.h"] = "wire",
}

local function has(words, word)
  return (" " .. words .. " "):find(" " .. word .. " ", 1, true) ~= nil
end

local function fault(room, header)
  local other = header:match "^(%w+)/"
  if may_know[other] or other == "include" then
    return not has(may_know[room], other)
  end
  return only_in[header] and not has(only_in[header], room)
end

local faults, files = 0, 0
for _, path in ipairs(arg) do
  local room = path:match "^core/(%w+)/"
  if may_know[room] then
    files = files + 1
    local number = 0
    for line in io.lines(path) do
      number = number + 1
      local header = line:match '^#include ["<](.-)[">]'
      if header and fault(room, header) then
        faults = faults + 1
        io.stderr:write(("%s:%d: %s may not know %s\n"):format(path, number, room, header))
      end
    end
  end
end
if files == 0 then
  io.stderr:write "usage: layers.lua core/*/*.[ch]\n"
end
os.exit(faults == 0 and files > 0)
