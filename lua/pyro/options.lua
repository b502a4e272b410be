--- Checks the names in a table of options: a misspelt one shall not go unnoticed.
---@param options? table
---@param known string names with a space between
---@return table options
return function(options, known)
  if options ~= nil and type(options) ~= "table" then
    error("options must be a table, got " .. type(options), 3)
  end
  for name in pairs(options or {}) do
    if not (" " .. known .. " "):find(" " .. tostring(name) .. " ", 1, true) then
      error(("unknown option '%s' (known: %s)"):format(tostring(name), known), 3)
    end
  end
  return options or {}
end
