--- Keys by which clients of the gateway say who they are: that of the command line, and those in a
--- file, whose lines are a user and a key. The file is read again when somebody asks.
local core = require "pyro.core"

local LIFE = 1 -- seconds that what was read is taken for true
local LARGEST = 1024 * 1024 -- bytes of a file
local USER = "gateway" -- who has the key of the command line

---@class pyro.gateway.Keys
---@field key? string that of the command line
---@field path? string
---@field entries {user: string, key: string}[] those in the file
---@field read number when it was read
local Keys = { __name = "pyro.gateway.Keys" }
Keys.__index = Keys

--- Reads a file. Errors do not show its keys.
local function read(path)
  local file <close>, why = io.open(path)
  local text = file and file:read(LARGEST + 1)
  if not file then
    error(why, 0)
  elseif #(text or "") > LARGEST then
    error(("%s: a file of keys has at most %d bytes"):format(path, LARGEST), 0)
  end
  local entries, number = {}, 0
  for line in (text or ""):gmatch "([^\n]*)\n?" do
    number = number + 1
    local user, key = line:match "^%s*(%S+)%s+(%S+)%s*$"
    if user and not user:find "^#" then
      entries[#entries + 1] = { user = user, key = key }
    elseif line:find "%S" and not line:find "^%s*#" then
      error(("%s:%d: a line is a user and a key"):format(path, number), 0)
    end
  end
  return entries
end

--- Reads the file again, if there is one. If that fails, the keys stay as they were.
local function refresh(self)
  if not self.path or core.time() < self.read + LIFE then
    return
  end
  self.read = core.time()
  local ok, entries = pcall(read, self.path)
  if ok then
    self.entries = entries
  else
    core.log_http("WARNING", "the keys stay as they were: " .. tostring(entries))
  end
end

--- Returns the user whose key that is, or nil. Takes the same time for all keys of a length.
---@param key string
---@return string|nil
function Keys:user_of(key)
  refresh(self)
  local found = self.key and core.same_secret(key, self.key) and USER or nil
  for _, entry in ipairs(self.entries) do
    found = core.same_secret(key, entry.key) and entry.user or found
  end
  return found
end

--- Makes the keys. Raises an error if the file cannot be read.
---@param key? string
---@param path? string
---@return pyro.gateway.Keys|nil nil: nobody needs one
return function(key, path)
  if (key or "") == "" and not path then
    return nil
  end
  local entries = path and read(path) or {}
  return setmetatable({ key = key, path = path, entries = entries, read = core.time() }, Keys)
end
