--- The keys of a table in an order that people expect.

--- Texts first, then other keys; each kind in order. What has no order has its text's.
local function before(a, b)
  local kind = type(a.key)
  if kind ~= type(b.key) then
    return kind == "string" or type(b.key) ~= "string" and kind < type(b.key)
  elseif kind == "string" or kind == "number" then
    return a.key < b.key
  end
  return a.text < b.text
end

---@param t table
---@param text fun(key: any): string how a key is shown
---@return {key: any, text: string}[]
return function(t, text)
  local entries = {}
  for key in next, t do
    entries[#entries + 1] = { key = key, text = text(key) }
  end
  table.sort(entries, before)
  return entries
end
