--- What Python's lists do and Lua's tables do not.
local list = {}

local escapes = { ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }

--- A string as Python shows it: in single quotes, unless only those occur in it.
local function quoted(s)
  local quote = s:find("'", 1, true) and not s:find('"', 1, true) and '"' or "'"
  local text = s:gsub("[%c\\" .. quote .. "]", function(c)
    return escapes[c] or c == quote and "\\" .. c or ("\\x%02x"):format(c:byte())
  end)
  return quote .. text .. quote
end

--- The list as Python prints it: ['chair', 'bike'].
function list.text(t)
  local items = {}
  for i, item in ipairs(t) do
    items[i] = type(item) == "string" and quoted(item) or tostring(item)
  end
  return "[" .. table.concat(items, ", ") .. "]"
end

--- Appends all items of another list.
function list.extend(t, items)
  table.move(items, 1, #items, #t + 1, t)
end

--- Whether an item of the list equals the value.
function list.contains(t, value)
  for _, item in ipairs(t) do
    if item == value then
      return true
    end
  end
  return false
end

return list
