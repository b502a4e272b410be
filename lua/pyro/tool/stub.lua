--- `pyrolua stub URI`: prints annotations of a remote object for LuaLS, with which editors
--- complete its names.
local cli = require "pyro.tool.cli"
local core = require "pyro.core"
local description = require "pyro.tool.description"

local stub = {}

--- Makes a class name that LuaLS accepts from the id of an object.
local function class_name(id)
  local name = id:gsub("[^%w_.]", "_")
  return name:find "^%a" and name or "object_" .. name
end

--- Formats the name of a field for annotations. A name that is no identifier comes from another
--- program: it must not end the comment that it is written in.
local function field_name(name)
  if name:find "^[%a_][%w_]*$" then
    return name
  end
  local quoted = name:gsub('["\\]', { ['"'] = "\\x22", ["\\"] = "\\x5c" })
  return '["' .. core.printable(quoted, true) .. '"]'
end

--- Formats what a server says of something as one line.
local function remark(before, text)
  return text and before .. core.printable(text:gsub("%s+", " "), true) or ""
end

--- Returns the annotation of a method.
local function method_line(class, name, is_oneway, text)
  local kind = is_oneway and " oneway: sends no answer" .. remark("; ", text)
    or ": any" .. remark(" ", text)
  return ("---@field %s fun(self: %s, ...: any)%s"):format(field_name(name), class, kind)
end

--- Returns a file of annotations, as a string.
---@param object pyro.Description
---@param class string
---@return string
function stub.text(object, class)
  local docs = object.docs
  local lines = {
    "---@meta",
    "",
    "--- " .. remark("", docs[""] and docs[""] .. " ")
      .. "In a program: local proxy = pyro.Proxy(uri) ---@type " .. class,
    ("---@class %s: pyro.Proxy"):format(class),
  }
  local oneway = {}
  for _, name in ipairs(object.oneway) do
    oneway[name] = true
  end
  for _, name in ipairs(object.methods) do
    lines[#lines + 1] = method_line(class, name, oneway[name], docs[name])
  end
  for _, name in ipairs(object.attributes) do
    lines[#lines + 1] = ("---@field %s any%s"):format(field_name(name), remark(" ", docs[name]))
  end
  return table.concat(lines, "\n")
end

local function run(options)
  local proxy <close> = cli.connect(options)
  local object = description.of(proxy)
  print(stub.text(object, options.class or class_name(proxy._pyroUri.object)))
end

local function check_class(text)
  if text:find "^[%a_][%w_.]*$" then
    return text
  end
  return nil, ("a class's name is letters, digits, _ and dots, not '%s'"):format(text)
end

--- Describes the command line to a parser, or to the generator of completions.
function stub.command_line(parser)
  parser:description("Prints annotations of a remote object for the Lua language server (LuaLS). "
    .. "Save them in your workspace, and editors complete its methods.")
  cli.add_proxy_options(parser)
  parser:option("-c --class", "name of the class; by default made from the object's id")
    :convert(check_class)
  return parser
end

--- Runs the program.
---@param ... string command line arguments
---@return integer exit status
function stub.main(...)
  return cli.run_remote(run, cli.parser("pyrolua stub", stub.command_line):parse { ... })
end

return stub
