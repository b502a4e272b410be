--- bind: pyro.current_context.
local pyro = require "pyro"
local served = require "spec.support.served"

local context = pyro.current_context
local ID = "f15e80c7-1b4a-47f2-9cf5-00ca86551698"

--- The results of a function that runs in a task of its own.
local function in_task(f)
  local results
  pyro.spawn(function()
    results = table.pack(pcall(f))
  end)
  while not results do
    pyro.sleep(0)
  end
  assert(results[1], results[2])
  return table.unpack(results, 2, results.n)
end

describe("the call context", function()
  after_each(served.close)

  it("is empty where no call is served", function()
    in_task(function()
      assert.is_nil(context.client)
      assert.is_nil(context.client_sock_addr)
      assert.is_nil(context.correlation_id)
      assert.are.equal(0, context.seq)
      assert.are.same({}, context.annotations)
      assert.are.same({}, context.response_annotations)
    end)
  end)

  it("belongs to a task", function()
    in_task(function()
      context.correlation_id = ID:upper()
      context.annotations.ABCD = "mine"
      in_task(function()
        assert.is_nil(context.correlation_id)
        assert.is_nil(context.annotations.ABCD)
      end)
      assert.are.equal(ID:upper(), context.correlation_id)
      assert.are.equal("mine", context.annotations.ABCD)
      context.correlation_id = nil
      assert.is_nil(context.correlation_id)
    end)
  end)

  it("can be passed to another task", function()
    in_task(function()
      context.correlation_id = ID
      local values = context:to_global()
      in_task(function()
        context:from_global(values)
        assert.are.equal(ID, context.correlation_id)
      end)
    end)
  end)

  it("of a call tells who calls, and has an id once that is asked for", function()
    local proxy = served.open { who = function()
      local id = context.correlation_id
      assert(id == context.correlation_id)
      return tostring(context.client), context.client_sock_addr, id
    end }
    local client, address, id = table.unpack(proxy:who())
    assert.matches("^<pyro.Connection at .*; open; from 127%.0%.0%.1:%d+>$", client)
    assert.matches("^127%.0%.0%.1:%d+$", address)
    assert.matches("^%x+%-%x+%-4%x+%-%x+%-%x+$", id)
    assert.are_not.equal(id, proxy:who()[3])
  end)

  it("refuses what it does not have, and what does not fit", function()
    for name, bad in pairs { annotations = 5, response_annotations = "text", correlation_id = "text" } do
      assert.matches(name, served.failure(function()
        context[name] = bad
      end))
    end
    assert.error_matches(function()
      return context.no_such_field
    end, "the call context has no field 'no_such_field'")
    assert.error_matches(function()
      context.no_such_field = 1
    end, "the call context has no field 'no_such_field'")
    local proxy = served.open { ping = function() end }
    proxy:ping()
    for _, bad in ipairs { { ABC = "x" }, { ["\xc3\xa4\xc3\xa4"] = "x" }, { ["AB\0D"] = "x" }, { "x" },
      { ABCD = 5 } } do
      context.annotations = bad
      local ok, err = pcall(proxy.ping, proxy)
      context.annotations = {}
      assert.is_false(ok)
      assert.are.equal("ProtocolError", err.class)
    end
    local err = served.failure(context.track_resource, context, {})
    assert.are.equal("cannot track resource on a connectionless call", err.message)
  end)
end)
