--- bind: pyro.current_context.
local pyro = require "pyro"
local served = require "spec.support.served"

local context = pyro.current_context
local ID = "f15e80c7-1b4a-47f2-9cf5-00ca86551698"
local TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
local OTHER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"

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
      assert.is_nil(context.traceparent)
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
      context.correlation_id, context.traceparent = ID, TRACE
      local values = context:to_global()
      in_task(function()
        context:from_global(values)
        assert.are.equal(ID, context.correlation_id)
        assert.are.equal(TRACE, context.traceparent)
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

  describe("of a traced call", function()
    local last, first

    --- Returns what the two servers of a chain of calls have seen.
    local function seen(...)
      return first:pass(...)
    end

    before_each(function()
      last = served.open { see = function()
        return { context.traceparent or "none", context.annotations }
      end }
      first = served.open { pass = function(_, how, value)
        if how == "set" then
          context.traceparent = value
        elseif how == "annotate" then
          context.annotations = value
        end
        return { context.traceparent or "none", table.unpack(last:see()) }
      end }
    end)

    for _, protocol in ipairs { 48, 502 } do
      it("has the trace, as do calls that it makes, in protocol " .. protocol, function()
        first._pyroProtocol, last._pyroProtocol = protocol, protocol
        in_task(function()
          context.traceparent = TRACE
          assert.are.same({ TRACE, TRACE, {} }, seen())
          assert.are.same({ TRACE, TRACE, { ABCD = "x" } }, seen("annotate", { ABCD = "x" }))
          assert.are.same({ OTHER, OTHER, {} }, seen("set", OTHER))
          assert.are.same({ "none", "none", {} }, seen("set", nil))
          context.annotations = { EFGH = "y" }
          assert.are.same({ TRACE, TRACE, { EFGH = "y" } }, seen())
          context.traceparent = nil
          assert.are.same({ "none", "none", { EFGH = "y" } }, seen())
        end)
        assert.are.same({ "none", "none", {} }, seen())
      end)
    end

    it("may have got the trace by an annotation", function()
      in_task(function()
        context.annotations = { TRCP = TRACE }
        assert.are.same({ TRACE, TRACE, {} }, seen())
        context.traceparent = OTHER
        assert.are.same({ TRACE, TRACE, {} }, seen())
      end)
    end)

    it("has none where the annotation is malformed", function()
      in_task(function()
        for _, bad in ipairs { "", "text", TRACE:upper(), TRACE .. "0", TRACE:sub(1, -2), TRACE:gsub("-", "_"),
          TRACE:gsub("^00", "ff"), (TRACE:gsub("%x", "0")) } do
          context.annotations = { TRCP = bad }
          assert.are.same({ "none", "none", {} }, seen())
        end
      end)
    end)

    it("has it in its batches", function()
      in_task(function()
        context.traceparent = TRACE
        local batch = pyro.batch(last)
        batch:see()
        for result in batch() do
          assert.are.equal(TRACE, result[1])
        end
      end)
    end)
  end)

  it("of a call goes into all kinds of calls that it makes", function()
    local told
    local object = {
      see = function()
        return { context.correlation_id, context.traceparent, context.annotations }
      end,
      tell = function()
        told = { context.correlation_id, context.traceparent, context.annotations }
      end,
    }
    pyro.oneway(object, "tell")
    local last = served.open(object)
    local first = served.open { pass = function()
      local batch = pyro.batch(last)
      batch:see()
      local fresh = pyro.Proxy(last)
      local futures = { pyro.async(last):see(), pyro.async(fresh):see(), batch { asynchronous = true } }
      local seen = { last:see() } -- while others of this proxy are under way
      pyro.async(last):tell()
      for i, future in ipairs(futures) do
        seen[i + 1] = i < 3 and future.value or future.value()
      end
      fresh:_pyroRelease()
      return seen
    end }
    in_task(function()
      context.correlation_id, context.traceparent, context.annotations = ID, TRACE, { ABCD = "x" }
      local expected = { ID, TRACE, { ABCD = "x" } }
      assert.are.same({ expected, expected, expected, expected }, first:pass())
      assert.is_true(served.soon(function()
        return told
      end))
      assert.are.same(expected, told)
      for _, seen in ipairs { pyro.async(last):see().value, pyro.async(pyro.Proxy(last)):see().value } do
        assert.are.same(expected, seen) -- also where no call is served
      end
    end)
  end)

  describe("of a future", function()
    local last, calls, fail

    local function see()
      return last:see()
    end

    before_each(function()
      last = served.open {
        see = function()
          context.response_annotations = { NOTE = "seen" }
          return { context.correlation_id or "none", context.traceparent or "none", context.annotations.ABCD or "none" }
        end,
        fail = function()
          error "no"
        end,
      }
      last:_pyroBind()
      local repeated = pyro.Proxy(last)
      repeated._pyroMaxRetries = 1 -- its calls are made in tasks
      calls = { pyro.async(last), pyro.async(repeated) }
      fail = function(call)
        local seen
        call:fail():iferror(function()
          seen = see()
        end)
        assert.is_true(served.soon(function()
          return seen
        end))
        return seen
      end
    end)

    --- Returns what the calls carry that are made when futures of this task are ready.
    local function all_seen()
      local seen = { pyro.Future(see)().value, pyro.Future(function() end):andThen(see)().value }
      for _, call in ipairs(calls) do
        local ready = call:see()
        ready:wait()
        table.move({ call:see():andThen(see).value, ready:andThen(see).value, fail(call) }, 1, 3, #seen + 1, seen)
      end
      local batch = pyro.batch(last)
      batch:see()
      seen[#seen + 1] = batch { asynchronous = true }:andThen(see).value
      return seen
    end

    local function assert_all_carry_it()
      context.correlation_id, context.traceparent, context.annotations = ID, TRACE, { ABCD = "x" }
      for i, seen in ipairs(all_seen()) do
        assert.are.same({ ID, TRACE, "x" }, seen, "call " .. i)
      end
    end

    it("is that of the code which says what happens then", function()
      in_task(assert_all_carry_it)
    end)

    it("is so in the main chunk, too", function()
      local before = context:to_global()
      local ok, err = pcall(assert_all_carry_it)
      context:from_global(before)
      assert(ok, err)
    end)

    it("need not be that of the call, and has the annotations of its response", function()
      for _, call in ipairs(calls) do
        in_task(function()
          context.traceparent = OTHER
          local future = call:see()
          context.traceparent = TRACE
          future:andThen(function()
            return { context.traceparent, context.response_annotations }
          end)
          context.traceparent = OTHER
          assert.are.same({ TRACE, { NOTE = "seen" } }, future.value)
        end)
      end
    end)
  end)

  it("refuses what it does not have, and what does not fit", function()
    for name, bad in pairs { annotations = 5, response_annotations = "text", correlation_id = "text",
      traceparent = "text" } do
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
