--- pyro.repr(value): a value as Python would show it: ['chair', 'bike'], {'price': 1.5}, None.
local core = require "pyro.core"

local escapes = { ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }

--- In single quotes, unless only those occur in it.
local function quoted(text)
  local quote = text:find("'", 1, true) and not text:find('"', 1, true) and '"' or "'"
  local inner = text:gsub("[%c\\" .. quote .. "]", function(c)
    return escapes[c] or c == quote and "\\" .. c or ("\\x%02x"):format(c:byte())
  end)
  return quote .. inner .. quote
end

local function bytes(data)
  local inner = quoted(data):gsub("[\x80-\xff]", function(c)
    return ("\\x%02x"):format(c:byte())
  end)
  return "b" .. inner
end

--- The fewest digits that stand for the number, and its decimal exponent.
local function shortest_digits(x)
  for precision = 0, 16 do
    local text = ("%." .. precision .. "e"):format(x)
    if tonumber(text) == x then
      local digits, exponent = text:match "^(.-)e([+-]%d+)$"
      return (digits:gsub("%.", "")), math.tointeger(exponent)
    end
  end
end

local function float(x)
  if x ~= x then
    return "nan"
  elseif x == math.huge or x == -math.huge then
    return x > 0 and "inf" or "-inf"
  end
  local digits, exponent = shortest_digits(math.abs(x))
  local sign = (x < 0 or 1 / x < 0) and "-" or ""
  if exponent >= 16 or exponent < -4 then
    local fraction = #digits > 1 and "." .. digits:sub(2) or ""
    return ("%s%s%se%s%02d"):format(sign, digits:sub(1, 1), fraction, exponent < 0 and "-" or "+",
      math.abs(exponent))
  elseif exponent < 0 then
    return sign .. "0." .. ("0"):rep(-exponent - 1) .. digits
  end
  digits = digits .. ("0"):rep(exponent + 2 - #digits)
  return sign .. digits:sub(1, exponent + 1) .. "." .. digits:sub(exponent + 2)
end

local repr

local function items(t, parents)
  local texts = {}
  for i = 1, #t do
    texts[i] = repr(t[i], parents)
  end
  return table.concat(texts, ", ")
end

--- Texts first, then other keys; each kind in order.
local function key_order(a, b)
  if type(a) ~= type(b) then
    return type(a) == "string" or type(b) ~= "string" and type(a) < type(b)
  elseif type(a) == "string" or type(a) == "number" then
    return a < b
  end
  return tostring(a) < tostring(b)
end

local function dict(t, parents)
  local keys, texts = {}, {}
  for key in next, t do
    keys[#keys + 1] = key
  end
  table.sort(keys, key_order)
  for i, key in ipairs(keys) do
    texts[i] = repr(key, parents) .. ": " .. repr(t[key], parents)
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
  [core.types.tuple] = function(t, parents)
    return "(" .. items(t, parents) .. (#t == 1 and ",)" or ")")
  end,
  [core.types.set] = function(t, parents)
    return #t == 0 and "set()" or "{" .. items(t, parents) .. "}"
  end,
  [core.Error] = function(t, parents)
    return t.class .. "(" .. items(t.args, parents) .. ")"
  end,
}

local function contents(t, parents)
  local metatable = getmetatable(t)
  if marked[metatable] then
    return marked[metatable](t, parents)
  elseif type(metatable) == "table" and metatable.__tostring then
    return tostring(t)
  elseif is_sequence(t) then
    return "[" .. items(t, parents) .. "]"
  end
  return dict(t, parents)
end

local function table_text(t, parents)
  if parents[t] then
    return "..."
  end
  parents[t] = true
  local text = contents(t, parents)
  parents[t] = nil
  return text
end

function repr(value, parents)
  if value == nil or value == core.null then
    return "None"
  elseif type(value) == "boolean" then
    return value and "True" or "False"
  elseif type(value) == "string" then
    return utf8.len(value) and quoted(value) or bytes(value)
  elseif math.type(value) == "float" then
    return float(value)
  elseif type(value) == "table" then
    return table_text(value, parents)
  end
  return tostring(value)
end

---@param value any
---@return string
return function(value)
  return repr(value, {})
end
