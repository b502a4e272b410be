--- All servers that a finder finds: they are asked at once, and none waits for another.
local core = require "pyro.core"
local server = require "pyro.tool.top.server"
local sorted = require "pyro.sorted"

local MOST = 500 -- a connection for each

---@class pyro.top.Servers
---@field list pyro.top.Server[]
---@field left_out integer servers that are too many
---@field failure string|nil why no new names are found
---@field package by_location table<string, pyro.top.Server>
---@field package finder pyro.top.Finder
---@field package finding boolean whether names are being looked for
---@field package looked boolean whether servers were asked before
---@field package answered pyro.Event
local Servers = {}
Servers.__index = Servers

--- Takes the servers that were found.
local function update(servers, found)
  local before = servers.by_location
  servers.list, servers.by_location, servers.left_out = {}, {}, 0
  for _, location in ipairs(sorted(found)) do
    if #servers.list < MOST then
      local one = before[location] or server.new(location)
      one:rename(found[location])
      servers.list[#servers.list + 1] = one
      servers.by_location[location] = one
    else
      servers.left_out = servers.left_out + 1
    end
  end
  for location, one in pairs(before) do
    if not servers.by_location[location] then
      one:close()
    end
  end
end

--- Looks for new names, in a task. While that fails, servers stay.
local function refresh(servers)
  if servers.finding then
    return
  end
  servers.finding = true
  core.spawn(function()
    local ok, result = pcall(servers.finder.find, servers.finder)
    servers.failure = not ok and tostring(result) or nil
    if ok then
      update(servers, result)
    else
      servers.finder:forget()
    end
    servers.finding = false
  end)
end

--- Returns whether a prompt server has not answered yet.
local function is_waiting(servers)
  for _, one in ipairs(servers.list) do
    if one.prompt and one.asked then
      return true
    end
  end
  return false
end

--- Waits until all prompt servers have answered, or time is over. Who has not answered then is not
--- waited for again before it has.
local function wait(servers, seconds)
  local deadline, left = core.time() + seconds, seconds
  while is_waiting(servers) and left > 0 do
    servers.answered:clear()
    servers.answered:wait(math.min(left, seconds)) -- also if the clock was set back
    left = deadline - core.time()
  end
  for _, one in ipairs(servers.list) do
    one.prompt = one.prompt and not one.asked
  end
end

--- Asks all servers, and waits for their answers, but not long for those that are slow.
---@param seconds number until the next look
function Servers:look(seconds)
  for _, one in ipairs(self.list) do
    one:ask(self.answered)
  end
  wait(self, self.looked and math.min(seconds / 2, server.PROMPT) or server.SILENCE)
  self.looked = true
  refresh(self)
end

local servers = {}

--- Finds servers. Raises the error of a name server.
---@param finder pyro.top.Finder
---@return pyro.top.Servers
function servers.new(finder)
  local self = setmetatable({
    finder = finder,
    by_location = {},
    finding = false,
    looked = false,
    answered = core.new_event(),
  }, Servers)
  update(self, finder:find())
  return self
end

return servers
