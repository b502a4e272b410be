--- Reads lines from a user: with editing, history and completion on a terminal, if the library for
--- that is there; else plainly. While a line is edited, daemons and background tasks keep running.
local completion = require "pyro.tool.completion"
local core = require "pyro.core"

local TERMINAL = 0 -- its descriptor
local HISTORY_LINES = 1000

local lines = {}

local function exists(path)
  local file = io.open(path, "r")
  return file and file:close()
end

--- Returns the path of the history, or "" if there is no place for it. Only the user can read the
--- file.
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

--- Adds a line to the history, and to its file at once, because a program may end anywhere.
local function keep(editor, path, line)
  editor.add_history(line)
  if path ~= "" then
    editor.append_history(path, HISTORY_LINES)
  end
end

--- Reads a line. Returns nil at the end of input, or when the process was asked to end; false
--- after an interrupt.
local function edit(editor, watcher, prompt)
  editor.start(prompt)
  local over, line
  repeat
    local readable = watcher:wait()
    if not readable then
      editor.stop()
      io.write "\n"
      return readable
    end
    over, line = editor.feed()
  until over
  return line
end

--- Returns a function that reads a line after a prompt: nil at the end of input, false after an
--- interrupt.
local function reader(editor)
  local path, last, watcher = history_file(), nil, core.watch(TERMINAL, true)
  editor.complete(completion)
  if path ~= "" then
    editor.read_history(path, HISTORY_LINES)
  end
  return function(prompt)
    io.stdout:flush()
    watcher:forget()
    local line = edit(editor, watcher, prompt)
    if line and line ~= "" and line ~= last then
      keep(editor, path, line)
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

--- Returns the function that reads lines here.
---@param terminal boolean whether input and output are a terminal
---@return fun(prompt: string): string|false|nil
function lines.reader(terminal)
  if terminal then
    local found, editor = pcall(require, "pyro.editor")
    if found then
      return reader(editor)
    end
  end
  return plain
end

return lines
