--- The reference of the API, as plain text for a terminal.
local reference = require "pyro.tool.reference" -- docs/api/lua.md

local WIDTH = 80

local manual = {}

---@class pyro.Section
---@field title string a signature, or the name of a class
---@field lines string[] in Markdown

---@type table<string, pyro.Section> by name: "pyro.sleep", "daemon:register"
local functions = {}
---@type table<string, pyro.Section> by name in small letters: "pyro.event", or "pyro" itself
local classes = {}
---@type table<string, pyro.Section[]> the functions of each class, likewise
local members = {}

--- Reads the headings of the reference, and the lines below each.
local function read()
  local section, class = { lines = {} }, nil
  for line in reference:gmatch "([^\n]*)\n" do
    local title = line:match "^## (%S+)$"
    local signature = line:match "^### `(.+)`$"
    if title then
      section, class = { title = title, lines = {} }, title:lower()
      classes[class], members[class] = section, {}
    elseif signature then
      section = { title = signature, lines = {} }
      functions[signature:match "^[^(]+"] = section
      table.insert(members[class], section)
    elseif line == "### Others" then
      section = classes[class]
    else
      table.insert(section.lines, line)
    end
  end
end

read()

--- Breaks a text into lines, indented by `first`, then by `other`.
local function wrap(text, first, other)
  local lines, line = {}, first
  for word in text:gsub("`", ""):gmatch "%S+" do
    local begun = line:find "%S" ~= nil
    if begun and #line + 1 + #word > WIDTH then
      lines[#lines + 1], line = line, other .. word
    else
      line = line .. (begun and " " or "") .. word
    end
  end
  lines[#lines + 1] = line
  return table.concat(lines, "\n")
end

--- Formats a line of Markdown; nil for the head of a table.
local function plain(line)
  local name, kind, meaning = line:match "^| `(.-)` | `(.-)` | (.*) |$"
  if name then
    local after = meaning ~= "" and ": " .. meaning or ""
    return wrap(("%s (%s)%s"):format(name, kind:gsub("\\|", "|"), after), "  ", "      ")
  elseif line:sub(1, 1) ~= "|" then
    return wrap(line, "", "")
  end
end

local function text_of(lines)
  local out = {}
  for _, line in ipairs(lines) do
    out[#out + 1] = plain(line)
  end
  return (table.concat(out, "\n"):gsub("\n\n+", "\n\n"):match "^\n*(.-)%s*$")
end

--- Returns the signatures of functions, each with the first sentence of its text.
local function overview(list)
  local out = {}
  for _, member in ipairs(list) do
    local text = member.lines[1]
    out[#out + 1] = "  " .. member.title
    out[#out + 1] = wrap(text:match "^.-%.%f[%s\0]" or text, "      ", "      ")
  end
  return table.concat(out, "\n")
end

--- Describes a function.
---@param name string as in "pyro.sleep" or "daemon:register"
---@return string?
function manual.of_function(name)
  local section = functions[name]
  return section and section.title .. "\n" .. text_of(section.lines)
end

--- Describes a class: its fields and methods.
---@param name string as in "pyro.Event", in any case; "pyro" is the module
---@return string?
function manual.of_class(name)
  name = name:lower()
  local section = classes[name]
  if not section then
    return nil
  end
  local parts = { section.title }
  for _, part in ipairs { text_of(section.lines), overview(members[name]) } do
    parts[#parts + 1] = part ~= "" and part or nil
  end
  return table.concat(parts, "\n\n")
end

return manual
