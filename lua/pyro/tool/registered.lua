--- Names of the name server that a typed word can become. For the shell, `pyrolua -m
--- pyro.tool.registered uri PYRONAME:exa` prints URIs, `… name exa pyrolua-nsc -n localhost lookup`
--- names, of the name server that such a command line means. Prints nothing else, whatever goes
--- wrong.
local inquire = require "pyro.tool.inquiry"
local pyro = require "pyro"

local SCHEME = "PYRONAME:"

local registered = {}

--- Asks the name server at a place, or else that of the settings, without broadcasts.
local function look_up(prefix, place)
  local host = place.host or #pyro.config.NS_HOSTS == 0 and pyro.config.NS_HOST or nil
  local ns <close> = pyro.locateNS(host, place.port)
  local names = {}
  for name in pairs(ns:list { prefix = prefix }) do
    if name:sub(1, #prefix) == prefix then
      names[#names + 1] = name
    end
  end
  table.sort(names)
  return names
end

--- Returns all names with a prefix, sorted; none if the name server does not answer soon.
---@param prefix string
---@param place? {host?: string, port?: string} where the name server is
---@return string[]
function registered.names(prefix, place)
  return inquire("name server", look_up, prefix, place or {}) or {}
end

--- Returns the URIs that a word can become, sorted: `PYRONAME:…`.
---@param word string
---@return string[]
function registered.uris(word)
  local prefix = word:sub(1, #SCHEME) == SCHEME and word:sub(#SCHEME + 1)
    or SCHEME:sub(1, #word) == word and ""
  local uris = {}
  for i, name in ipairs(prefix and registered.names(prefix) or {}) do
    uris[i] = SCHEME .. name
  end
  return uris
end

--- The options of pyrolua-nsc that say where the name server is.
local OPTIONS = { n = "host", host = "host", p = "port", port = "port", u = "socket",
  unixsocket = "socket" }

--- Returns where the name server is that a command line means.
local function place_in(words)
  local place = {}
  for i, word in ipairs(words) do
    local option, value = word:match "^%-%-?(%a+)=?(.*)$"
    local what = OPTIONS[option]
    if what then
      place[what] = value ~= "" and value or words[i + 1]
    end
  end
  place.host = place.socket and "./u:" .. place.socket or place.host
  return place
end

--- Runs the program.
---@param kind? string "uri" or "name"
---@param word? string the typed word
---@param ... string the words of the line so far
---@return integer exit status
function registered.main(kind, word, ...)
  local find = kind == "name" and registered.names or registered.uris
  for _, found in ipairs(find(word or "", place_in { ... })) do
    if found:find "^[%w._/+:-]+$" then -- others mean something to a shell
      print(found)
    end
  end
  return 0
end

return registered
