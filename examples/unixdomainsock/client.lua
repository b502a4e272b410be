local pyro = require "pyro"

io.write "enter the server uri: "
local proxy <close> = pyro.Proxy(io.read():match "%S+")
print("Response was: " .. proxy:message "Hello there!")
