local pyro = require "pyro"

io.write "Enter the URI of the quote object: "
local quotegen <close> = pyro.Proxy(io.read():match "%S+")
print "Getting some quotes..."
print(quotegen:quote())
print(quotegen:quote())
