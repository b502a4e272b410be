--- The parts of a remote object: names of its members, and texts about them.
local core = require "pyro.core"
local documentation = require "pyro.documentation"
local exposure = require "pyro.exposure"

local description = {}

---@class pyro.Description
---@field uri? string address of the object; nil: it is a table here
---@field protocol? integer 48 (Pyro4) or 502 (Pyro5)
---@field methods string[] sorted, as are the others
---@field oneway string[] methods that send no response
---@field attributes string[]
---@field docs table<string, string> texts by name, where the server has any; "" is the name of the
---  object itself

local function sorted(names)
  table.sort(names)
  return setmetatable(names, core.types.list)
end

--- Asks the server for texts: pyrolua's tell them beside the metadata of Pyro, which has none.
local function ask_docs(proxy)
  local answered, metadata = pcall(core.invoke, proxy, "Pyro.Daemon", "get_metadata", false,
    proxy._pyroUri.object, true, true)
  local told = answered and type(metadata) == "table" and metadata.docs
  local docs = setmetatable({}, core.types.dict)
  for name, text in pairs(type(told) == "table" and told or {}) do
    docs[name] = type(name) == "string" and type(text) == "string" and text or nil
  end
  return docs
end

--- Describes the object of a connected proxy.
---@param proxy pyro.Proxy
---@return pyro.Description
function description.of(proxy)
  return {
    uri = tostring(proxy._pyroUri),
    protocol = proxy._pyroProtocol,
    methods = sorted(proxy._pyroMethods),
    oneway = sorted(proxy._pyroOneway),
    attributes = sorted(proxy._pyroAttrs),
    docs = ask_docs(proxy),
  }
end

--- Describes a table as callers would see it, if a daemon served it.
---@param object table
---@return pyro.Description
function description.of_table(object)
  local methods, oneway, attributes = exposure.describe(object)
  return {
    methods = methods,
    oneway = oneway,
    attributes = attributes,
    docs = documentation.of(object),
  }
end

--- Adds the lines of a text.
local function add_text(lines, indent, text)
  for line in (text and text .. "\n" or ""):gmatch "(.-)\n" do
    lines[#lines + 1] = indent .. core.printable(line)
  end
end

local function add_names(lines, title, names, marks, docs)
  lines[#lines + 1] = title .. (#names == 0 and " none" or "")
  for _, name in ipairs(names) do
    lines[#lines + 1] = "  " .. core.printable(name, true) .. (marks[name] and " (oneway)" or "")
    add_text(lines, "      ", docs[name])
  end
end

--- Formats the members of an object, and the texts, for people.
---@param object pyro.Description
---@return string
function description.members(object)
  local lines, oneway = {}, {}
  for _, name in ipairs(object.oneway) do
    oneway[name] = true
  end
  add_text(lines, "", object.docs[""])
  add_names(lines, "methods:", object.methods, oneway, object.docs)
  add_names(lines, "attributes:", object.attributes, {}, object.docs)
  return table.concat(lines, "\n")
end

--- Formats a description for people.
---@param object pyro.Description
---@return string
function description.text(object)
  return ("%s (protocol %d)\n%s"):format(core.printable(object.uri, true), object.protocol,
    description.members(object))
end

return description
