--- The default serializer: with a server in Python what that Pyro's own client would use, so that it is never poorer.
local peers = require "spec.support.peers"
local process = require "spec.support.process"

--- Calls that the server answers with what Python's repr() says of the arguments.
local ARGUMENTS = {
  { "{1001: 2.5}", "{ [1001] = 2.5 }" },
  { "{1: 10, 2: 20, 'unit': 'kg'}", '{ 10, 20, unit = "kg" }' },
  { "{1: 1, 2: 2, 4: 4}", "{ 1, 2, nil, 4 }" },
  { "(1, (2, []))", "pyro.tuple { 1, pyro.tuple { 2, {} } }" },
  { "{(1, 'a'): [True]}", '{ [pyro.tuple { 1, "a" }] = { true } }' },
  { "{3}", "pyro.set { 3 }" },
  { "{3}", "pyro.frozenset { 3 }" },
  { "{None: (1+2j)}", "{ [pyro.null] = pyro.complex(1, 2) }" },
  { "1180591620717411303424", 'pyro.bigint "1180591620717411303424"' },
  { "'2020-02-29'", 'pyro.date "2020-02-29"' },
  { "{'data': '//4=', 'encoding': 'base64'}", '"\\xff\\xfe"' },
}

for _, generation in ipairs(peers.generations()) do
  describe("the default serializer with a server of " .. generation, function()
    local uri

    setup(function()
      uri = "PYRO:target@localhost:"
        .. peers.start(generation, { "spec/interop/python/plain_values.py", generation, "serve" }):expect "PORT%s+(%d+)"
    end)

    teardown(process.stop_all)

    local function run(code)
      local program = peers.run("Lua", { "-e", ("local p = pyro.Proxy %q %s"):format(uri, code) })
      assert.are.equal("", program.errors or "")
      return program.output
    end

    it("carries what serpent carries", function()
      local code, expected = {}, {}
      for i, case in ipairs(ARGUMENTS) do
        code[i], expected[i] = ("print(p:shown(%s))"):format(case[2]), case[1] .. "\n"
      end
      assert.are.equal(table.concat(expected), run(table.concat(code, " ")))
    end)

    it("gets what a stock client gets: tuples, sets, times, an Enum, a deque and so on", function()
      local stock = peers.run(generation, { "spec/interop/python/plain_values.py", generation, "get", uri })
      assert.matches("^%(1, %[2%]%)\n", stock.output)
      local got = run [[for i = 1, p:count() do print(pyro.repr(p:value(i - 1))) end]]
      assert.are.equal(stock.output, got)
    end)

    it("carries them in batches and streams", function()
      assert.are.equal("{7: 1}\n(1, [2])\n(2, {3: 4})\n", run [[
        local batch = pyro.batch(p)
        batch:shown { [7] = 1 }
        batch:value(0)
        for result in batch() do print(type(result) == "string" and result or pyro.repr(result)) end
        for item in p:stream() do print(pyro.repr(item)) end]])
    end)

    it("tells the server nothing that its programs see", function()
      assert.are.equal("[]\n", run "print(pyro.repr(p:annotations()))")
    end)

    -- stock Pyro4 accepts no msgpack
    local when = generation == "Pyro5" and it or function() end
    when("leaves a chosen msgpack as Pyro has it", function()
      local value = "pyro.tuple { pyro.set { 1 }, { a = pyro.complex(1, 2) } }"
      assert.are.equal("[[1], {'a': (1+2j)}]\n", peers.run("Lua", { "-e",
        ("print(pyro.Proxy(%q, { serializer = 'msgpack' }):shown(%s))"):format(uri, value) }).output)
    end)
  end)
end
