-- A server that needs its privileges only to begin with, and drops them before it serves anybody.
local pyro = require "pyro"
local privileges = require "privileges"

local function print_ids()
  local uid, gid, euid, egid = privileges.ids()
  print((" uid/gid %d %d\n euid/egid %d %d"):format(uid, gid, euid, egid))
end

local RestrictedService = {}

function RestrictedService:who_is_server()
  local uid, gid = privileges.ids()
  return uid, gid, privileges.name(uid)
end

--- Fails, as "nobody" may not write here.
function RestrictedService:write_file()
  local file, why, number = io.open("dummy-test-file.bin", "w")
  if not file then
    error(pyro.OSError(number, why:match ": (.*)$"))
  end
  file:close()
end

local daemon = pyro.Daemon { host = "localhost" } -- what needs privileges comes before
print "Server started as:"
print_ids()
local dropped, why = pcall(privileges.drop, "nobody")
if not dropped then
  print("Failed to drop privileges. You'll have to start this program as root to be able to do "
    .. "this.")
  error(why, 0)
end
print "Privileges dropped. Server now running as nobody"
print_ids()
pyro.Daemon.serveSimple({ [RestrictedService] = "restricted" }, { daemon = daemon, ns = false })
