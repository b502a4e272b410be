--- Tracebacks with the values of local variables (DETAILED_TRACEBACK), in the form of Pyro's.
local repr = require "pyro.repr"

local RULE = ("-"):rep(52) .. "\n"
local LONGEST = 1000 -- bytes of a value that are shown

local function shown(value)
  local ok, text = pcall(repr, value)
  text = ok and text or "<ERROR>"
  return #text > LONGEST and text:sub(1, LONGEST) .. "…" or text
end

local function sorted_fields(t)
  local names = {}
  for name in next, t do
    if type(name) == "string" then
      names[#names + 1] = name
    end
  end
  table.sort(names)
  return names
end

local function add_locals(lines, variables)
  lines[#lines + 1] = "Local values:\n"
  for _, name in ipairs(sorted_fields(variables)) do
    lines[#lines + 1] = ("    %s = %s\n"):format(name, shown(variables[name]))
    if name == "self" and type(variables.self) == "table" then
      for _, field in ipairs(sorted_fields(variables.self)) do
        lines[#lines + 1] = ("        self.%s = %s\n"):format(field, shown(variables.self[field]))
      end
    end
  end
end

---@class pyro.Frame
---@field file string
---@field line integer
---@field name string
---@field source? string the source line
---@field variables table<string, any>

--- Returns the lines of a traceback, each with its newline.
---@param summary string "ValueError: text"
---@param frames (pyro.Frame|string)[] most recent last; a string is shown unchanged
---@return string[]
return function(summary, frames)
  local exception = " EXCEPTION " .. summary .. "\n"
  local lines = { RULE, exception, " Extended stacktrace follows (most recent call last)\n" }
  for _, frame in ipairs(frames) do
    lines[#lines + 1] = RULE
    if type(frame) == "string" then
      lines[#lines + 1] = frame
    else
      lines[#lines + 1] = ('File "%s", line %d, in %s\n'):format(frame.file, frame.line, frame.name)
      lines[#lines + 1] = "Source code:\n    " .. (frame.source or "") .. "\n"
      add_locals(lines, frame.variables)
    end
  end
  return table.move({ RULE, exception, RULE }, 1, 3, #lines + 1, lines)
end
