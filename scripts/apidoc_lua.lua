--- Writes the reference of the Lua API from its annotations: pyrolua apidoc_lua.lua FILES...
--- Describes the fields of `require "pyro"`, and the classes that these name. A public function
--- without a description is an error.
local pyro = require "pyro"

local out, classes = {}, {}
local in_c = {} -- the blocks of functions of pyro that are written in C, by name

local function put(...)
  out[#out + 1] = table.concat { ... }
end

--- Parses the annotations of a comment: its description, and a list of values for each tag.
local function annotations_of(comment)
  local found, last = { text = {} }, nil
  for tag in ("param return field overload class generic type meta"):gmatch "%a+" do
    found[tag] = {}
  end
  for line in comment:gmatch "%-%-%-([^\n]*)\n" do
    local tag, rest = line:match "^@(%w+)%s*(.*)$"
    if tag then
      last = assert(found[tag], tag)
      last[#last + 1] = rest
    elseif last then
      last[#last] = last[#last] .. " " .. line:match "^%s*(.*)$"
    else
      table.insert(found.text, (line:gsub("^ ", "")))
    end
  end
  found.text = table.concat(found.text, "\n"):gsub("([^\n])\n([^\n])", "%1 %2")
  return found
end

local function sorted_names(t)
  local names = {}
  for name in pairs(t) do
    names[#names + 1] = name
  end
  table.sort(names)
  return names
end

--- Splits an annotation into the type at its start, and the rest. A type ends at a space outside of
--- its brackets, unless more has to come.
local function split_type(text)
  local depth, position = 0, 1
  while position <= #text do
    local c = text:sub(position, position)
    if c:find "[<({%[]" then
      depth = depth + 1
    elseif c:find "[>)}%]]" then
      depth = depth - 1
    elseif c == " " and depth == 0 and not text:sub(1, position - 1):find "[:|,]$" then
      break
    end
    position = position + 1
  end
  return text:sub(1, position - 1), text:sub(position + 1)
end

local function code(text)
  return "`" .. text .. "`"
end

--- Formats code for a cell of a table, where bars separate columns.
local function code_cell(text)
  return (code(text):gsub("|", "\\|"))
end

--- Writes a table of named things, with their types and meanings.
local function put_table(head, lines)
  if #lines == 0 then
    return
  end
  put("\n| ", head, " | type | |\n| --- | --- | --- |")
  for _, line in ipairs(lines) do
    local name, rest = line:match "^(%S+)%s+(.*)$"
    local kind, meaning = split_type(rest)
    if name:find "%?$" then
      name, kind = name:sub(1, -2), kind .. "?"
    end
    put("| ", code_cell(name), " | ", code_cell(kind), " | ", meaning, " |")
  end
end

local function put_function(signature, comment)
  local a = annotations_of(comment:gsub("%-%-%-@generic T: (%w+)\n(.*)", function(kind, rest)
    return rest:gsub("%f[%w]T%f[%W]", kind)
  end))
  assert(a.text:find "%u", signature .. " has no description")
  put("\n### ", code(signature), "\n", a.text)
  put_table("argument", a.param)
  for _, result in ipairs(a["return"]) do
    local kind, meaning = split_type(result)
    put("\nReturns ", code(kind), meaning ~= "" and ": " or "", meaning)
  end
end

--- Returns the blocks of a file, each a comment and the line below it, by the line's number.
local function blocks_of(path)
  local blocks, comment, number = {}, "", 0
  for line in io.lines(path) do
    number = number + 1
    if line:find "^%s*%-%-%-" then
      comment = comment .. line:match "^%s*(.*)$" .. "\n"
    else
      blocks[number] = { comment = comment, line = line }
      comment = ""
    end
  end
  return blocks, number
end

--- Collects the classes of a file: their comments, fields, and methods in Lua.
local function read_classes(path)
  local blocks, count = blocks_of(path)
  local owners = {}
  for number = 1, count do
    local block = blocks[number] or { comment = "", line = "" }
    local name = block.comment:match "%-%-%-@class ([%w_.]+)"
    local variable, method, arguments = block.line:match "^function ([%w_]+)([.:][%w_.]+)(%b())"
    if name then
      local class = classes[name] or { name = name, comments = {}, methods = {} }
      classes[name] = class
      table.insert(class.comments, block.comment)
      owners[block.line:match "^local ([%w_]+) =" or ""] = class
    elseif owners[variable] == classes.pyro and variable and block.line:find " end$" then
      in_c["pyro" .. method] = block
    elseif owners[variable] and owners[variable] ~= classes.pyro and not method:find "^.__"
    then
      -- one that is made at run time may be in lua/meta
      local known = owners[variable].methods[method]
      owners[variable].methods[method] = known and known.comment ~= "" and known
        or { arguments = arguments, comment = block.comment }
    end
  end
end

local function put_class(class)
  put("\n## ", class.name)
  local fields = {}
  for _, comment in ipairs(class.comments) do
    local a = annotations_of(comment)
    local more = a.class[1]:match "^[%w_.]+%s*:?%s*(.*)$"
    local base = more:match "^pyro%.[%w_.]+$"
    assert(base or more == "" or more == "userdata" or more == "string", class.name)
    put(a.text)
    if base then
      put("\nIt has the fields of ", code(base), ", and these:")
    end
    table.move(a.field, 1, #a.field, #fields + 1, fields)
  end
  put_table("field", fields)
  for _, name in ipairs(sorted_names(class.methods)) do
    local method = class.methods[name]
    put_function(class.name:match "%w+$":lower() .. name .. method.arguments, method.comment)
  end
end

--- Returns the block of a function that is written in Lua.
local function definition(f)
  local info = debug.getinfo(f, "S")
  local path = info.source == "@pyro.lua" and "lua/pyro/init.lua" or "lua/" .. info.source:sub(2)
  return blocks_of(path)[info.linedefined]
end

local function put_defined(name, f)
  local block = in_c[name] or definition(f)
  put_function(name .. block.line:match "%b()":gsub("_, ", ""), block.comment)
end

--- Writes the functions of a table. Lua knows where each is defined.
local function put_functions(prefix, t)
  for _, name in ipairs(sorted_names(t)) do
    if type(t[name]) == "function" then
      put_defined(prefix .. name, t[name])
    end
  end
end

--- Writes a function of a module that is not part of pyro.
local function put_of_module(module, name)
  put("\n## ", module)
  put_defined(("require %q.%s"):format(module, name), require(module)[name])
end

--- Returns the classes that a string names and that are not described yet, in order.
local function spoken_of(text, known)
  local names = {}
  for name in text:gmatch "pyro%.[%a]+" do
    if classes[name] and not known[name] then
      known[name] = true
      names[#names + 1] = name
    end
  end
  table.sort(names)
  return names
end

for _, path in ipairs(arg) do
  read_classes(path)
end
put "# The Lua API"
put "This reference is generated from annotations in the source. Guides: for"
put "[Lua users](../lua.md), for [Python users](../python.md).\n"
put("A script begins with `local pyro = require \"pyro\"`. In the interactive mode of `pyrolua`, "
  .. "and in the code of `-e`, the module is the global `pyro`.\n")
put "## pyro"
put_functions("pyro.", pyro)
put_defined("pyro.Daemon", getmetatable(pyro.Daemon).__call)
put_functions("pyro.Daemon.", pyro.Daemon)
put_functions("pyro.ndarray.", pyro.ndarray)
put "\n### Others"
local fields = {}
for _, comment in ipairs(classes.pyro.comments) do
  local more = annotations_of(comment).field
  table.move(more, 1, #more, #fields + 1, fields)
end
put_table("field", fields)
put_of_module("pyro.naming", "startNS")
put_of_module("pyro.gateway", "start")
local known, first = { ["pyro"] = true }, 1
while first <= #out do
  local text = table.concat(out, "\n", first)
  first = #out + 1
  for _, name in ipairs(spoken_of(text, known)) do
    put_class(classes[name])
  end
end
print((table.concat(out, "\n"):gsub("\n\n\n+", "\n\n")))
