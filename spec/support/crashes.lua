--- Kills name servers at random moments while names are registered, and checks that what was
--- acknowledged is there afterwards.
local process = require "spec.support.process"

local crashes = {}

local LONGEST = 0.05 -- seconds from the first acknowledged name of a round until it ends

--- How many rounds: the variable CRASHES, or `few` as in each check.
---@param few integer
function crashes.rounds(few)
  return math.tointeger(os.getenv "CRASHES" or few)
end

--- Starts a name server at a port, lets eight tasks register names, kills it with SIGKILL, starts it
--- again, and checks: so often. Returns how many names were acknowledged.
---@param rounds integer
---@param start fun(port: string): table starts the name server, and returns its process
---@param also? fun(round: integer) is called when the name server was killed, before it starts again
---@return integer
function crashes.run(rounds, start, also)
  local port = tostring(process.free_port())
  local registrar = process.start_pyrolua { "spec/support/registrar.lua", port }
  registrar:expect "ready\n"
  local server = start(port)
  local count
  for round = 1, rounds do
    registrar:write(("register %d\n"):format(round))
    registrar:expect "going\n"
    process.sleep(math.random() * LONGEST)
    server:kill "sigkill"
    server:wait()
    registrar:expect "ended (%d+)\n"
    if also then
      also(round)
    end
    server = start(port)
    registrar:write "check\n"
    count = registrar:expect "right (%d+)\n"
  end
  return math.tointeger(count)
end

return crashes
