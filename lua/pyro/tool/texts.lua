--- Texts that servers send, and clients are shown: they are UTF-8, as JSON has to be, and short.
local texts = { SHORT = 255 } -- bytes of a name

local LONGEST = 4096 -- bytes

--- Returns whether a value is such a text.
---@param value any
---@param most? integer bytes
function texts.is(value, most)
  return type(value) == "string" and #value <= (most or LONGEST) and utf8.len(value) ~= nil
end

--- Returns the beginning of a string, as far as it is UTF-8.
---@param text string
---@param most? integer bytes
function texts.beginning(text, most)
  local _, strange = utf8.len(text)
  local length = math.min((strange or #text + 1) - 1, most or LONGEST)
  return length < #text and text:sub(1, utf8.offset(text, 0, length + 1) - 1) or text
end

return texts
