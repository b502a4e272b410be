-- A member of a chain, as a server: passes messages on to the next, until one comes full circle.
local pyro = require "pyro"

return function(name, next_name)
  local chain = {}
  local next_member = pyro.Proxy("PYRONAME:example.chain." .. next_name)

  function chain:process(message)
    for _, passed in ipairs(message) do
      if passed == name then
        print(("Back at %s; we completed the circle!"):format(name))
        return { "complete at " .. name }
      end
    end
    print(("I'm %s, passing to %s"):format(name, next_name))
    table.insert(message, name)
    local result = next_member:process(message)
    table.insert(result, 1, "passed on from " .. name)
    return result
  end

  local daemon <close> = pyro.Daemon {}
  pyro.locateNS():register("example.chain." .. name, daemon:register(chain))
  print("Server started " .. name)
  daemon:requestLoop()
end
