--- pyro.repr(value): a value as Python would show it: ['chair', 'bike'], {'price': 1.5}, None.
local core = require "pyro.core"
local numbers = require "pyro.numbers"
local ordered = require "pyro.ordered"

local escapes = { ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }

--- In single quotes, unless only those occur in it.
local function quoted(text)
  local quote = text:find("'", 1, true) and not text:find('"', 1, true) and '"' or "'"
  local inner = text:gsub("[%c\\" .. quote .. "]", function(c)
    return escapes[c] or c == quote and "\\" .. c or ("\\x%02x"):format(c:byte())
  end)
  return quote .. inner .. quote
end

--- Characters beyond ASCII that Python does not print: controls, spaces, marks of direction, and
--- those for private use.
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

local function items(t, parents)
  local texts = {}
  for i = 1, #t do
    texts[i] = repr(t[i], parents)
  end
  return table.concat(texts, ", ")
end

local function dict(t, parents)
  local texts = {}
  local entries = ordered(t, function(key)
    return repr(key, parents)
  end)
  for i, entry in ipairs(entries) do
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

--- How tables with these metatables are shown.
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
  [core.Error] = function(t, parents)
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

function repr(value, parents)
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
  return tostring(value)
end

--- The text of a value as Python's repr() writes it.
---@param value any
---@return string
return function(value)
  return repr(value, {})
end
