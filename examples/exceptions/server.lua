local pyro = require "pyro"

local daemon <close> = pyro.Daemon {}

--- Is told of each error that a method raises.
function daemon:methodcall_error_handler(client, method, _, _, exception)
  print "\nERROR IN METHOD CALL USER CODE:"
  print((" client=%s method=%s exception=%s"):format(client, method, pyro.repr(exception)))
end

pyro.Daemon.serveSimple({ [require "excep"] = "example.exceptions" }, { daemon = daemon })
