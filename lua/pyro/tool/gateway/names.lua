--- The names that a gateway serves, as a name server knows them. A place that was looked up counts
--- for a second, so that a name is followed that moves.
local core = require "pyro.core"
local locate = require "pyro.nameserver"
local texts = require "pyro.tool.texts"

local LIFE = 1 -- seconds that what was found out is taken for true
local MOST = 1000 -- names whose places are remembered
local PROTOCOL = 48 -- before a name server was found

---@class pyro.gateway.Names
---@field pattern? userdata expression that exposed names match; nil: all are exposed
---@field timeout number seconds that a call of the name server may take
---@field version integer of the protocol that the name server speaks
---@field ns? pyro.NameServer
---@field places table<string, {uri: string, until_: number}>
---@field count integer of places
local Names = { __name = "pyro.gateway.Names" }
Names.__index = Names

--- Returns whether a name is exposed.
---@param name string
function Names:exposes(name)
  return not self.pattern or self.pattern(name)
end

--- Finds a name server. Others who want one meanwhile wait for the same search.
local function search(self)
  self.searching = core.new_event()
  local ok, found = pcall(locate)
  if ok then
    found.proxy._pyroTimeout = self.timeout
    found.proxy._pyroMaxRetries = 1 -- the name server may have been restarted
    self.ns, self.version = found, found._pyroProtocol
  else
    self.failure, self.failed = found, core.time()
  end
  self.searching:set()
  self.searching = nil
end

--- Returns the name server. Raises a NamingError if there is none.
---@return pyro.NameServer
function Names:server()
  if not self.ns and self.searching then
    self.searching:wait()
  elseif not self.ns and not (self.failed and core.time() < self.failed + LIFE) then
    search(self)
  end
  return self.ns or error(self.failure, 0)
end

--- Calls a method of the name server. If that is gone, another one is sought the next time.
local function ask(self, method, ...)
  local ns = self:server()
  local ok, result = pcall(ns[method], ns, ...)
  if ok then
    return result
  elseif not ns._pyroConnection and self.ns == ns then
    self.ns = nil
  end
  error(result, 0)
end

--- Returns the place of an object.
---@param name string
---@return string uri
---@return boolean known whether it was looked up a while ago
function Names:lookup(name)
  local place = self.places[name]
  if place and core.time() < place.until_ then
    return place.uri, true
  end
  local uri = tostring(ask(self, "lookup", name))
  if not place then
    if self.count == MOST then
      self.places, self.count = {}, 0
    end
    self.count = self.count + 1
  end
  self.places[name] = { uri = uri, until_ = core.time() + LIFE }
  return uri, false
end

--- Looks a name up the next time, as nobody answers at its place.
---@param name string
function Names:forget(name)
  if self.places[name] then
    self.places[name].until_ = 0
  end
end

--- Returns whether a name that somebody has registered is exposed, and can be shown.
local function shows(self, name)
  return texts.is(name, texts.SHORT) and self:exposes(name)
end

--- Returns the exposed names that can be shown, sorted.
---@return string[]
function Names:list()
  local names = {}
  for name in pairs(ask(self, "list")) do
    if shows(self, name) then
      names[#names + 1] = name
    end
  end
  table.sort(names)
  return names
end

local function texts_in(list)
  local found = setmetatable({}, core.types.list)
  for _, value in ipairs(type(list) == "table" and list or {}) do
    found[#found + 1] = texts.is(value, texts.SHORT) and value or nil
  end
  return found
end

--- Returns a number of seconds, if it is one.
local function seconds(value)
  return type(value) == "number" and math.abs(value) < math.huge and value or nil
end

--- Returns what the name server says of a name, if that can be: anybody can register anything.
local function read_entry(entry, lease)
  local uri, tags = table.unpack(type(entry) == "table" and entry or {}, 1, 2)
  local owner, age, left = table.unpack(type(lease) == "table" and lease or {}, 1, 3)
  return {
    uri = tostring(uri),
    tags = texts_in(tags),
    owner = texts.is(owner, texts.SHORT) and owner or nil,
    age = seconds(age),
    left = seconds(left),
  }
end

---@class pyro.gateway.Entry
---@field uri string
---@field tags string[] the metadata
---@field owner? string who keeps the name
---@field age? number seconds since it was registered
---@field left? number seconds until its lease ends

--- Returns what the name server says of the exposed names that can be shown.
---@return table<string, pyro.gateway.Entry>
function Names:entries()
  local listed, entries = ask(self, "list", { return_metadata = true }), {}
  local ok, leases = pcall(ask, self, "leases") -- Pyro's name servers have none
  for name, entry in pairs(listed) do
    if shows(self, name) then
      entries[name] = read_entry(entry, ok and leases[name])
    end
  end
  return entries
end

--- Returns a description of where the name server is.
---@return string|nil
function Names:location()
  return self.ns and tostring(self.ns._pyroUri)
end

--- Makes the names that match an expression.
---@param expression string "" stands for all names
---@param timeout number
---@return pyro.gateway.Names
return function(expression, timeout)
  return setmetatable({
    pattern = expression ~= "" and core.new_regex(expression) or nil,
    timeout = timeout,
    version = PROTOCOL,
    places = {},
    count = 0,
  }, Names)
end
