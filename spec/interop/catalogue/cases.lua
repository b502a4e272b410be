--- Calls that clients make with the objects of the catalogue, as ../python/catalogue_client.py does.
local checks = require "checks"
local pyro = require "pyro"

local thing, shows, equal, fails = checks.thing, checks.shows, checks.equal, checks.fails
local listed, sorted = checks.listed, checks.sorted
local TWO_TO_200 = "1606938044258990275541962092341162602522202993782792835301376"

local cases = {}

function cases.connect(at)
  local p <close> = thing(at)
  p:_pyroBind()
  equal({ "note" }, p._pyroOneway)
  equal({ "number" }, p._pyroAttrs)
  local methods = " " .. table.concat(p._pyroMethods, " ") .. " "
  assert(methods:find " echo " and methods:find " fail " and not methods:find "_private")
end

cases["values"] = function(at)
  local p <close> = thing(at)
  for _, value in ipairs {
    { nil, "None" }, { true, "True" }, { false, "False" }, { 0, "0" }, { 1, "1" }, { -1, "-1" }, { 127, "127" },
    { -129, "-129" }, { 1 << 31, "2147483648" }, { -(1 << 31) - 1, "-2147483649" },
    { math.maxinteger, "9223372036854775807" }, { math.mininteger, "-9223372036854775808" }, { 1.5, "1.5" },
    { -0.0, "-0.0" }, { 1e16, "1e+16" }, { 1e300, "1e+300" }, { 5e-324, "5e-324" }, { math.huge, "inf" },
    { -math.huge, "-inf" }, { "", "''" }, { "text", "'text'" },
    { "it's \"quoted\"\\\r\n\t\0", [['it\'s "quoted"\\\r\n\t\x00']] }, { "ünï ☃ 😀", "'ünï ☃ 😀'" },
    { {}, "[]" }, { { 1, 2.0, "3" }, "[1, 2.0, '3']" }, { { pyro.null, { pyro.null } }, "[None, [None]]" },
    { { {}, pyro.dict {} }, "[[], {}]" }, { pyro.dict {}, "{}" }, { { a = 1 }, "{'a': 1}" },
    { { a = { b = { 1, { c = pyro.null } } } }, "{'a': {'b': [1, {'c': None}]}}" },
  } do
    shows(value[2], p:echo(value[1]))
  end
end

--- Values that only some serializers carry.
local tuple, pair = pyro.tuple { 1, "two" }, pyro.dict { [pyro.tuple { 1, 2 }] = "pair" }
local big, negative, complex = pyro.bigint "18446744073709551616", pyro.bigint("-" .. TWO_TO_200), pyro.complex(1, 2)
local more = {
  serpent = { tuple, pyro.set { 1, 2 }, pyro.dict { "one" }, pair, big, negative, complex },
  marshal = { tuple, pyro.set { 1, 2 }, pyro.dict { "one" }, pair, big, negative, complex, "\0\xff" },
  json = { big, negative },
  pickle = { tuple, pyro.set { 1, 2 }, pyro.dict { "one" }, pair, big, negative, complex, "\0\xff",
    pyro.datetime "2020-01-02 03:04:05.000006", pyro.date "1999-12-31" },
  msgpack = { big, negative, complex, "\0\xff", pyro.datetime "2020-01-02 03:04:05.000006", pyro.date "1999-12-31" },
}

cases["more values"] = function(at)
  local p <close> = thing(at)
  for _, value in ipairs(more[pyro.config.SERIALIZER]) do
    equal(value, p:echo(value))
  end
end

cases["not a number"] = function(at)
  local p <close> = thing(at)
  local value = p:echo(0 / 0)
  assert(value ~= value)
end

function cases.arguments(at)
  local p <close> = thing(at)
  equal(11, p:add(1))
  equal(3, p:add(1, 2))
  equal(6, p:add(1, pyro.kwargs { b = 5 }))
  equal(3, p:add(pyro.kwargs { b = 2, a = 1 }))
  fails("TypeError", "", p.add, p)
end

function cases.attributes(at)
  local p <close> = thing(at)
  equal(3, p.number)
  p.number = 5
  equal(5, p.number)
  p.number = 3
  local text = ("remote object 'PYRO:thing@%s' has no exposed attribute"):format(at)
  fails("AttributeError", text, function()
    return p.nothing
  end)
  fails("AttributeError", text, function()
    p.nothing = 1
  end)
end

function cases.exposure(at)
  local half <close> = thing(at, "half")
  equal("shown", half:shown())
  fails("AttributeError", "has no exposed attribute or method 'hidden'", function()
    return half.hidden
  end)
  equal({ "shown" }, half._pyroMethods)
end

function cases.exceptions(at)
  local p <close> = thing(at)
  local err = fails("ValueError", "bad", p.fail, p)
  equal({ "bad", 1 }, listed(err.args))
  equal("more", err.extra)
  assert(table.concat(err.remoteTraceback):find "Traceback")
end

cases["an unknown exception"] = function(at)
  local p <close> = thing(at)
  fails("catalogue.Trouble", "own", p.fail_unknown, p)
end

cases["oneway calls"] = function(at)
  local p <close> = thing(at)
  equal(nil, p:note "one")
  local noted = p:noted()
  for _ = 1, 1000 do -- until it is there
    if #noted > 0 then
      break
    end
    pyro.sleep(0.01)
    noted = p:noted()
  end
  equal({ "one" }, noted)
end

function cases.batch(at)
  local p <close> = thing(at)
  local calls = pyro.batch(p)
  calls:echo "a"
  calls:add(1, pyro.kwargs { b = 2 })
  local results = calls()
  equal("a", results())
  equal(3, results())
  assert(results() == nil)
  calls:echo(1)
  calls:fail()
  calls:echo(2)
  results = calls()
  equal(1, results())
  fails("ValueError", "bad", results)
end

cases["oneway batch"] = function(at)
  local p <close> = thing(at)
  local calls = pyro.batch(p)
  calls:echo "a"
  calls:noted()
  equal(nil, calls { oneway = true })
  equal(1, p:echo(1))
end

function cases.stream(at)
  local p <close> = thing(at)
  local items = {}
  for item in p:count_to(3) do
    items[#items + 1] = item
  end
  equal({ 1, 2, 3 }, items)
end

cases["several calls"] = function(at)
  local p <close> = thing(at)
  local calls = pyro.async(p)
  local echoed, added, failed = calls:echo "a", calls:add(1), calls:fail()
  equal("a", echoed.value)
  equal(11, added.value)
  fails("ValueError", "bad", function()
    return failed.value
  end)
end

function cases.timeouts(at)
  local p <close> = thing(at)
  p._pyroTimeout = 0.3
  fails("TimeoutError", "", p.slow, p, 1)
  p._pyroTimeout = 0
  equal(1, p:echo(1))
end

cases["another serializer"] = function(at)
  local p <close> = thing(at)
  p._pyroSerializer = pyro.config.SERIALIZER == "json" and "marshal" or "json"
  equal({ 1, "a" }, p:echo { 1, "a" })
  fails("ValueError", "bad", p.fail, p)
end

cases["a stream that fails"] = function(at)
  local p <close> = thing(at)
  local items = p:stumble()
  equal(1, items())
  fails("ValueError", "stumbled", items)
end

cases["a closed stream"] = function(at)
  local p <close> = thing(at)
  local items = p:count_to(3)
  equal(1, items())
  items:close()
  equal(1, p:echo(1))
end

cases["an unknown stream"] = function(at)
  local p <close> = thing(at, "Pyro.Daemon")
  fails("PyroError", "item stream terminated", p.get_next_stream_item, p, "nonsense")
end

cases["call context"] = function(at)
  local p <close> = thing(at)
  p:_pyroBind()
  local context = pyro.current_context
  context.annotations = { ASKS = "question" }
  context.correlation_id = "00000000-0000-0000-0000-000000000005"
  local seen = p:circumstances()
  equal("question", seen.asked)
  equal("00000000-0000-0000-0000-000000000005", seen.correlation)
  equal("answer", context.response_annotations.RSPN)
  context.annotations, context.correlation_id = {}, nil
end

function cases.proxies(at)
  local p <close> = thing(at)
  local half = p:other()
  equal("half", half._pyroUri.object)
  equal("PYRO:some.id@some.host:4444", p:address(pyro.Proxy("PYRO:some.id@some.host:4444", { timeout = 0 })))
end

function cases.uris(at)
  local p <close> = thing(at)
  assert(p:place() == pyro.URI "PYRO:some.id@some.host:4444")
  for _, text in ipairs { "PYRONAME:a.name", "PYRO:an.id@./u:/some/socket" } do
    equal(text, p:place_text(pyro.URI(text)))
  end
end

function cases.blobs(at)
  local p <close> = thing(at)
  local opened = p:open(pyro.SerializedBlob("label", { 1, "a" }))
  equal("label", opened[1])
  equal(1, opened[2][1])
  equal("a", opened[2][2])
end

cases["custom classes"] = function(at)
  local p <close> = thing(at)
  local Point = {}
  pyro.registerClass("catalogue.Point", Point, function(point)
    return { x = point.x, y = point.y }
  end, function(fields)
    return setmetatable({ x = fields.x, y = fields.y }, Point)
  end)
  local mirrored = p:mirror(setmetatable({ x = 1, y = 2 }, Point))
  assert(getmetatable(mirrored) == Point)
  equal({ 2, 1 }, { mirrored.x, mirrored.y })
end

--- A value that travels as a class of that name.
local function stranger(name)
  local class = {}
  pyro.registerClass(name, class, function()
    return { x = 1 }
  end)
  return setmetatable({}, class)
end

cases["unknown classes"] = function(at)
  local p <close> = thing(at)
  fails("SerializeError", "unsupported serialized class: catalogue.Unknown", p.echo, p, stranger "catalogue.Unknown")
end

cases["suspicious classes"] = function(at)
  local p <close> = thing(at)
  fails("SecurityError", "refused to deserialize types with double underscores in their name: os__system.x", p.echo, p,
    stranger "os__system.x")
end

cases["instance modes"] = function(at)
  for _, mode in ipairs { { "single", 1, 2, 3, 4 }, { "session", 1, 2, 1, 2 }, { "percall", 1, 1, 1, 1 } } do
    local seen = { mode[1] }
    for _ = 1, 2 do
      local p <close> = thing(at, mode[1])
      table.move({ p:count(), p:count() }, 1, 2, #seen + 1, seen)
    end
    equal(mode, seen)
  end
end

cases["the daemon"] = function(at)
  local p <close> = thing(at, "Pyro.Daemon")
  equal({ "Pyro.Daemon", "half", "percall", "session", "single", "thing" }, sorted(p:registered()))
  equal(nil, p:ping())
  equal({ "shown" }, sorted(p:get_metadata("half").methods))
  assert(type(p:info()) == "string")
end

cases["an unknown object"] = function(at)
  local p <close> = thing(at, "nobody")
  fails("CommunicationError", "rejected: unknown object", p._pyroBind, p)
end

cases["handshake accepted"] = function(at)
  local p <close> = thing(at, "half")
  local answer
  p._pyroHandshake = { password = "sesame" }
  p._pyroValidateHandshake = function(_, response)
    answer = response
  end
  equal("shown", p:shown())
  equal({ "welcome" }, answer)
end

cases["handshake refused"] = function(at)
  local p <close> = thing(at, "half")
  fails("CommunicationError", "rejected: no entry", p._pyroBind, p)
end

function cases.compression(at)
  pyro.config.COMPRESSION = true
  local p <close> = thing(at)
  local ok, long, short = pcall(function()
    return p:echo(("x"):rep(500)), p:echo "short"
  end)
  pyro.config.COMPRESSION = false
  assert(ok, long)
  equal(("x"):rep(500), long)
  equal("short", short)
end

cases["a refused serializer"] = function(at)
  local p <close> = thing(at)
  fails("CommunicationError", "message used serializer that is not accepted", p._pyroBind, p)
end

return cases
