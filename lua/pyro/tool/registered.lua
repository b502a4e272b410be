--- Completes names for the shell: `pyrolua -m pyro.tool.registered uri PYRONAME:exa` prints the
--- URIs that the word can become, `… name exa` the names, if the name server at NS_HOST responds
--- soon. Prints nothing else, whatever goes wrong.
local pyro = require "pyro"

local PATIENCE = 1 -- seconds
local SCHEME = "PYRONAME:"

local registered = {}

--- Returns the prefix of the names that are wanted, or nil if the word can become none.
local function prefix_of(kind, word)
  if kind == "name" then
    return word
  elseif word:sub(1, #SCHEME) == SCHEME then
    return word:sub(#SCHEME + 1)
  end
  return SCHEME:sub(1, #word) == word and "" or nil
end

local function print_names(kind, word)
  local prefix = prefix_of(kind, word)
  if not prefix then
    return
  end
  pyro.config.COMMTIMEOUT = PATIENCE
  local host = #pyro.config.NS_HOSTS == 0 and pyro.config.NS_HOST or nil -- without broadcasts
  local ns <close> = pyro.locateNS(host)
  local names = {}
  for name in pairs(ns:list { prefix = prefix }) do
    if name:find "^[%w._/+-]+$" then -- no other means nothing to a shell
      names[#names + 1] = (kind == "uri" and SCHEME or "") .. name
    end
  end
  table.sort(names)
  for _, name in ipairs(names) do
    print(name)
  end
end

--- Runs the program.
---@param kind? string "uri" or "name"
---@param word? string the typed word
---@return integer exit status
function registered.main(kind, word)
  pcall(print_names, kind, word or "")
  return 0
end

return registered
