local pyro = require "pyro"

io.write "Enter the uri of the dmesg server: "
io.flush()
local dmesg = pyro.Proxy(io.read "l")
local ok, err = pcall(function()
  print "Last few lines of the dmesg kernel buffer:\n"
  print(table.concat(dmesg:dmesg(), "\n"))
  print("\nNormally you can't read this info from a non-root user. "
    .. "But the server is running as root and is able to access it for you.")
  print "TIP: now kill the server if you no longer need it!"
end)
if not ok then
  print("ERROR: " .. (err.message or err))
  print "Is the server running with root privileges?"
end
