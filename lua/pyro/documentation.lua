--- Texts that say what the members of an object do: pyro.document() keeps them, and daemons tell
--- them to callers who ask.
local core = require "pyro.core"
local exposure = require "pyro.exposure"

local documentation = {}

local ITSELF = "" -- the name under which the text of an object itself travels

---@type table<table, table<string, string>> by class, then by name
local texts_of = setmetatable({}, { __mode = "k" })

--- Returns the comments in a file, lines that begin with `---`, by the number of the line below
--- them: without annotations, which follow the text.
local function comments_in(path)
  local comments, lines, number, annotated = {}, {}, 0, false
  local file <close> = io.open(path)
  if not file then
    return comments
  end
  for line in file:lines() do
    number = number + 1
    local text = line:match "^%s*%-%-%-%-* ?(.*)$"
    annotated = text and (annotated or text:sub(1, 1) == "@") or false
    if text and not annotated then
      lines[#lines + 1] = text
    elseif not text and #lines > 0 then
      comments[number], lines = table.concat(lines, "\n"):match "^(.*%S)", {}
    end
  end
  return comments
end

--- Returns the comments above the functions of a class, where their source can be read.
local function comments_of(class)
  local texts, files = {}, {}
  for name, f in next, class do
    local info = type(f) == "function" and debug.getinfo(f, "S")
    local path = info and info.source:match "^@(.*)"
    if path and type(name) == "string" then
      files[path] = files[path] or comments_in(path)
      texts[name] = files[path][info.linedefined]
    end
  end
  return texts
end

--- Checks a text and the name of its member.
local function check(name, text)
  if type(name) ~= "string" and name ~= 1 then
    error(("the name of a member must be a string, got %s"):format(tostring(name)), 3)
  elseif type(text) ~= "string" or not utf8.len(text) then
    error(("the text of '%s' must be a string in UTF-8"):format(name), 3)
  elseif #text > core.longest_text then
    error(("the text of '%s' has more than %d bytes"):format(name, core.longest_text), 3)
  end
end

--- Says what the members of a class or object do, for people who call them: help(proxy) in the
--- interactive mode, and `pyrolua inspect`, show it. Callers get only texts of members that are
--- exposed to them.
---@param class table
---@param texts? table<string|integer, string> by the members' names, at most 4096 bytes each; [1]
---  is the text of the object itself. Without texts, takes the comments above the functions of the
---  class, lines that begin with `---`, if their source files can be read
---@return table class
function documentation.document(class, texts)
  if type(class) ~= "table" then
    error("a class or object (a table) expected, got " .. type(class), 2)
  elseif texts ~= nil and type(texts) ~= "table" then
    error("a table of texts expected, got " .. type(texts), 2)
  end
  local known = texts_of[class] or {}
  for name, text in pairs(texts or comments_of(class)) do
    check(name, text)
    known[name == 1 and ITSELF or name] = text
  end
  texts_of[class] = known
  return class
end

--- Returns the texts of an object and of its members that are exposed.
---@param object table
---@return table<string, string> texts by name; "" is the name of the object itself
function documentation.of(object)
  local shown, texts = { [ITSELF] = true }, setmetatable({}, core.types.dict)
  local methods, _, attributes = exposure.describe(object)
  for _, names in ipairs { methods, attributes } do
    for _, name in ipairs(names) do
      shown[name] = true
    end
  end
  for class in exposure.lineage(object) do
    for name, text in pairs(texts_of[class] or {}) do
      if shown[name] and not texts[name] then
        texts[name] = text
      end
    end
  end
  return texts
end

return documentation
