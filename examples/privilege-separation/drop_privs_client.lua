local pyro = require "pyro"

io.write "Enter the uri of the restricted server: "
io.flush()
local restricted = pyro.Proxy(io.read "l")
print("server is running as: " .. pyro.repr(restricted:who_is_server()))
print "attempting to write a file:"
local ok, err = pcall(restricted.write_file, restricted)
print(ok and "???? this should fail!" or "ERROR (expected): " .. err.message)
