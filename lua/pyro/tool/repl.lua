--- The interactive mode of pyrolua: reads statements and expressions, runs them, and prints
--- values.
local core = require "pyro.core"
local evaluate = require "pyro.evaluate"
local help = require "pyro.tool.help"
local lines = require "pyro.tool.lines"
local pretty = require "pyro.tool.pretty"
local traceback = require "pyro.traceback"

traceback.hide(debug.getinfo(1, "S").source)

--- Limits of the values that are printed.
local VIEW = { depth = 4, items = 200, bytes = 4000 }

local HINT = "Type help for help; exit or control-d leaves."
local repl = {}

local function is_incomplete(message)
  return message:sub(-5) == "<eof>"
end

--- Compiles an expression or statements. On failure, returns nil, the message, and whether the
--- string could continue.
local function compile(text)
  local expression, why = load("return " .. text:gsub("^=", ""), "=stdin", "t")
  if expression then
    return expression
  end
  local statements, message = load(text, "=stdin", "t")
  local more = not statements and (is_incomplete(message) or is_incomplete(why))
  return statements, message, more
end

--- Compiles a string, and reads more lines while it is incomplete. Returns the function; or nil and
--- the message, which is nil after an interrupt.
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
  return type(err) == "string" and err or pretty(err, VIEW)
end

local function report(err, thread)
  if getmetatable(err) == core.error_type then
    traceback.excepthook(err, thread)
  else
    io.stderr:write(debug.traceback(thread, "pyrolua: " .. error_text(err)), "\n")
  end
end

local cut -- the last values, if something of them was left out

--- Formats values. Returns whether something was left out, too.
local function format(values, view)
  local texts, is_cut = {}, false
  for i = 1, values.n do
    local text, shortened = pretty(values[i], view)
    texts[i], is_cut = text, is_cut or shortened
  end
  return table.concat(texts, "\t"), is_cut
end

--- Keeps the last value in `_`, as Python does.
local function show(results)
  if results[1] ~= nil then
    rawset(_G, "_", results[1])
  end
  local text, is_cut = format(results, VIEW)
  cut = is_cut and results or nil
  print(is_cut and text .. "\n(type all to see all of it)" or text)
end

local function show_all()
  print(cut and (format(cut)) or "nothing was cut")
end

--- Calls a function, and prints its results or its error. Printing may run code of the values, and
--- fail as well. Control-c interrupts all of it.
local function run(f)
  local done, results, thread = evaluate(f)
  if done and results.n > 0 then
    done, results, thread = evaluate(show, results)
  end
  if not done and not evaluate(report, results, thread) then
    io.stderr:write "pyrolua: (the error cannot be shown)\n"
  end
  return done
end

--- Runs a line, with the following lines that complete it.
local function run_line(read_line, line)
  local f, message = complete(read_line, line)
  if f and not run(f) then
    collectgarbage() -- connections and timers that it had waited for end now
  elseif message then
    io.stderr:write("pyrolua: ", message, "\n")
  end
end

--- Effects of single words.
local WORDS = {
  all = function()
    run(show_all)
  end,
  help = help,
  exit = true,
  quit = true,
}

--- Returns what a line does that is a single word, unless the word is a global of the user's.
local function word_of(line)
  local word = line:match "^%s*(%a+)%s*$"
  local value = rawget(_G, word)
  return (value == nil or value == help) and WORDS[word]
end

--- Does what a line says. Returns true if that is to leave.
local function obey(read_line, line)
  local word = word_of(line)
  if word == true then
    return true
  elseif word then
    word()
  elseif line:find "%S" then
    run_line(read_line, line)
  end
end

--- Runs lines until the end of input.
---@param terminal boolean whether input and output are a terminal
function repl.run(terminal)
  local read_line = lines.reader(terminal)
  if terminal then
    print(HINT)
  end
  if rawget(_G, "help") == nil then
    rawset(_G, "help", help)
  end
  local line
  repeat
    line = read_line "> "
  until line == nil or line and obey(read_line, line)
  if line == nil then
    io.write "\n"
  end
end

return repl
