--- Pyro's servers close the connection after an answer that could not be serialized: a proxy lets it
--- go as well, as Python's does, and the next call works.
local peers = require "spec.support.peers"
local process = require "spec.support.process"
local pyro = require "pyro"
local served = require "spec.support.served"

local failure = served.failure

local SERVER = [[
import sys
if sys.argv[1] == "Pyro5":
    import Pyro5.api as Pyro
    from Pyro5 import errors
else:
    import Pyro4 as Pyro
    from Pyro4 import errors
    Pyro.config.SERIALIZERS_ACCEPTED = {"serpent", "json", "marshal", "msgpack", "pickle"}

@Pyro.expose
class Thing(object):
    def bad(self):
        return {1}.__iter__
    def refuse(self):
        raise errors.SecurityError("not you")
    def items(self):
        yield 1
        yield {1}.__iter__
    def ok(self):
        return 7

daemon = Pyro.Daemon()
print("uri %s" % daemon.register(Thing, "thing"))
daemon.requestLoop()
]]

--- Calls a method that fails, then one that does not, with a proxy in C.
local PROGRAM = [[
#include <pyrolua.h>
#include <stdio.h>

static void call(pyrolua_runtime *runtime, pyrolua_proxy *proxy, const char *method)
{
    pyrolua_call *call;
    pyrolua_call_new(proxy, method, &call);
    if (pyrolua_call_wait(call) == PYROLUA_OK)
        printf("%d\n", (int)pyrolua_read_int(pyrolua_call_result(call)));
    else
        printf("%s\n", pyrolua_last_error(runtime)->class_name);
    pyrolua_call_free(call);
}

int main(int argc, char **argv)
{
    pyrolua_runtime *runtime;
    pyrolua_proxy *proxy;
    if (argc != 2 || pyrolua_new(&runtime) != PYROLUA_OK ||
        pyrolua_proxy_new(runtime, argv[1], &proxy) != PYROLUA_OK)
        return 1;
    for (int i = 0; i < 3; i++) {
        call(runtime, proxy, "bad");
        call(runtime, proxy, "ok");
    }
    call(runtime, proxy, "refuse");
    call(runtime, proxy, "ok");
    pyrolua_proxy_free(proxy);
    pyrolua_free(runtime);
    return 0;
}
]]

local function compile()
  local build = process.build()
  local program = process.file("recover", "")
  local flags = build:find "asan" and "-fsanitize=address,undefined" or "-O1"
  local compiler = process.run { "cc", flags, "-Icore/include", "-o", program, process.file("recover.c", PROGRAM),
    "-L" .. build, "-lpyrolua", "-Wl,-rpath," .. build }
  assert.are.equal(0, compiler.code, compiler.output)
  return program
end

for _, generation in ipairs(peers.generations()) do
  describe("after a result that " .. generation .. " cannot serialize,", function()
    local uri

    setup(function()
      uri = peers.start(generation, { "-c", SERVER, generation }):expect "uri (%S+)"
    end)

    teardown(process.stop_all)

    for _, serializer in ipairs(peers.serializers[generation]) do
      it("a proxy works on in " .. serializer, function()
        local proxy <close> = pyro.Proxy(uri)
        proxy._pyroSerializer = serializer
        local expected = serializer == "serpent" and "^TypeError: " or "^SerializeError: "
        local function works(f, ...)
          local err = failure(f, ...)
          assert.matches(expected, tostring(err))
          assert.are.equal(7, proxy:ok())
        end
        for _ = 1, 3 do
          works(proxy.bad, proxy)
        end
        works(function()
          return pyro.async(proxy):bad().value
        end)
        works(function()
          for item in proxy:items() do
            assert.are.equal(1, item)
          end
        end)
        assert.matches("^SecurityError: not you", tostring(failure(proxy.refuse, proxy)))
        assert.are.equal(7, proxy:ok())
        local batch = pyro.batch(proxy)
        batch:ok()
        batch:bad()
        expected = serializer == "marshal" and "Error: " or expected -- it tries the results as a whole
        works(batch)
      end)
    end

    it("a proxy in C works on", function()
      local program = process.run { compile(), uri, env = { PYRO_SERIALIZER = "msgpack" } }
      assert.are.equal(("SerializeError\n7\n"):rep(3) .. "SecurityError\n7\n", program.output)
      assert.are.equal(0, program.code)
    end)
  end)
end

describe("after a result that pyrolua cannot serialize,", function()
  after_each(served.close)

  it("the connection goes on, for other calls too", function()
    local busy, connections = false, {}
    local proxy = served.open {
      bad = function()
        return { print }
      end,
      slow = function()
        busy = true
        pyro.sleep(0.05)
        return 7
      end,
      ok = function()
        connections[pyro.current_context.client] = true
        return 7
      end,
    }
    proxy._pyroSerializer = "json"
    proxy:ok()
    local calls = pyro.async(proxy)
    local bad, slow = calls:bad(), calls:slow()
    assert.matches("SerializeError", tostring(failure(function()
      return bad.value
    end)))
    assert.are.equal(7, slow.value)
    assert.is_true(busy)
    proxy:ok()
    assert.is_nil(next(connections, (next(connections))), "there was another connection")
  end)
end)
