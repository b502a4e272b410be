--- The tags by which a title says what it proves: spec/conformance.lua explains them.
local DIGIT = { Pyro4 = "4", Pyro5 = "5", Lua = "L" }

--- The tags for rows of the table, a client and a server; none between programs of the same language.
---@param rows integer[]
---@param client spec.Language
---@param server spec.Language
---@return string text to be appended to the title
return function(rows, client, server)
  local column, list = DIGIT[client] .. DIGIT[server], {}
  if DIGIT[client] ~= DIGIT[server] then
    for i, row in ipairs(rows) do
      list[i] = (" #r%d:%s"):format(row, column)
    end
  end
  return table.concat(list)
end
