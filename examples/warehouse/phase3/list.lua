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

local ValueError = {
  __tostring = function(err)
    return err.class .. ": " .. err.message
  end,
}

--- Removes the first item that equals the value; without one it is an error, and a ValueError for
--- whoever called from afar, because of the field `class`.
function list.remove(t, value)
  for i, item in ipairs(t) do
    if item == value then
      table.remove(t, i)
      return
    end
  end
  local err = { class = "ValueError", message = "list.remove(x): x not in list" }
  error(setmetatable(err, ValueError))
end

return list
