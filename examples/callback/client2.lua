-- Has two methods that fail when the server calls them back.
local pyro = require "pyro"

local handler = {}
pyro.callback(handler, "call2") -- its errors are shown here, too

local function crash()
  error(pyro.ZeroDivisionError "integer division or modulo by zero")
end

function handler:call1()
  print "\n\ncallback 1 received from server!"
  print "going to crash - you won't see the exception here, only on the server"
  crash()
end

function handler:call2()
  print "\n\ncallback 2 received from server!"
  print "going to crash - but you will see the exception printed here too:"
  crash()
end

local daemon <close> = pyro.Daemon {}
daemon:register(handler)
local server <close> = pyro.Proxy "PYRONAME:example.callback2"
server:doCallback(handler) -- oneway, so this can continue right away
print "waiting for callbacks to arrive..."
print "(ctrl-c/break the program once it's done)"
daemon:requestLoop()
