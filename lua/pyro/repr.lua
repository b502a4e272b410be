--- pyro.repr(value): a value in Python's notation: ['chair', 'bike'], {'price': 1.5}, None.
local core = require "pyro.core"
local numbers = require "pyro.numbers"
local ordered = require "pyro.ordered"

local escapes = { ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }

--- Quotes a string: in single quotes, unless it contains these and no double quotes.
local function quoted(text)
  local quote = text:find("'", 1, true) and not text:find('"', 1, true) and '"' or "'"
  local inner = text:gsub("[%c\\" .. quote .. "]", function(c)
    return escapes[c] or c == quote and "\\" .. c or ("\\x%02x"):format(c:byte())
  end)
  return quote .. inner .. quote
end

--- Characters beyond ASCII that Python does not print: controls, spaces, marks of direction,
--- private use.
local unprintable = { { 0x80, 0xa0 }, { 0xad, 0xad }, { 0x200b, 0x200f }, { 0x2028, 0x202f },
  { 0x205f, 0x206f }, { 0xe000, 0xf8ff }, { 0xfeff, 0xfeff }, { 0xfff9, 0xfffb } }

local function shown(character)
  local code = utf8.codepoint(character)
  for _, range in ipairs(unprintable) do
    if code >= range[1] and code <= range[2] then
      return (code < 0x100 and "\\x%02x" or "\\u%04x"):format(code)
    end
  end
end

local function text(s)
  return (quoted(s):gsub("[\xc2-\xf4][\x80-\xbf]*", shown))
end

local function bytes(data)
  local inner = quoted(data):gsub("[\x80-\xff]", function(c)
    return ("\\x%02x"):format(c:byte())
  end)
  return "b" .. inner
end

local repr

local ELISION = "..."

--- Returns whether there is room for more of a short string.
local function has_room(parents)
  return not parents.room or parents.room > 0
end

local function items(t, parents)
  local texts = {}
  for i = 1, #t do
    if not has_room(parents) then
      texts[i] = ELISION
      break
    end
    texts[i] = repr(t[i], parents)
  end
  return table.concat(texts, ", ")
end

local function dict(t, parents)
  local texts = {}
  local entries = ordered(t, function(key)
    return has_room(parents) and repr(key, parents) or ELISION
  end)
  for i, entry in ipairs(entries) do
    if not has_room(parents) then
      texts[i] = ELISION
      break
    end
    texts[i] = entry.text .. ": " .. repr(t[entry.key], parents)
  end
  return "{" .. table.concat(texts, ", ") .. "}"
end

local function is_sequence(t)
  local count = 0
  for _ in next, t do
    count = count + 1
  end
  return count == #t
end

--- Formatters of marked tables, by metatable.
local marked = {
  [core.types.dict] = dict,
  [core.types.kwargs] = dict,
  [core.types.bytes] = function(t)
    return bytes(t[1])
  end,
  [core.types.list] = function(t, parents)
    return "[" .. items(t, parents) .. "]"
  end,
  [core.types.tuple] = function(t, parents)
    return "(" .. items(t, parents) .. (#t == 1 and ",)" or ")")
  end,
  [core.types.set] = function(t, parents)
    return #t == 0 and "set()" or "{" .. items(t, parents) .. "}"
  end,
  [core.types.frozenset] = function(t, parents)
    return #t == 0 and "frozenset()" or "frozenset({" .. items(t, parents) .. "})"
  end,
  [core.error_type] = function(t, parents)
    local name = tostring(t.class):match "[^.]*$"
    return name .. "(" .. (type(t.args) == "table" and items(t.args, parents) or "") .. ")"
  end,
}

local function contents(t, parents)
  local metatable = getmetatable(t)
  if marked[metatable] then
    return marked[metatable](t, parents)
  elseif type(metatable) == "table" and (metatable.__repr or metatable.__tostring) then
    return metatable.__repr and metatable.__repr(t) or tostring(t)
  elseif is_sequence(t) then
    return "[" .. items(t, parents) .. "]"
  end
  return dict(t, parents)
end

local function table_text(t, parents)
  if parents[t] then
    return is_sequence(t) and "[...]" or "{...}"
  end
  parents[t] = true
  local result = contents(t, parents)
  parents[t] = nil
  return result
end

--- Formats a value that has no `__tostring`: with its address, as Python does, unless the result
--- must be short.
local function opaque(value, parents)
  local metatable = debug.getmetatable(value)
  local named = metatable and rawget(metatable, "__tostring")
  return parents.room and not named and "<" .. type(value) .. ">" or tostring(value)
end

local function whole(value, parents)
  if value == nil or value == core.null then
    return "None"
  elseif type(value) == "boolean" then
    return value and "True" or "False"
  elseif type(value) == "string" then
    return utf8.len(value) and text(value) or bytes(value)
  elseif math.type(value) == "float" then
    return numbers.float(value)
  elseif type(value) == "table" then
    return table_text(value, parents)
  end
  return type(value) == "number" and tostring(value) or opaque(value, parents)
end

--- Returns the start of a string, of at most so many bytes.
local function beginning(s, length)
  return s:sub(1, utf8.offset(s, 0, length + 1) - 1)
end

--- Formats a value as a short string, and reduces the room that is left.
local function short(value, parents)
  local room = parents.room
  local long = type(value) == "string" and #value > room
  parents.room = room - 2
  local result = whole(long and beginning(value, room) or value, parents)
  if type(value) ~= "table" then
    parents.room = room - #result
  end
  return long and result .. ELISION or result
end

function repr(value, parents)
  return parents.room and short(value, parents) or whole(value, parents)
end

--- Formats a value as Python's repr() does.
---@param value any
---@param room? integer about how many bytes the result may have: "..." replaces the rest, and no
---  address is shown. Unlimited by default
---@return string
return function(value, room)
  return repr(value, { room = room })
end
