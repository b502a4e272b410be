--- Sorts the keys of a table as people expect, for repr and the interactive mode.

--- Compares keys: strings come first, then other kinds, each in its order; keys without an order
--- compare as they are formatted.
local function before(a, b)
  local kind = type(a.key)
  if kind ~= type(b.key) then
    return kind == "string" or type(b.key) ~= "string" and kind < type(b.key)
  elseif kind == "string" or kind == "number" then
    return a.key < b.key
  end
  return a.text < b.text
end

--- Returns the keys of a table, sorted.
---@param t table
---@param text fun(key: any): string formats a key
---@return {key: any, text: string}[]
return function(t, text)
  local entries = {}
  for key in next, t do
    entries[#entries + 1] = { key = key, text = text(key) }
  end
  table.sort(entries, before)
  return entries
end
