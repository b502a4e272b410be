--- Names of the name server that a typed word can become. For the shell, `pyrolua -m
--- pyro.tool.registered uri PYRONAME:exa` prints URIs, `… name exa` names. Prints nothing else,
--- whatever goes wrong.
local inquire = require "pyro.tool.inquiry"
local pyro = require "pyro"

local SCHEME = "PYRONAME:"

local registered = {}

--- Asks the name server of the settings, without broadcasts.
local function look_up(prefix)
  local host = #pyro.config.NS_HOSTS == 0 and pyro.config.NS_HOST or nil
  local ns <close> = pyro.locateNS(host)
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
---@return string[]
function registered.names(prefix)
  return inquire("name server", look_up, prefix) or {}
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

local KINDS = { uri = registered.uris, name = registered.names }

--- Runs the program.
---@param kind? string "uri" or "name"
---@param word? string the typed word
---@return integer exit status
function registered.main(kind, word)
  local find = KINDS[kind] or registered.uris
  for _, found in ipairs(find(word or "")) do
    if found:find "^[%w._/+:-]+$" then -- others mean something to a shell
      print(found)
    end
  end
  return 0
end

return registered
