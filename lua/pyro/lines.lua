--- Reading lines from who types them: with editing, history and completion, where there is a
--- terminal and the library readline; else plain. While a line is edited, daemons and background
--- tasks go on.
local completion = require "pyro.completion"
local core = require "pyro.core"

local TERMINAL = 0 -- its descriptor
local HISTORY_LINES = 1000

local lines = {}

local function exists(path)
  local file = io.open(path, "r")
  return file and file:close()
end

--- Where the history is kept, or "" where there is no place for it. What was typed is nobody else's
--- to read.
local function history_file()
  local folder, home = os.getenv "XDG_STATE_HOME", os.getenv "HOME"
  local path, make
  if folder and folder ~= "" then
    path = folder .. "/pyrolua/history"
    make = 'cd "$XDG_STATE_HOME" && mkdir -p pyrolua && : >> pyrolua/history'
  elseif home and home ~= "" then
    path, make = home .. "/.pyrolua_history", ': >> "$HOME/.pyrolua_history"'
  else
    return ""
  end
  if not exists(path) then
    os.execute("exec 2> /dev/null; umask 077; " .. make)
  end
  return exists(path) and path or ""
end

--- Adds a line to the history and its file: at once, as a program may end anywhere. The library
--- saves what came after it read the file, so it reads it again.
local function keep(readline, path, line)
  readline.add_history(line)
  readline.save_history()
  if path ~= "" then
    readline.set_options { histfile = "" }
    readline.set_options { histfile = path }
  end
end

--- A function that reads a line after a prompt: nil at the end of input, false where it was
--- interrupted. The library answers interrupts itself while it runs, for which it changes what the
--- process does with them, so they are kept from it. After one, the watcher stays for the next.
local function editor(readline)
  local path, last, watcher = history_file(), nil, nil
  readline.set_options { histfile = path, keeplines = HISTORY_LINES, auto_add = false }
  readline.set_complete_function(function(text, from, to)
    readline.set_completion_append_character ""
    return completion(text:sub(from, to))
  end)
  return function(prompt)
    local line, over
    io.stdout:flush()
    watcher = watcher or core.watch(TERMINAL, true)
    core.uninterrupted(readline.handler_install, prompt, function(text)
      readline.handler_remove()
      line, over = text, true
    end)
    while not over do
      if not watcher:wait() then
        core.uninterrupted(readline.handler_remove)
        print()
        return false
      end
      core.uninterrupted(readline.read_char)
    end
    watcher:close()
    watcher = nil
    if line and line ~= "" and line ~= last then
      keep(readline, path, line)
      last = line
    end
    return line
  end
end

local function plain(prompt)
  io.write(prompt)
  io.stdout:flush()
  return io.read "l"
end

--- How to read lines here.
---@param terminal boolean whether input and output are one
---@return fun(prompt: string): string|false|nil
function lines.reader(terminal)
  if terminal then
    local found, readline = pcall(require, "readline")
    if found then
      return editor(readline)
    end
  end
  return plain
end

return lines
