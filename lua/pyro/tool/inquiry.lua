--- Asks other programs something while a user types. One that does not answer soon is given up, and
--- not asked again for a while.
local core = require "pyro.core"

local PATIENCE = 1 -- seconds for an answer
local PAUSE = 5 -- seconds until a silent program is asked again

local silent = setmetatable({}, { __mode = "k" }) -- by subject: when it was given up

--- Returns whether a subject was given up a moment ago. A clock that was set back ends the pause.
local function is_paused(subject)
  local pause = core.time() - (silent[subject] or -math.huge)
  return pause >= 0 and pause < PAUSE
end

--- Calls a function that may wait for others.
---@param subject any whom it asks
---@param f fun(...: any): any
---@param ... any its arguments
---@return any answer nil if it takes too long, or fails
return function(subject, f, ...)
  if is_paused(subject) then
    return nil
  end
  local answered, answer
  local task = core.spawn(function(...)
    answered, answer = pcall(f, ...)
  end, ...)
  local over = core.join(task, PATIENCE)
  coroutine.close(task)
  silent[subject] = not over and core.time() or nil
  return answered and answer or nil
end
