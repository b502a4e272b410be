-- A server that is root, for one thing that its clients may not do themselves, and no other.
local pyro = require "pyro"
local privileges = require "privileges"

local LINES = 20

local DmesgServer = {}

--- The last lines of the kernel's messages.
function DmesgServer:dmesg()
  local lines = {}
  local dmesg <close> = io.popen "dmesg --nopager --level info"
  for line in dmesg:lines() do
    table.insert(lines, line)
  end
  local ok, how, status = dmesg:close()
  if not ok then
    error(pyro.OSError(("couldn't run the dmesg command in the server: %s %d"):format(how, status)))
  end
  return table.move(lines, math.max(1, #lines - LINES + 1), #lines, 1, {})
end

local uid, gid, euid, egid = privileges.ids()
print "Server is running as:"
print((" uid/gid %d %d\n euid/egid %d %d"):format(uid, gid, euid, egid))
if uid ~= 0 then
  print("Warning: lacking root privileges to run the 'dmesg' command to read the kernel's buffer. "
    .. "Executing the command will fail. For the desired outcome, run this program as root.")
else
  print "Running as root. This is okay as we're just running the 'dmesg' command for you."
end

pyro.Daemon.serveSimple({ [DmesgServer] = "dmesg" }, { host = "localhost", ns = false })
