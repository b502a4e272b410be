--- Values as a Lua program would write them, laid out for people: what the interactive mode and
--- `pyrolua call` show.
local core = require "pyro.core"
local ordered = require "pyro.ordered"
local printable = require "pyro.printable"

local WIDTH = 80 -- what fits is put on one line
local INDENT = "  "

local keywords = {}
for word in ([[and break do else elseif end false for function goto if in local nil not or repeat
  return then true until while]]):gmatch "%S+" do
  keywords[word] = true
end

--- A string literal that no terminal takes for commands.
local function quoted(s)
  return printable((("%q"):format(s):gsub("\\\n", "\\n"):gsub("\\9", "\\t")))
end

local pretty

local function key_text(key, depth, parents)
  if type(key) == "string" and key:find "^[%a_][%w_]*$" and not keywords[key] then
    return key
  end
  return "[" .. pretty(key, "", depth, parents) .. "]"
end

--- On one line where they fit there, else each on its own.
local function braces(texts, indent)
  local length, broken = #indent + 4, false
  for _, text in ipairs(texts) do
    length = length + #text + 2
    broken = broken or text:find("\n", 1, true) ~= nil
  end
  if #texts == 0 then
    return "{}"
  elseif broken or length > WIDTH then
    local inner = "\n" .. indent .. INDENT
    return "{" .. inner .. table.concat(texts, "," .. inner) .. "\n" .. indent .. "}"
  end
  return "{ " .. table.concat(texts, ", ") .. " }"
end

--- The fields of a table: first those that need no key.
local function contents(t, indent, depth, parents)
  local texts, count = {}, rawlen(t)
  for i = 1, count do
    texts[i] = pretty(rawget(t, i), indent .. INDENT, depth - 1, parents)
  end
  local entries = ordered(t, function(key)
    return key_text(key, depth - 1, parents)
  end)
  for _, entry in ipairs(entries) do
    local index = math.tointeger(entry.key)
    if type(entry.key) ~= "number" or not index or index < 1 or index > count then
      texts[#texts + 1] = entry.text .. " = "
        .. pretty(rawget(t, entry.key), indent .. INDENT, depth - 1, parents)
    end
  end
  return braces(texts, indent)
end

--- Whether a table without a mark would travel as a list, or a dict with texts as keys.
local function needs_mark(dict)
  for key in next, dict do
    if math.type(key) == "integer" then
      return true
    end
  end
  return next(dict) == nil
end

local function mark(name)
  return function()
    return "pyro." .. name .. " "
  end
end

--- What comes before the braces of a table with one of these metatables.
local marks = {
  [core.types.dict] = function(t)
    return needs_mark(t) and "pyro.dict " or ""
  end,
  [core.types.list] = mark "list",
  [core.types.tuple] = mark "tuple",
  [core.types.set] = mark "set",
  [core.types.frozenset] = mark "frozenset",
  [core.types.kwargs] = mark "kwargs",
}

local function table_text(t, indent, depth, parents)
  local metatable = getmetatable(t)
  if metatable == core.types.bytes then
    return "pyro.bytes " .. quoted(t[1])
  elseif type(metatable) == "table" and metatable.__tostring then
    return printable(tostring(t))
  elseif parents[t] or depth == 0 and next(t) ~= nil then
    return "{...}"
  end
  parents[t] = true
  local before = marks[metatable] and marks[metatable](t) or ""
  local text = before .. contents(t, indent, depth, parents)
  parents[t] = nil
  return text
end

function pretty(value, indent, depth, parents)
  if value == core.null then
    return "pyro.null"
  elseif type(value) == "string" then
    return quoted(value)
  elseif type(value) == "table" then
    return table_text(value, indent, depth, parents)
  end
  return tostring(value)
end

---@param value any
---@param depth? integer tables that are nested deeper are not shown; default: all are
---@return string
return function(value, depth)
  return pretty(value, "", depth or math.huge, {})
end
