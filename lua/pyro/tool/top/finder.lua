--- Finds the servers that the user named: by URIs, or by the names of a name server.
local pyro = require "pyro"
local stats = require "pyro.tool.stats"

---@class pyro.top.Finder
---@field queries fun(finder: pyro.top.Finder): table<string, any>[] each returns URIs by name
---@field name_servers table<string, pyro.NameServer> by location; "" for that of the settings
local Finder = {}
Finder.__index = Finder

--- Returns a name server: the one that a URI names, or else that of the settings.
local function name_server(finder, uri)
  local location = uri and uri.location or ""
  if not finder.name_servers[location] then
    local host = uri and (uri.sockname and "./u:" .. uri.sockname or uri.host)
    finder.name_servers[location] = pyro.locateNS(host, uri and uri.port)
  end
  return finder.name_servers[location]
end

--- How the servers of URIs are found, by their protocol.
local PROTOCOLS = {
  PYRO = function(uri)
    return function()
      return { [uri.location] = uri }
    end
  end,
  PYRONAME = function(uri)
    return function(finder)
      return { [uri.object] = name_server(finder, uri):lookup(uri.object) }
    end
  end,
  PYROMETA = function(uri)
    local tags = {}
    for tag in uri.object:gmatch "[^,]+" do
      tags[#tags + 1] = tag
    end
    return function(finder)
      return name_server(finder, uri):list { metadata_all = tags }
    end
  end,
}

--- Returns the query for a word: a URI, or else a prefix of names.
local function query(word)
  if word:find "^PYRO%u*:" then
    local uri = pyro.URI(word)
    return PROTOCOLS[uri.protocol](uri)
  end
  return function(finder)
    return name_server(finder):list { prefix = word }
  end
end

--- Returns where the object of a URI is served; nil where that is no such URI: anybody can register
--- anything.
local function location_of(uri)
  local ok, parsed = pcall(pyro.URI, tostring(uri))
  return ok and parsed.protocol == "PYRO" and parsed.location or nil
end

--- Finds all servers. Raises the error of a name server.
---@return table<string, table<string, true>> names by location
function Finder:find()
  local locations = {}
  for _, ask in ipairs(self.queries) do
    for name, uri in pairs(stats.expect_dict(ask(self), "answer of the name server")) do
      local location = location_of(uri)
      if location then
        locations[location] = locations[location] or {}
        locations[location][name] = true
      end
    end
  end
  return locations
end

--- Forgets name servers, for want of an answer: others may have taken their places.
function Finder:forget()
  for _, ns in pairs(self.name_servers) do
    ns:_pyroRelease()
  end
  self.name_servers = {}
end

local finder = {}

--- Makes a finder. Raises a PyroError for a malformed URI.
---@param words string[] URIs and prefixes of names; none: all names
---@return pyro.top.Finder
function finder.new(words)
  local queries = {}
  for i, word in ipairs(#words > 0 and words or { "" }) do
    queries[i] = query(word)
  end
  return setmetatable({ queries = queries, name_servers = {} }, Finder)
end

return finder
