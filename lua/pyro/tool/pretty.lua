--- Formats values in Lua's notation for people, in the interactive mode and in `pyrolua call`.
local core = require "pyro.core"
local ordered = require "pyro.ordered"

local WIDTH = 80 -- what fits is put on one line
local INDENT = "  "

local keywords = {}
for word in ([[and break do else elseif end false for function goto if in local nil not or repeat
  return then true until while]]):gmatch "%S+" do
  keywords[word] = true
end

--- Limits of the output.
---@class pyro.View
---@field depth? integer levels of tables
---@field items? integer items of each table
---@field bytes? integer bytes of each string
---@field parents? table<table, true> tables that are being formatted
---@field cut? boolean whether something was left out

--- Cuts a long string, and says how much is missing.
local function shortened(text, view)
  if #text <= view.bytes then
    return text, ""
  end
  view.cut = true
  local last = utf8.len(text) and utf8.offset(text, 0, view.bytes + 1) - 1 or view.bytes
  return text:sub(1, last), (" ... (%d bytes)"):format(#text)
end

--- Formats a string literal, with characters that are not seen as escapes.
local function quoted(s, view)
  local text, rest = shortened(s, view)
  return core.printable((("%q"):format(text):gsub("\\\n", "\\n"):gsub("\\9", "\\t"))) .. rest
end

local pretty

local function key_text(key, depth, view)
  if type(key) == "string" and key:find "^[%a_][%w_]*$" and not keywords[key] then
    return key
  end
  return "[" .. pretty(key, "", depth, view) .. "]"
end

--- Joins items on one line if they fit, else on one line each.
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

--- Formats the fields of a table, as many as the view allows: first those that need no key.
local function contents(t, indent, depth, view)
  local texts, count, left_out = {}, rawlen(t), 0
  local function add(before, value)
    if #texts < view.items then
      texts[#texts + 1] = before .. pretty(value, indent .. INDENT, depth - 1, view)
    else
      left_out = left_out + 1
    end
  end
  for i = 1, count do
    add("", rawget(t, i))
  end
  local entries = ordered(t, function(key)
    return key_text(key, depth - 1, view)
  end)
  for _, entry in ipairs(entries) do
    local index = math.tointeger(entry.key)
    if type(entry.key) ~= "number" or not index or index < 1 or index > count then
      add(entry.text .. " = ", rawget(t, entry.key))
    end
  end
  if left_out > 0 then
    view.cut = true
    texts[#texts + 1] = ("... (%d more)"):format(left_out)
  end
  return braces(texts, indent)
end

--- Returns whether a table without a mark would travel as a list, or as a dict with string keys.
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

--- The prefix of the braces, by metatable.
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

local function table_text(t, indent, depth, view)
  local metatable = getmetatable(t)
  if metatable == core.types.bytes then
    return "pyro.bytes " .. quoted(t[1], view)
  elseif type(metatable) == "table" and metatable.__tostring then
    return core.printable(table.concat { shortened(tostring(t), view) })
  elseif view.parents[t] then
    return "{...}"
  elseif depth == 0 and next(t) ~= nil then
    view.cut = true
    return "{...}"
  end
  view.parents[t] = true
  local before = marks[metatable] and marks[metatable](t) or ""
  local text = before .. contents(t, indent, depth, view)
  view.parents[t] = nil
  return text
end

function pretty(value, indent, depth, view)
  if value == core.null then
    return "pyro.null"
  elseif type(value) == "string" then
    return quoted(value, view)
  elseif type(value) == "table" then
    return table_text(value, indent, depth, view)
  end
  return tostring(value)
end

--- Formats a value.
---@param value any
---@param view? pyro.View default: without limits
---@return string, boolean cut whether something was left out
return function(value, view)
  view = view or {}
  local state = {
    items = view.items or math.huge,
    bytes = view.bytes or math.huge,
    parents = {},
    cut = false,
  }
  return pretty(value, "", view.depth or math.huge, state), state.cut
end
