--- Keys: names for what a terminal sends.

--- Sequences after escape.
local NAMES = {
  A = "up", B = "down", H = "home", F = "end",
  ["1~"] = "home", ["4~"] = "end", ["7~"] = "home", ["8~"] = "end",
  ["5~"] = "page up", ["6~"] = "page down",
}

--- Splits what was typed into keys: characters, and names of others; "" for unknown ones. Returns
--- them, and the start of a key whose end has not come yet.
---@param typed string
---@return string[], string
return function(typed)
  local keys, at = {}, 1
  while at <= #typed do
    local last, code = select(2, typed:find("^\27[[O]([%d;]*[%a~])", at))
    if last then
      keys[#keys + 1] = NAMES[code] or ""
    elseif typed:find("^\27[[O]?[%d;]*$", at) and #typed - at < 16 then
      return keys, typed:sub(at)
    else
      last = at
      keys[#keys + 1] = typed:sub(at, at)
    end
    at = last + 1
  end
  return keys, ""
end
