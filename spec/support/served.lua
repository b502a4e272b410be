--- Objects served in this very process, for tests of values, errors and tasks: the messages go
--- through real sockets all the same.
local pyro = require "pyro"

local PATIENCE = tonumber(os.getenv "PATIENCE" or 20) -- seconds; sanitizers and Valgrind are slow

local served = {}

--- Serves an object; returns a proxy for it and the daemon. Close both by served.close().
function served.open(object, options)
  local daemon = pyro.Daemon(options or {})
  local proxy = pyro.Proxy(daemon:register(object))
  served.opened = served.opened or {}
  table.insert(served.opened, { daemon = daemon, proxy = proxy })
  return proxy, daemon
end

function served.close()
  for _, entry in ipairs(served.opened or {}) do
    entry.proxy:_pyroRelease()
    entry.daemon:close()
  end
  served.opened = {}
end

--- Waits until the condition holds, which is soon; false when it does not.
---@param condition fun(): boolean|any
function served.soon(condition)
  local deadline = pyro.time() + PATIENCE
  repeat
    if condition() then
      return true
    end
    pyro.sleep(0.01)
  until pyro.time() > deadline
  return condition() and true or false
end

--- Returns how many files and connections this process has open.
function served.open_files()
  local listing <close> = io.popen "ls /proc/$PPID/fd"
  return select(2, listing:read("a"):gsub("\n", ""))
end

--- The error that a function raises; fails when it raises none.
function served.failure(f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok, "an error was expected")
  return err
end

--- Runs a function; returns what background tasks printed of errors meanwhile.
function served.printed(f)
  local stderr, lines = io.stderr, {}
  io.stderr = { write = function(_, ...) -- luacheck: ignore
    lines[#lines + 1] = table.concat { ... }
  end }
  local ok, err = pcall(f)
  io.stderr = stderr -- luacheck: ignore
  assert(ok, err)
  return table.concat(lines)
end

return served
