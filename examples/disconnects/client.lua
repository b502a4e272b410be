local pyro = require "pyro"

print "You can run this client on a different computer so you can disable the network connection \z
  (by yanking out the lan cable or whatever)."
print "Alternatively, wait for a timeout on the server, which will then close its connection."
io.write "Uri of server? "
local proxy <close> = pyro.Proxy(io.read():match "%S+")
proxy:_pyroBind()

--- Calls echo; where the connection was lost since the last call, makes a new one before.
local function echo(text)
  print "  <proxy: ping>"
  pyro.step(0) -- hears of what has come meanwhile
  if proxy._pyroConnection then
    print "  <proxy: ping reply (still connected)>"
  else
    print "  <proxy: Connection lost. REBINDING...>"
    proxy:_pyroReconnect()
    print "  <proxy: Connection restored, continue with actual method call...>"
  end
  return proxy:echo(text)
end

print("result = " .. echo "12345")
print "\nClient proxy connection is still open. Disable the network now (or wait until the \z
  connection timeout on the server expires) and see what the server does."
print "Once you see on the server that it got a timeout or a disconnect, enable the network again."
io.write "Press enter to continue:"
io.read()
print "\nDoing a new call on the same proxy:"
print("result = " .. echo "12345")
