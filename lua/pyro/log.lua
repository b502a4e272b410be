--- Lines of a script in pyrolua's log.
local core = require "pyro.core"

--- Writes to the log, which goes where LOGFILE says, in the form that LOGFORMAT says. A line that
--- is written during a call has the client and the correlation id of the call. Floods of equal
--- lines are counted.
---@class pyro.Log
local log = {}

local function write(level, message, ...)
  if not core.is_logged(level) then
    return
  end
  local text = tostring(message)
  if select("#", ...) > 0 then
    local ok, formatted = pcall(string.format, message, ...)
    if not ok then
      error(formatted, 3)
    end
    text = formatted
  end
  core.log(level, text)
end

--- Writes a line of the level DEBUG, if LOGLEVEL wants those: else nothing is formatted.
---@param message any a string, or what tostring() makes a string of; with arguments, a format as
---  for string.format()
---@param ... any arguments of the format
function log.debug(message, ...)
  write("DEBUG", message, ...)
end

--- Writes a line of the level INFO; see pyro.log.debug().
---@param message any
---@param ... any
function log.info(message, ...)
  write("INFO", message, ...)
end

--- Writes a line of the level WARNING; see pyro.log.debug(). Such lines are written by default.
---@param message any
---@param ... any
function log.warning(message, ...)
  write("WARNING", message, ...)
end

--- Writes a line of the level ERROR; see pyro.log.debug().
---@param message any
---@param ... any
function log.error(message, ...)
  write("ERROR", message, ...)
end

--- Writes a line of the level CRITICAL; see pyro.log.debug().
---@param message any
---@param ... any
function log.critical(message, ...)
  write("CRITICAL", message, ...)
end

--- Opens the file of LOGFILE again, after somebody has renamed it. The program `pyrolua` also does
--- that when the signal SIGUSR2 comes. If the file cannot be opened, lines go on to the old one.
---@return true|nil
---@return string? why the file cannot be opened
function log.reopen()
  return core.reopen_log()
end

return log
