--- Real processes for tests: started with their output collected, spoken to, waited for, and gone
--- when the test is over.
local uv = require "luv"

local process = {}

-- Peers may close what the tests write to: that is an error there, not this program's end.
local broken_pipe = uv.new_signal()
broken_pipe:start("sigpipe", function() end)
broken_pipe:unref()

local PATIENCE = tonumber(os.getenv "PATIENCE" or 20) -- seconds; sanitizers and Valgrind are slow

local Process = {}
Process.__index = Process

local running = {}
local started = {} -- since the last stop_all()

--- The command that runs pyrolua: PYROLUA may name another, with a checker before it.
function process.pyrolua()
  local words = {}
  for word in (os.getenv "PYROLUA" or process.build() .. "/pyrolua"):gmatch "%S+" do
    words[#words + 1] = word
  end
  return words
end

function process.build()
  return os.getenv "B" or "build"
end

--- Returns what a program that is not ours needs to load what was built with sanitizers.
---@return string|nil the value of LD_PRELOAD
function process.preload()
  if process.build():find "asan" then
    local libraries = "for l in asan ubsan; do cc -print-file-name=lib$l.so; done"
    return (io.popen(libraries):read("a"):gsub("\n", " "))
  end
end

local function environment(changes)
  local variables = uv.os_environ()
  for name in pairs(variables) do
    if name:find "^PYRO_" or name:find "^PYROLUA_" or name:find "^LUA_" then
      variables[name] = nil
    end
  end
  variables.ASAN_OPTIONS = os.getenv "ASAN_OPTIONS"
  for name, value in pairs(changes or {}) do
    variables[name] = value or nil
  end
  local list = {}
  for name, value in pairs(variables) do
    list[#list + 1] = name .. "=" .. value
  end
  return list
end

--- Runs luv's loop until the condition holds; false when the time is over.
---@param condition fun(): boolean|any
---@param seconds? number
function process.run_until(condition, seconds)
  local timer = uv.new_timer()
  local expired = false
  uv.update_time() -- it may not have run for long
  timer:start(math.floor((seconds or PATIENCE) * 1000), 0, function()
    expired = true
  end)
  while not condition() and not expired do
    uv.run "once"
  end
  timer:close()
  return condition()
end

local function collect(self, pipe, name)
  self.open = self.open + 1
  pipe:read_start(function(_, data)
    if data then
      self[name] = self[name] .. data
      self.output = self.output .. data
    else
      pipe:close()
      self.open = self.open - 1
    end
  end)
end

---@class spec.Command
---@field [integer] string program and arguments
---@field env? table<string, string|false> variables to set, or (false) to unset
---@field cwd? string
---@field input? string all of its standard input; without it, write() goes on
---@field descriptors? integer[] what it gets as its descriptors from 3 on

--- Starts a program.
---@param command spec.Command
function process.start(command)
  local stdin, stdout, stderr = uv.new_pipe(), uv.new_pipe(), uv.new_pipe()
  local self = setmetatable({ out = "", err = "", output = "", open = 0, seen = 1 }, Process)
  self.command = table.concat(command, " ")
  local handle, pid = uv.spawn(command[1], {
    args = table.move(command, 2, #command, 1, {}),
    env = environment(command.env),
    cwd = command.cwd,
    stdio = { stdin, stdout, stderr, table.unpack(command.descriptors or {}) },
  }, function(code, signal)
    self.code, self.signal = code, signal
    self.handle:close()
    running[self] = nil
  end)
  if not handle then
    error(("cannot start %s: %s"):format(self.command, pid))
  end
  self.handle, self.pid, self.stdin = handle, pid, stdin
  running[self] = true
  started[#started + 1] = self
  collect(self, stdout, "out")
  collect(self, stderr, "err")
  if command.input then
    self:write(command.input)
    self:close_input()
  end
  return self
end

--- Starts pyrolua with arguments, as process.start does.
function process.start_pyrolua(command)
  local words = process.pyrolua()
  table.move(command, 1, #command, #words + 1, words)
  words.env, words.cwd, words.input = command.env, command.cwd, command.input
  return process.start(words)
end

function Process:write(text)
  self.stdin:write(text)
end

function Process:close_input()
  if not self.stdin:is_closing() then
    local stdin = self.stdin
    stdin:shutdown(function()
      if not stdin:is_closing() then
        stdin:close()
      end
    end)
  end
end

--- Waits until the output that has not been expected yet has the pattern; returns its captures, or
--- the match.
function Process:expect(pattern, seconds)
  local function found()
    return self.output:find(pattern, self.seen)
  end
  process.run_until(function()
    return found() or self.code and self.open == 0
  end, seconds)
  local first, last = found()
  if not first then
    error(("%s (exit code %s, signal %s): expected %q, got:\n%s"):format(self.command, self.code,
      self.signal, pattern, self.output:sub(self.seen)), 2)
  end
  local captures = { self.output:match(pattern, self.seen) }
  self.seen = last + 1
  return table.unpack(captures)
end

--- Waits for the program's end; returns its exit code, and the number of the signal that ended it.
function Process:wait(seconds)
  local ended = process.run_until(function()
    return self.code and self.open == 0
  end, seconds)
  if not ended then
    self:kill "sigkill"
    error(("%s: it does not end; output:\n%s"):format(self.command, self.output), 2)
  end
  if not self.stdin:is_closing() then
    self.stdin:close()
  end
  return self.code, self.signal
end

function Process:kill(signal)
  if not self.code then
    self.handle:kill(signal)
  end
end

--- Runs a program to its end.
---@param command spec.Command
function process.run(command)
  local self = process.start(command)
  self:close_input()
  self:wait()
  return self
end

--- Runs pyrolua to its end.
---@param command spec.Command
function process.run_pyrolua(command)
  local self = process.start_pyrolua(command)
  self:close_input()
  self:wait()
  return self
end

--- Raises an error where a sanitizer or Valgrind found something, in whichever program.
local function check_memory()
  local programs = started
  started = {}
  for _, program in ipairs(programs) do
    local output = program.output
    for _, finding in ipairs { "ERROR: %w+Sanitizer", "WARNING: ThreadSanitizer", "==%d+==", "runtime error:" } do
      assert(not output:find(finding), output)
    end
  end
end

--- Ends what still runs. For after_each().
function process.stop_all()
  for self in pairs(running) do
    self:kill "sigterm"
  end
  local function all_ended()
    return next(running) == nil
  end
  local ended = process.run_until(all_ended)
  for self in pairs(running) do
    self:kill "sigkill"
  end
  process.run_until(all_ended)
  check_memory()
  assert(ended, "a process did not end when it was asked to")
end

--- Removes the files, and closes all handles: luv does not survive an exit with open ones.
function process.finish()
  if process.folder then
    for name in uv.fs_scandir_next, uv.fs_scandir(process.folder) do
      uv.fs_unlink(process.folder .. "/" .. name)
    end
    uv.fs_rmdir(process.folder)
  end
  uv.walk(function(handle)
    if not handle:is_closing() then
      handle:close()
    end
  end)
  uv.run()
end

--- Lets time pass.
function process.sleep(seconds)
  process.run_until(function()
    return false
  end, seconds)
end

--- Waits until a condition holds, of which no event tells: it is asked for again and again. False when
--- the time is over.
---@param condition fun(): any
---@param seconds? number
function process.eventually(condition, seconds)
  local deadline = uv.hrtime() + (seconds or PATIENCE) * 1e9
  while not condition() do
    if uv.hrtime() > deadline then
      return false
    end
    process.sleep(0.02)
  end
  return true
end

--- A TCP port of this machine that nobody uses now.
function process.free_port()
  local tcp = uv.new_tcp()
  tcp:bind("127.0.0.1", 0)
  local port = tcp:getsockname().port
  tcp:close()
  uv.run "nowait"
  return port
end

--- Writes a file for the test, in a folder of its own that goes with the process; returns its path.
function process.file(name, text)
  process.folder = process.folder or uv.fs_mkdtemp "/tmp/pyrolua_spec_XXXXXX"
  local path = process.folder .. "/" .. name
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
  return path
end

return process
