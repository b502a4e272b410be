--- Makes the table of all settings in docs/administration.md.
--- usage: pyrolua scripts/settings.lua [--check]
--- Names, values and origins are those of core/base/config.h, defaults those of the program. With
--- --check, compares the table instead. A setting that docs/settings.md does not explain is an
--- error.
local pyro = require "pyro"

local PAGE = "docs/administration.md"
local EXPLAINED = "docs/settings.md"
local BEGIN, END = "<!-- settings, by 'make docs' -->\n", "<!-- end of settings -->\n"
local ITEM = "\n    X%((%l+), ([%u_%d]+), .-, ([%l_]+), ([%l%d]+)%)"
local ORIGINS = { own = "pyrolua", pyro4 = "Pyro4", pyro5 = "Pyro5", both = "Pyro4, Pyro5" }
local TYPES = { bool = "true, false", text = "text", list = "a list" }

local function read(path)
  local file <close> = assert(io.open(path))
  return file:read "a"
end

local function fail(text, ...)
  io.stderr:write("scripts/settings.lua: ", text:format(...), "\n")
  os.exit(1)
end

--- Returns the link to a heading.
local function anchor(heading)
  return "settings.md#" .. heading:lower():gsub("[^%w ]", ""):gsub(" ", "-")
end

--- Returns the links to where settings are explained, by their names.
local function explanations()
  local links, heading = {}, ""
  for line in read(EXPLAINED):gmatch "[^\n]+" do
    heading = line:match "^## (.+)" or heading
    local name = line:match "^| `([%u_%d]+)` |"
    if name then
      links[name] = anchor(heading)
    end
  end
  return links
end

--- Returns the values of ranges as config.h describes them.
local function ranges(header)
  local values = {}
  for name, text in header:gmatch "PYRO_RANGE_([%l_]+),%s+/%*%*< (.-) %*/" do
    values[name] = text
  end
  values.any = nil
  return values
end

local function default(name)
  local value = pyro.config[name]
  if type(value) == "table" then
    value = table.concat(value, ",")
  end
  return (value == nil or value == "") and "" or ("`%s`"):format(value)
end

local function made()
  local header = read "core/base/config.h"
  local links, values = explanations(), ranges(header)
  local rows = { "| setting | default | values | of |\n| --- | --- | --- | --- |\n" }
  for kind, name, range, origin in header:gmatch(ITEM) do
    local link = links[name] or fail("%s does not explain the setting %s", EXPLAINED, name)
    rows[#rows + 1] = ("| [`%s`](%s) | %s | %s | %s |\n"):format(name, link, default(name),
      values[range] or TYPES[kind], ORIGINS[origin])
  end
  return table.concat(rows)
end

pyro.config.reset(false)
local page = read(PAGE)
local _, first = page:find(BEGIN, 1, true)
local last = page:find(END, 1, true)
local new = page:sub(1, first) .. made() .. page:sub(last)
if arg[1] ~= "--check" then
  local file <close> = assert(io.open(PAGE, "w"))
  file:write(new)
elseif new ~= page then
  fail("the table in %s is an old one: run 'make docs'", PAGE)
end
