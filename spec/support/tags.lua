--- The tags by which a title says what it proves: spec/conformance.lua explains them.
local DIGIT = { Pyro4 = "4", Pyro5 = "5", Lua = "L" }

--- The tags for rows of the table, a client and a server; none between programs of the same language.
--- The table names what proves a feature wherever the specs run: with the real Pyro4, and with
--- recordings of Pyro5, which is not everywhere.
---@param rows integer[]
---@param client spec.Language
---@param server spec.Language
---@param recorded? boolean
---@return string text to be appended to the title
return function(rows, client, server, recorded)
  local column, list = DIGIT[client] .. DIGIT[server], {}
  local is_proof = (recorded or false) == (column:find "5" ~= nil)
  if is_proof and client ~= server then
    for i, row in ipairs(rows) do
      list[i] = (" #r%d:%s"):format(row, column)
    end
  end
  return table.concat(list)
end
