--- Makes strings of other programs safe to print: a terminal would obey their control characters.

local function escaped(bytes)
  return (bytes:gsub(".", function(c)
    return ("\\x%02x"):format(c:byte())
  end))
end

-- U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069: they change the direction of what follows.
local DIRECTIONS = { "\xe2\x80[\x8e\x8f\xaa-\xae]", "\xe2\x81[\xa6-\xa9]" }

--- Replaces control characters, and those that change the direction of text, by escapes. Keeps
--- ends of lines and tabs, unless the string must be one line.
---@param text string
---@param one_line? boolean replace ends of lines and tabs, too
---@return string
return function(text, one_line)
  local high = utf8.len(text) and "\xc2[\x80-\x9f]" or "[\x80-\xff]"
  text = text:gsub(one_line and "%c" or "[^%C\n\t]", escaped):gsub(high, escaped)
  for _, pattern in ipairs(DIRECTIONS) do
    text = text:gsub(pattern, escaped)
  end
  return text
end
