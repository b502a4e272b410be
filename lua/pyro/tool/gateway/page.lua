--- The page at /pyro/.
local access = require "pyro.tool.gateway.access"
local answers = require "pyro.tool.gateway.answers"

local page = {}

local TEMPLATE = [[
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Remote objects</title>
</head>
<body>
<h1>Remote objects</h1>
<p>This is a gateway to objects that programs in Lua, C and Python serve. Other programs call
their methods by HTTP and JSON: a request to <code>/pyro/NAME/METHOD?argument=value</code>, by GET
or POST, is a call of a method, whose result is the answer. The body of a POST may also be JSON: an
object has named arguments, a list has others. Results that come one by one are lines of JSON or,
where the request accepts <code>text/event-stream</code>, events.</p>
<p>These names are exposed by the name server at %s:</p>
<ul>
%s</ul>
<p>Each link leads to what the gateway knows of an object: the names of its methods, which are
called by the names behind the last slash, and of its attributes, which are read the same way.</p>
</body>
</html>
]]

local ESCAPES = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }

--- Formats text for HTML.
local function escape(text)
  return (text:gsub("[&<>\"]", ESCAPES))
end

--- Formats a part of a path.
local function encode(text)
  return (text:gsub("[^%w._~-]", function(character)
    return ("%%%02X"):format(character:byte())
  end))
end

local function item(name)
  return ('<li><a href="%s/$meta">%s</a></li>\n'):format(encode(name), escape(name))
end

--- Answers with the page. It is for everybody, so it lists only what all may use.
---@param gateway pyro.Gateway
---@param request table
function page.answer(gateway, request)
  local ok, names = pcall(gateway.names.list, gateway.names)
  if not ok then
    return answers.text(500,
      "Cannot connect to the Pyro name server. Is it running? Refresh page to retry.")
  end
  local items, anybody = {}, { address = request.peer }
  for _, name in ipairs(names) do
    if not gateway.keys and access.allows(gateway, anybody, name) then
      items[#items + 1] = item(name)
    end
  end
  return answers.page(TEMPLATE:format(escape(gateway.names:location()), table.concat(items)))
end

return page
