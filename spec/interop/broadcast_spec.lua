--- Name servers found by broadcast, with the recorded datagrams of either generation.
local peers = require "spec.support.peers"
local process = require "spec.support.process"
local uv = require "luv"

--- The recorded question and answer.
local function datagrams(generation)
  local file = assert(io.open(("spec/recordings/%s/broadcast.txt"):format(generation)))
  local text = file:read "a"
  file:close()
  local function decoded(direction)
    return (text:match("\n" .. direction .. " (%x+)"):gsub("%x%x", function(byte)
      return string.char(tonumber(byte, 16))
    end))
  end
  return decoded ">", decoded "<"
end

local function udp_port()
  local udp = uv.new_udp()
  udp:bind("127.0.0.1", 0)
  return udp, udp:getsockname().port
end

describe("the name server", function()
  local udp

  after_each(function()
    udp:close()
    process.stop_all()
  end)

  it("that takes only pickle is found by broadcast", function()
    udp = uv.new_udp()
    local env = { PYRO_SERIALIZERS_ACCEPTED = "pickle", PYRO_BROADCAST_ADDRS = "127.0.0.1" }
    local server = peers.start("Lua", { "-m", "pyro.naming", "-n", "0.0.0.0", "-p", "0", "--bcport", "0", env = env })
    env.PYRO_NS_BCPORT = server:expect "Broadcast server running on [^\n]*:(%d+)\n"
    env.PYRO_NS_PORT = tostring(process.free_port())
    local client = peers.run("Lua", { "-e", "print(pyro.locateNS():lookup 'Pyro.NameServer')", env = env })
    assert.matches("^PYRO:Pyro.NameServer@", client.output)
  end)

  for _, generation in ipairs { "Pyro4", "Pyro5" } do
    local digit = generation:match "%d"

    it(("in Lua answers the broadcast of %s #r3:%sL #r7:%sL"):format(generation, digit, digit), function()
      local question, recorded = datagrams(generation:lower())
      local answer
      udp = udp_port()
      local server = process.start_pyrolua { "-m", "pyro.naming", "-n", "0.0.0.0", "-p", "0", "--bcport", "0" }
      local port = tonumber((server:expect "Broadcast server running on [^\n]*:(%d+)\n"))
      udp:recv_start(function(_, data)
        answer = answer or data
      end)
      udp:send(question, "127.0.0.1", port)
      process.run_until(function()
        return answer
      end)
      assert.are.equal((recorded:gsub("%d+$", "")), (answer:gsub("%d+$", "")))
      assert.are.equal("PYRO:Pyro.NameServer@127.0.0.1:" .. server:expect "NS running on 0%.0%.0%.0:(%d+)", answer)
    end)

    it(("of %s is found by Lua's broadcast #r3:L%s #r7:L%s"):format(generation, digit, digit), function()
      local question, recorded = datagrams(generation:lower())
      local server = process.start_pyrolua { "-m", "pyro.naming", "-p", "0" }
      local uri = server:expect "URI = (PYRO:Pyro%.NameServer@localhost:%d+)\n"
      local port, asked
      udp, port = udp_port()
      udp:recv_start(function(_, data, from)
        if data then
          asked = data
          udp:send((recorded:gsub("@.*", uri:match "@.*")), from.ip, from.port)
        end
      end)
      local client = process.start_pyrolua { "-e", "print(pyro.locateNS()._pyroUri)", env = {
        PYRO_BROADCAST_ADDRS = "127.0.0.1",
        PYRO_NS_BCPORT = tostring(port),
        PYRO_NS_PORT = tostring(process.free_port()),
      } }
      assert.are.equal(uri, client:expect "PYRO:%S+")
      assert.are.equal(question, asked)
    end)
  end
end)
