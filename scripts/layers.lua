--- Checks who knows whom in core/. A room is a folder; rooms are inside rooms, too.
---
--- 1. A room includes headers of the rooms that it may know, and of itself, never of others.
--- 2. Only some rooms know Lua, libuv and other libraries.
--- 3. No circle of source files that use each other's functions and variables has more than three
---    members. A circle that is left is explained in a comment of one of its members that begins
---    with "Circle:".
--- 4. The functions of a source file NAME.c are declared in NAME.h, or, for its own room only, in
---    NAME_private.h. Those of the public header are declared there.
--- 5. Only core/base calls strstr(): elsewhere a decision hangs on a code, not on a message.
---
--- usage: layers.lua [--objects FOLDER] FILE.c FILE.h…
--- FOLDER has the object files, at the paths of their sources. Without it, 3 and 4 are not checked.
local BELOW_NAMING = "rpc wire codec value net base"
local LOWER = "naming/client naming/server naming/redis naming/sql naming/registry http "
  .. BELOW_NAMING

local may_know = {
  base = "",
  value = "base",
  codec = "value base",
  wire = "base",
  net = "base",
  http = "net value base",
  rpc = "wire codec value net base",
  ["naming/registry"] = BELOW_NAMING,
  ["naming/sql"] = "naming/registry " .. BELOW_NAMING,
  ["naming/redis"] = "naming/registry " .. BELOW_NAMING,
  ["naming/server"] = "naming/redis naming/sql naming/registry " .. BELOW_NAMING,
  ["naming/client"] = BELOW_NAMING,
  ["bind/base"] = "include " .. LOWER,
  ["bind/task"] = "bind/base include " .. LOWER,
  ["bind/value"] = "bind/task bind/base include " .. LOWER,
  ["bind/message"] = "bind/value bind/task bind/base include " .. LOWER,
  ["bind/client"] = "bind/message bind/value bind/task bind/base include " .. LOWER,
  ["bind/server"] = "bind/http bind/message bind/value bind/task bind/base include " .. LOWER,
  ["bind/http"] = "bind/task bind/base include " .. LOWER,
  ["bind/module"] = "bind/http bind/client bind/server bind/message bind/value bind/task bind/base "
    .. "include " .. LOWER,
  embed = "bind/module bind/http bind/task bind/base include " .. LOWER,
  host = "bind/module bind/task bind/base include",
}

local only_in = {
  ["lua.h"] = "bind host",
  ["lauxlib.h"] = "bind host",
  ["lualib.h"] = "bind host",
  ["uv.h"] = "net",
  ["openssl/bio.h"] = "net",
  ["openssl/err.h"] = "net",
  ["openssl/ssl.h"] = "net",
  ["openssl/x509v3.h"] = "net",
  ["msgpack.h"] = "codec",
  ["microhttpd.h"] = "http",
  ["json-c/json.h"] = "codec",
  ["hiredis/hiredis.h"] = "naming",
  ["pcre2.h"] = "naming",
  ["sqlite3.h"] = "naming",
  ["zlib.h"] = "wire",
}

local LARGEST_CIRCLE = 3

local function has(words, word)
  return (" " .. words .. " "):find(" " .. word .. " ", 1, true) ~= nil
end

--- The room of a path below core/, such as "rpc/client.h".
local function room_of(path)
  local folder = path:match "^(.*)/[^/]*$"
  return may_know[folder] and folder or folder and folder:match "^(%w+)/?"
end

local faults = 0

local function fault(...)
  faults = faults + 1
  io.stderr:write(string.format(...), "\n")
end

--- Tells whether a file of that room may include the header.
local function allowed(room, header)
  local other = room_of(header)
  if other == "include" or may_know[other] then
    return other == room or has(may_know[room], other)
  end
  return not only_in[header] or has(only_in[header], room:match "^%w+")
end

--- Source files by their path without ending: { knows = { [other] = names }, explained = boolean }
local files = {}

local function check_includes(path, room, text)
  local number = 0
  for line in text:gmatch "(.-)\n" do
    number = number + 1
    local header = line:match '^#include ["<](.-)[">]'
    if header and not allowed(room, header) then
      fault("%s:%d: %s may not know %s", path, number, room, header)
    elseif room ~= "base" and line:find("%f[%w_]strstr%(") then
      fault("%s:%d: strstr() outside core/base", path, number)
    end
  end
end

local function read_text(path)
  local handle = io.open(path)
  local text = handle and handle:read "a" or ""
  if handle then
    handle:close()
  end
  return text
end

local function read_source(path)
  local inside = path:match "^core/(.*)$"
  local room = inside and room_of(inside)
  if not may_know[room] then
    return
  end
  local text = read_text(path)
  check_includes(path, room, text)
  local name = inside:match "^(.*)%.c$"
  if name then
    files[name] = { name = name, knows = {}, explained = text:find("Circle:", 1, true) ~= nil }
  end
end

--- Reads the symbols of the object files: of each source, a list of names and letters.
local function read_symbols(objects)
  local command, symbols = { "nm -P -A" }, {}
  for name in pairs(files) do
    symbols[name] = {}
    table.insert(command, ("'%s/core/%s.o'"):format(objects, name))
  end
  for line in io.popen(table.concat(command, " ")):lines() do
    local path, symbol, letter = line:match "^(.-)%.o: (%S+) (%a)"
    table.insert(symbols[path:sub(#objects + #"/core/" + 1)], { symbol, letter })
  end
  return symbols
end

local function know(file, other, name)
  if other and other ~= file.name then
    file.knows[other] = file.knows[other] or {}
    table.insert(file.knows[other], name)
  end
end

local PUBLIC = read_text "core/include/pyrolua.h"

local function check_declared(file, name)
  local own = read_text("core/" .. file.name .. ".h")
    .. read_text("core/" .. file.name .. "_private.h")
  local pattern = "%f[%w_]" .. name .. "%f[^%w_]"
  if name ~= "main" and not own:find(pattern) and not PUBLIC:find(pattern) then
    fault("core/%s.c: %s() is not declared in the header of that name", file.name, name)
  end
end

local function read_objects(objects)
  local definers, symbols = {}, read_symbols(objects)
  local function each_symbol(f)
    for name, list in pairs(symbols) do
      for _, symbol in ipairs(list) do
        f(files[name], table.unpack(symbol))
      end
    end
  end
  each_symbol(function(file, name, letter)
    if letter:find "[TDBRV]" then
      definers[name] = file.name
    end
    if letter == "T" then
      check_declared(file, name)
    end
  end)
  each_symbol(function(file, name, letter)
    if letter == "U" then
      know(file, definers[name], name)
    end
  end)
end

--- The circles: lists of files that reach each other (Tarjan's strongly connected components).
local function circles()
  local index, stack, found = 0, {}, {}
  local function visit(file)
    index = index + 1
    file.index, file.low, file.open = index, index, true
    table.insert(stack, file)
    for name in pairs(file.knows) do
      local other = files[name]
      if other and not other.index then
        visit(other)
        file.low = math.min(file.low, other.low)
      elseif other and other.open then
        file.low = math.min(file.low, other.index)
      end
    end
    if file.low == file.index then
      local circle = {}
      repeat
        local member = table.remove(stack)
        member.open = false
        table.insert(circle, member)
      until member == file
      if #circle > 1 then
        table.insert(found, circle)
      end
    end
  end
  for _, file in pairs(files) do
    if not file.index then
      visit(file)
    end
  end
  return found
end

--- Lists the ties of a circle, a line for each pair of files.
local function ties(circle)
  local members, lines = {}, {}
  for _, file in ipairs(circle) do
    members[file.name] = true
  end
  for _, file in ipairs(circle) do
    for other, names in pairs(file.knows) do
      if members[other] then
        table.insert(lines, ("  %s -> %s: %s"):format(file.name, other, table.concat(names, ", ")))
      end
    end
  end
  table.sort(lines)
  return table.concat(lines, "\n")
end

local function check_circle(circle)
  local explained = false
  for _, file in ipairs(circle) do
    explained = explained or file.explained
  end
  if #circle > LARGEST_CIRCLE then
    fault("a circle of %d files:\n%s", #circle, ties(circle))
  elseif not explained then
    fault("a circle that no comment \"Circle: …\" explains:\n%s", ties(circle))
  end
end

local objects
if arg[1] == "--objects" then
  objects = arg[2]
  table.remove(arg, 1)
  table.remove(arg, 1)
end
for _, path in ipairs(arg) do
  read_source(path)
end
if not next(files) then
  fault "usage: layers.lua [--objects FOLDER] FILE…"
end
if objects then
  read_objects(objects)
  for _, circle in ipairs(circles()) do
    check_circle(circle)
  end
end
os.exit(faults == 0)
