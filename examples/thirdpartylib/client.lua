local pyro = require "pyro"

io.write "Enter the URI of the thirdparty library object: "
local remote <close> = pyro.Proxy(io.read():match "%S+")

--- Shows what a method returns; or, where it raises an error of that class, the complaint.
local function try(name, class, complaint)
  local ok, result = pcall(function()
    return remote[name](remote)
  end)
  if not ok and result.class ~= class then
    error(result)
  end
  print(ok and result or complaint)
end

print(remote:method "how are you?")
try("weird", "SerializeError",
  "couldn't call weird() due to serialization error of the result value! (is ok)")
try("private", "AttributeError", "couldn't call private(), it doesn't seem to be exposed! (is ok)")
