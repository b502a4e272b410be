--- The interactive mode of pyrolua: reads statements and expressions, runs them, shows values.
local core = require "pyro.core"
local lines = require "pyro.lines"
local pretty = require "pyro.pretty"
local traceback = require "pyro.traceback"

traceback.hide(debug.getinfo(1, "S").source)

local DEPTH = 4 -- levels of tables that are shown

local repl = {}

local function is_incomplete(message)
  return message:sub(-5) == "<eof>"
end

--- A function of the text, an expression or statements; else the message, and whether the text
--- could go on.
local function compile(text)
  local expression, why = load("return " .. text:gsub("^=", ""), "=stdin", "t")
  if expression then
    return expression
  end
  local statements, message = load(text, "=stdin", "t")
  local more = not statements and (is_incomplete(message) or is_incomplete(why))
  return statements, message, more
end

--- Compiles a text, reading on while it is incomplete. Returns the function; or nil and the
--- message, which is nil where the reading was interrupted.
local function complete(read_line, text)
  local f, message, incomplete = compile(text)
  while incomplete do
    local more = read_line ">> "
    if not more then
      return nil, more == nil and message or nil
    end
    text = text .. "\n" .. more
    f, message, incomplete = compile(text)
  end
  return f, message
end

local function error_text(err)
  return type(err) == "string" and err or pretty(err, DEPTH)
end

local function report(err, thread)
  if getmetatable(err) == core.Error then
    traceback.excepthook(err, thread)
  else
    io.stderr:write(debug.traceback(thread, "pyrolua: " .. error_text(err)), "\n")
  end
end

local function show(results)
  local texts = {}
  for i = 1, results.n do
    texts[i] = pretty(results[i], DEPTH)
  end
  print(table.concat(texts, "\t"))
end

--- Calls a function, and shows its results or why there are none: that may run code of the values,
--- and fail as well. Control-c interrupts all of it.
local function evaluate(f)
  local done, results, thread = core.evaluate(f)
  if done and results.n > 0 then
    done, results, thread = core.evaluate(show, results)
  end
  if not done and not core.evaluate(report, results, thread) then
    io.stderr:write "pyrolua: (the error cannot be shown)\n"
  end
  return done
end

--- Goes on until the end of input.
---@param terminal boolean whether input and output are a terminal
function repl.run(terminal)
  local read_line = lines.reader(terminal)
  local line = read_line "> "
  while line ~= nil do
    local f, message = complete(read_line, line or "")
    if f and not evaluate(f) then
      collectgarbage() -- connections and timers that it had waited for end now
    elseif message then
      io.stderr:write("pyrolua: ", message, "\n")
    end
    line = read_line "> "
  end
  io.write "\n"
end

return repl
