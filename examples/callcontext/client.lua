local pyro = require "pyro"

local context = pyro.current_context

context.correlation_id = "f15e80c7-1b4a-47f2-9cf5-00ca86551698" -- goes along with all calls
print("correlation id set to: " .. context.correlation_id)

local function show_annotations()
  print "Annotations in response were: "
  for key, value in pairs(context.response_annotations) do
    print(("   %s -> %s"):format(key, pyro.repr(pyro.bytes(value))))
  end
end

io.write "Enter the URI of the server object: "
local proxy <close> = pyro.Proxy(io.read():match "%S+")

print "\n------- get annotations via normal proxy and the call context... -----\n"
print "normal call"
context.annotations = { XYZZ = "custom annotation from client (1)" }
proxy:echo "hi there - new method of annotation access in client"
show_annotations()

print "\noneway call"
context.annotations = { XYZZ = "custom annotation from client (2)" }
proxy:oneway "hi there ONEWAY - new method of annotation access in client"
show_annotations()
print "(should be an empty result because oneway!)"

print "\nSee the console output on the server for more results."
