--- A real terminal for tests: tmux shows what a program draws.
local process = require "spec.support.process"

local tmux = {}

local count = 0 -- of terminals that were started

---@class spec.Tmux
---@field package socket string
---@field package env table<string, string|false>
local Tmux = {}
Tmux.__index = Tmux

local function run(terminal, ...)
  local result = process.run { env = terminal.env, "tmux", "-S", terminal.socket, ... }
  assert(result.code == 0, result.output)
  return result.out
end

--- Runs a shell in a terminal.
---@param columns integer
---@param rows integer
---@param env? table<string, string> variables of the programs in it
---@return spec.Tmux
function tmux.start(columns, rows, env)
  count = count + 1
  local socket = process.file("tmux" .. count, "")
  os.remove(socket)
  local variables = { LC_ALL = "C.UTF-8", TMUX = false, ENV = "" }
  for name, value in pairs(env or {}) do
    variables[name] = value
  end
  local terminal = setmetatable({ socket = socket, env = variables }, Tmux)
  process.start { "tmux", "-u", "-S", socket, "-f", "/dev/null", "-D", env = variables } -- stop_all() ends it
  assert(process.eventually(function()
    return process.run({ "tmux", "-S", socket, "new-session", "-d", "-x", tostring(columns), "-y", tostring(rows),
      "PS1='$ ' exec bash --norc --noprofile", env = variables }).code == 0
  end))
  terminal:shows "^%$ *\n"
  return terminal
end

--- Types keys: texts, or names as tmux has them: "Enter", "C-c".
function Tmux:press(...)
  run(self, "send-keys", ...)
end

--- Types a command.
function Tmux:enter(command)
  run(self, "send-keys", "-l", command)
  self:press "Enter"
end

function Tmux:resize(columns, rows)
  run(self, "resize-window", "-x", tostring(columns), "-y", tostring(rows))
end

--- Returns what is on the screen.
---@param with_styles? boolean with the sequences for them
---@return string
function Tmux:screen(with_styles)
  return run(self, "capture-pane", "-p", table.unpack(with_styles and { "-e" } or {}))
end

--- Waits until the screen has a pattern; returns its captures, or the match.
function Tmux:shows(pattern, with_styles)
  local screen
  local function seen()
    screen = self:screen(with_styles)
    return screen:find(pattern)
  end
  if not process.eventually(seen) then
    error(("the terminal does not show %q:\n%s"):format(pattern, screen), 2)
  end
  return screen:match(pattern)
end

return tmux
