--- Tracebacks in Python's form, most recent call last, with source lines; and what is printed of
--- errors that nobody caught.
local core = require "pyro.core"

local traceback = {}

--- A line of a source file, or nil. Nothing is kept: tracebacks are rare.
local function source_line(info)
  if info.source:sub(1, 1) ~= "@" or info.currentline < 1 then
    return nil
  end
  local file = io.open(info.source:sub(2), "r")
  if not file then
    return nil
  end
  local number, found = 0, nil
  for line in file:lines() do
    number = number + 1
    if number == info.currentline then
      found = line:match "^%s*(.-)%s*$"
      break
    end
  end
  file:close()
  return found ~= "" and found or nil
end

local function function_name(info)
  if info.what == "main" then
    return "<module>"
  end
  return info.name or ("<function at line %d>"):format(info.linedefined)
end

--- The frames of a thread from `level` on, most recent last.
local function frames(thread, level)
  local lines = {}
  while true do
    local info = debug.getinfo(thread, level, "Snl")
    if not info then
      break
    end
    if info.what ~= "C" then
      local text = source_line(info)
      table.insert(lines, 1, ('  File "%s", line %d, in %s\n'):format(info.short_src,
        info.currentline, function_name(info)) .. (text and "    " .. text .. "\n" or ""))
    end
    level = level + 1
  end
  return lines
end

local function is_error_object(err)
  return getmetatable(err) == core.Error
end

--- Python's class and text of an error value: those of an error object, or of any table with the
--- string fields class and message; else a RuntimeError with the value's text.
local function classify(err)
  if type(err) == "table" and type(err.class) == "string" and type(err.message) == "string" then
    return err.class, err.message
  end
  return "RuntimeError", tostring(err)
end

local function summary(err)
  local class, message = classify(err)
  return message == "" and class or class .. ": " .. message
end

--- The lines of a traceback, each with its newline.
local function lines_of(thread, level, err)
  local lines = frames(thread, level)
  table.insert(lines, 1, "Traceback (most recent call last):\n")
  lines[#lines + 1] = summary(err) .. "\n"
  return lines
end

--- A served method failed: the error object that its caller gets, with this side's traceback.
---@param thread thread the one that failed
---@param err any
---@return pyro.Error
function traceback.failure(thread, err)
  local class, message = classify(err)
  local copy = is_error_object(err) and core.newerror(class, table.unpack(err.args))
    or core.newerror(class, message)
  copy.message = message
  copy.remoteTraceback = lines_of(thread, 0, err)
  if is_error_object(err) and err.remoteTraceback then -- it came from a third program
    table.insert(copy.remoteTraceback, traceback.remote(err))
  end
  return copy
end

--- The remote part of an error's traceback as one text, or "".
---@param err any
---@return string
function traceback.remote(err)
  if type(err) ~= "table" or type(err.remoteTraceback) ~= "table" then
    return ""
  end
  local text = table.concat(err.remoteTraceback):gsub("\n$", "")
  return " +--- This exception occured remotely (Pyro) - Remote traceback:\n"
    .. text:gsub("[^\n]*", " | %0")
    .. "\n +--- End of remote traceback\n"
end

--- Prints an error's local and remote traceback on the standard error, as Pyro's excepthook does.
--- It fits as message handler: `xpcall(main, pyro.excepthook)`. The pyrolua program calls it for an
--- error object that nobody caught.
---@param err any
---@param thread? thread the one that failed; by default the caller's
---@return any err
function traceback.excepthook(err, thread)
  local lines = thread and lines_of(thread, 0, err)
    or lines_of(coroutine.running(), 4, err)
  io.stderr:write(table.concat(lines), traceback.remote(err))
  return err
end

--- A background task failed, and nobody waits for it.
function traceback.uncaught(err, thread)
  io.stderr:write("Error in a background task:\n")
  traceback.excepthook(err, thread)
end

return traceback
