--- Pyro4's own HTTP gateway, which calls methods with named arguments, and objects in Lua.
local peers = require "spec.support.peers"
local process = require "spec.support.process"
local tags = require "spec.support.tags"

local SERVER = [[
  local Scale = { unit = "kg" }

  function Scale:weigh(what, times)
    return (what or "nothing") .. " times " .. (times or 1)
  end

  function Scale:set(options)
    self.options = options
  end

  function Scale:get()
    return self.options
  end

  local daemon = pyro.Daemon {}
  pyro.locateNS():register("scale", daemon:register(pyro.attributes(Scale, "unit")))
  pyro.spawn(print, "READY")
  daemon:requestLoop()
]]

describe("Pyro4's HTTP gateway", function()
  after_each(process.stop_all)

  it("calls objects in Lua" .. tags({ 13 }, "Pyro4", "Lua"), function()
    local _, env = peers.name_server "Lua"
    peers.start("Lua", { "-e", SERVER, env = env }):expect "READY"
    peers.start("Lua", { "-m", "pyro.echoserver", "-n", env = env }):expect "echoserver running."
    local said = peers.run("Pyro4", { "spec/interop/python/through_gateway.py", "scale/weigh?what=tea&times=2",
      "scale/weigh?times=3", "scale/set?a=1", "scale/get", "scale/unit", "test.echoserver/echo?message=hi",
      "scale/weigh?what=tea&times=2&x=1", env = env }).output
    local answers, failure = said:match "^(.*\n)(500 [^\n]*)\n$"
    assert.are.equal([[
200 "tea times 2"
200 "nothing times 3"
200 null
200 {"a": "1"}
200 "kg"
200 "hi"
]], answers)
    assert.matches("weigh() got an unexpected keyword argument 'x'", failure, 1, true)
  end)
end)
