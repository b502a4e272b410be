--- Shows how much a program has received, while it waits for others.
local cli = require "pyro.tool.cli"
local core = require "pyro.core"
local progress = require "pyro.tool.progress"
local survey = require "pyro.debug"

local STANDARD_OUTPUT = 1
local PAUSE = 0.1 -- seconds between two looks

---@class pyro.Transfer
---@field items integer|nil number of items of a stream so far
---@field line pyro.Progress
---@field task thread|nil the one that looks; nil: nobody is watching
---@field started number when that began
---@field began number when bytes began to come in
---@field before integer bytes that had come in earlier
---@field shared boolean whether output goes to the terminal, too
local Transfer = {}
Transfer.__index = Transfer

local function received()
  return core.stats(nil, false).bytes.received
end

--- Says how much of a response has come in, and how much it has as a whole; nil between responses.
local function response_text()
  for _, proxy in ipairs(survey().proxies) do
    if proxy.announced > 0 then
      return ("%s of %s"):format(progress.size(proxy.unread), progress.size(proxy.announced))
    end
  end
end

--- Says what there is to be said.
local function describe(self, bytes, now)
  local seconds = math.max(now - self.began, PAUSE)
  if bytes == 0 then
    return ("waiting, %d s"):format((now - self.started) // 1)
  end
  local text = ("received %s, %s/s"):format(response_text() or progress.size(bytes),
    progress.size(bytes / seconds))
  if not self.items then
    return text
  end
  return ("%s items, %s/s, %s"):format(progress.count(self.items),
    progress.count(self.items / seconds), text)
end

local function look(self)
  while true do
    core.sleep(PAUSE)
    local now, bytes = core.time(), received() - self.before
    if bytes == 0 then
      self.began = now
    end
    self.line:show(function()
      return describe(self, bytes, now)
    end)
  end
end

--- Takes the line away, if output would come after it.
function Transfer:clear()
  if self.shared then
    self.line:clear()
  end
end

function Transfer:__close()
  if self.task then
    coroutine.close(self.task)
  end
  self.line:clear()
end

local transfer = {}

--- Shows what comes in, on the standard error, until the returned value is closed.
---@return pyro.Transfer
function transfer.watch()
  local now = core.time()
  local self = setmetatable({
    line = cli.progress(),
    started = now,
    began = now,
    before = received(),
    shared = core.terminal_size(STANDARD_OUTPUT) ~= nil,
  }, Transfer)
  self.task = self.line.columns and core.spawn(look, self)
  return self
end

return transfer
