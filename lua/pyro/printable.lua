--- Text of another program's, made fit for a terminal: none takes it for commands.

local function escaped(bytes)
  return (bytes:gsub(".", function(c)
    return ("\\x%02x"):format(c:byte())
  end))
end

--- Shows control characters as escapes, but for ends of lines and tabs, which are where the text is
--- several lines.
---@param text string
---@param one_line? boolean ends of lines and tabs, too
---@return string
return function(text, one_line)
  local high = utf8.len(text) and "\xc2[\x80-\x9f]" or "[\x80-\xff]"
  return (text:gsub(one_line and "%c" or "[^%C\n\t]", escaped):gsub(high, escaped))
end
