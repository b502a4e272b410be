--- Name servers that keep their names in Redis: the real redis-server and redis-sentinel.
local certificates = require "spec.support.certificates"
local crashes = require "spec.support.crashes"
local peers = require "spec.support.peers"
local process = require "spec.support.process"
local redis = require "spec.support.redis"
local uv = require "luv"

local WARNINGS = { PYRO_LOGLEVEL = "WARNING", PYRO_LOGFILE = "{stderr}" }
local PYRO_URI = "PYRO:thing@localhost:1"

--- Starts a name server that keeps its names in a storage.
local function front_end(storage, env, port)
  local server = process.start_pyrolua { "-m", "pyro.naming", "-p", port or "0", "-s", storage, env = env }
  server.port = server:expect "URI = PYRO:Pyro%.NameServer@localhost:(%d+)\n"
  return server
end

--- Runs a command of nsc with a name server; returns what it prints.
local function nsc(server, ...)
  return (peers.nsc("Lua", {}, { "-p", server.port, ... }).output:gsub("\n$", ""))
end

--- The names that a name server has, but its own, with their metadata.
local function names(server)
  local found = {}
  for line in nsc(server, "list"):gmatch "[^\n]+" do
    local name, metadata = line:match "^(.*) %-%-> PYRO:thing@", line:match "^ +metadata: (.*)"
    found[#found + 1] = name
    if metadata and #found > 0 then
      found[#found] = found[#found] .. metadata
    end
  end
  return table.concat(found, " ")
end

local function register(server, name)
  assert.are.equal("Registered " .. name, nsc(server, "register", name, PYRO_URI))
end

--- Waits until a name server has these names.
local function shows(expected, server, seconds)
  local last
  local there = process.eventually(function()
    last = names(server)
    return last == expected
  end, seconds)
  assert.are.equal(expected, last)
  assert(there)
end

--- Waits until a change is accepted again.
local function accepts(server, name)
  local last
  assert(process.eventually(function()
    last = nsc(server, "register", name, PYRO_URI)
    return last == "Registered " .. name or last:find "already registered"
  end), last)
end

--- A name server that cannot start says why in one line.
local function refused(pattern, storage, env)
  local run = process.run_pyrolua { "-m", "pyro.naming", "-p", "0", "-s", storage, env = env }
  assert.are.equal(1, run.code)
  assert.are.equal("", run.out)
  assert.matches("^pyrolua: [^\n]*" .. pattern .. "[^\n]*\n$", run.err)
end

--- A server that gives a reply to each command that it knows, and none to others; a space is the end of
--- a line, and ~ a space. Returns it, and the storage in it.
local function scripted(replies)
  local server = uv.new_tcp()
  server:bind("127.0.0.1", 0)
  server:listen(8, function()
    local client = uv.new_tcp()
    server:accept(client)
    client:read_start(function(_, data)
      if not data then
        client:close()
        return
      end
      replies.log = (replies.log or "") .. data
      for word in data:gmatch "%*%d+\r\n%$%d+\r\n(%u+)\r\n" do
        local reply = (replies[word] or ""):gsub(" ", "\r\n"):gsub("~", " ")
        client:write(reply)
      end
    end)
  end)
  return server, ("redis://127.0.0.1:%d"):format(server:getsockname().port)
end

local function bulk(text)
  return ("$%d %s "):format(#text, text)
end

describe("Redis as a name server's storage", function()
  after_each(process.stop_all)

  teardown(function()
    redis.remove()
    certificates.remove()
  end)

  it("keeps names when the name server ends", function()
    local server = redis.start()
    local one = front_end(server:url())
    register(one, "b")
    register(one, "a.ü {x}")
    register(one, "gone")
    assert.are.equal("Metadata updated", nsc(one, "setmeta", "b", "two", 'o"ne'))
    assert.matches("unknown name: c$", nsc(one, "setmeta", "c", "x"))
    assert.matches("name already registered: b$", nsc(one, "register", "b", PYRO_URI))
    assert.are.equal("Removed gone", nsc(one, "remove", "gone"))
    assert.are.equal("Nothing removed", nsc(one, "remove", "gone"))
    assert.are.equal("a.ü {x} b['o\"ne', 'two']", names(one))
    one:kill "sigkill"
    one:wait()
    local two = front_end(server:url())
    assert.matches("^[^\n]*\nPersistent store contains 3 existing registrations%.\n", two.out)
    assert.are.equal("a.ü {x} b['o\"ne', 'two']", names(two))
    assert.are.equal("2", server:ask("ZCARD", "{pyro}:names"))
  end)

  it("keeps those of several prefixes apart", function()
    local server = redis.start()
    local one, two = front_end(server:url "/one"), front_end(server:url "/two?wait=0")
    register(one, "first")
    register(two, "second")
    assert.are.equal("first", names(one))
    assert.are.equal("second", names(two))
    assert.are.equal("first", server:ask("ZRANGE", "{one}:names", "0", "-1"))
  end)

  it("is one registry for several name servers, which agree within a second", function()
    local server = redis.start()
    local one, two = front_end(server:url()), front_end(server:url())
    register(one, "a")
    shows("a", two, 1)
    nsc(two, "setmeta", "a", "fruit")
    shows("a['fruit']", one, 1)
    register(two, "b")
    assert.matches("name already registered: b$", nsc(one, "register", "b", PYRO_URI))
    assert.are.equal("Removed a", nsc(one, "remove", "a"))
    shows("b", two, 1)
  end)

  it("has one order of changes, whoever makes them", function()
    local server = redis.start()
    local log = { PYRO_LOGLEVEL = "INFO", PYRO_LOGFILE = "{stderr}" }
    local one, two = front_end(server:url()), front_end(server:url(), log)
    local writers = {}
    for i, front in ipairs { one, two, one, two } do
      writers[i] = process.start_pyrolua { "-e", ([[
        local ns = require "pyro".locateNS("localhost", %s)
        for i = 1, 500 do
          ns:register("n" .. i %% 7, ("PYRO:%d.%%d@localhost:1"):format(i))
          ns:remove("n" .. i %% 5)
        end
        for i = 0, 6 do ns:register("n" .. i, "PYRO:%d@localhost:1") end]]):format(front.port, i, i) }
    end
    for _, writer in ipairs(writers) do
      assert.are.equal(0, writer:wait(), writer.output)
    end
    local function list(front)
      return (nsc(front, "list"):gsub("Pyro%.NameServer[^\n]*\n[^\n]*\n", ""))
    end
    assert(process.eventually(function()
      return list(one) == list(two)
    end, 1))
    for i = 0, 6 do
      local uri = server:ask("HGET", "{pyro}:n:n" .. i, "uri")
      assert(list(one):find(("n%d --> %s\n"):format(i, uri), 1, true), list(one))
    end
    assert.are.equal(1, select(2, two.err:gsub("names are as Redis", ""))) -- it never had to load them again
  end)

  it("keeps what is acknowledged after somebody has emptied it", function()
    local server = redis.start()
    local one, two = front_end(server:url()), front_end(server:url())
    for _, name in ipairs { "a1", "a2", "a3" } do
      register(one, name)
    end
    server:ask "FLUSHALL"
    local acknowledged = { "b1", "b2", "b3", "b4", "b5", "b6" }
    for _, name in ipairs(acknowledged) do
      register(one, name)
    end
    for _, front in ipairs { one, two } do
      assert(process.eventually(function()
        local list = nsc(front, "list")
        for _, name in ipairs(acknowledged) do
          if not list:find("\n" .. name .. " --> ", 1, true) then
            return false
          end
        end
        return not list:find "\na%d %-%->"
      end))
    end
  end)

  it("answers from its copy while Redis is gone, and refuses changes", function()
    local server = redis.start_durable()
    local one, two = front_end(server:url()), front_end(server:url(), WARNINGS)
    register(one, "a")
    shows("a", two)
    server:stop()
    two:expect "WARNING%] Redis at [^\n]* closed the connection; names stay as they are until it is back\n"
    assert.are.equal("a", names(two))
    assert.matches("NamingError %- not stored, Redis cannot be reached: Redis",
      nsc(two, "register", "b", PYRO_URI))
    server:start()
    accepts(two, "c")
    shows("a c", two)
    shows("a c", one)
  end)

  it("goes on after connections were cut", function()
    local server = redis.start()
    local one, two = front_end(server:url()), front_end(server:url())
    for round = 1, 5 do
      server:ask("CLIENT", "KILL", "TYPE", "normal")
      accepts(one, "n" .. round)
    end
    shows("n1 n2 n3 n4 n5", one)
    shows("n1 n2 n3 n4 n5", two)
    assert.are.equal("3", tostring(select(2, server:ask("CLIENT", "LIST", "TYPE", "normal"):gsub("\n", "\n"))
      - 1))
  end)

  it("goes on when Redis hangs, without an answer", function()
    local server = redis.start()
    local one = front_end(server:url())
    register(one, "a")
    server.process:kill "sigstop"
    assert.matches("NamingError %- it is not known whether the change is stored: Redis at [^\n]* does not answer$",
      nsc(one, "register", "b", PYRO_URI))
    assert.are.equal("a", names(one))
    assert.matches("NamingError %- not stored, Redis cannot be reached: ", nsc(one, "register", "b", PYRO_URI))
    server.process:kill "sigcont"
    accepts(one, "c")
    assert.matches("^a .*c$", names(one))
  end)

  it("is nothing that programs of Pyro notice", function()
    local server = redis.start()
    local one, two = front_end(server:url()), front_end(server:url())
    for _, generation in ipairs(peers.generations()) do
      local function ask(front, ...)
        return peers.nsc(generation, {}, { "-n", "localhost", "-p", front.port, ... }).output
      end
      assert.matches("Registered " .. generation, ask(one, "register", generation, PYRO_URI))
      assert.matches("Metadata updated", ask(two, "setmeta", generation, "x", "y"))
      assert.matches("name already registered", ask(two, "register", generation, PYRO_URI))
      assert.matches("\n" .. generation .. " %-%-> " .. PYRO_URI .. "\n +metadata: [^\n]*'y'", ask(one, "list"))
      assert.matches("Removed " .. generation, ask(one, "remove", generation))
    end
    shows("", two, 1)
  end)

  it("reads all names again where events are missing, or changes were lost", function()
    local server = redis.start()
    local one, two = front_end(server:url()), front_end(server:url())
    register(one, "a")
    register(one, "b")
    shows("a b", two)
    two:kill "sigstop"
    nsc(one, "remove", "a")
    for i = 1, 5 do
      register(one, "c" .. i)
    end
    server:ask("XTRIM", "{pyro}:ev", "MAXLEN", "1")
    two:kill "sigcont"
    shows("b c1 c2 c3 c4 c5", two)
    server:ask "FLUSHALL"
    shows("", two)
    shows("", one)
    register(one, "d")
    shows("d", two)
  end)

  it("ignores what is damaged, with a line in the log", function()
    local server = redis.start()
    local one = front_end(server:url())
    for _, name in ipairs { "good", "string", "meta", "number", "bytes", "empty" } do
      register(one, name)
    end
    server:ask("SET", "{pyro}:n:string", "x")
    server:ask("HSET", "{pyro}:n:meta", "meta", "{")
    server:ask("HSET", "{pyro}:n:number", "lease", "-1e400")
    server:ask("HSET", "{pyro}:n:bytes", "uri", "PYRO:\xff@localhost:1")
    server:ask("DEL", "{pyro}:n:empty")
    local two = front_end(server:url(), WARNINGS)
    assert.are.equal("good", names(two))
    assert.matches("a name in Redis is ignored: 'meta': its metadata is missing or damaged\n", two.err)
    assert.matches("a name in Redis is ignored: 'number': its lease is missing or damaged\n", two.err)
    assert.matches("a name in Redis is ignored: 'string': its uri is missing or damaged\n", two.err)
    assert.matches("a name in Redis is ignored: 'bytes': its uri is missing or damaged\n", two.err)
    assert.are.equal(5, select(2, two.err:gsub("\n", "")))
    register(two, "string") -- which heals it
    shows("bytes empty good meta number string", one)
    server:ask("DEL", "{pyro}:ev", "{pyro}:names")
    server:ask("SET", "{pyro}:names", "x")
    assert.matches("NamingError %- not stored, Redis refuses it: .*WRONGTYPE", nsc(two, "register", "n", PYRO_URI))
  end)

  --- Calls methods of a name server that Pyro's do not have.
  local function ask(server, code)
    local run = process.run_pyrolua { "-e", ([[
      local ns = require "pyro".locateNS("localhost", %s).proxy
      local a, b = ("a"):rep(32), ("b"):rep(32)
      print(pcall(function() return %s end))]]):format(server.port, code) }
    return (run.output:gsub("\n$", ""))
  end

  it("ends leases by Redis' time, whoever renews them", function()
    local server = redis.start()
    local one, two = front_end(server:url()), front_end(server:url())
    local publish = "ns:publish('%s', '" .. PYRO_URI .. "', %s, %d)"
    assert.are.equal("true\tnil", ask(one, publish:format("n.1", "a", 1)))
    assert.are.equal("true\tnil", ask(one, publish:format("n.60", "a", 60)))
    assert.are.equal("true\tnil", ask(two, publish:format("m.2", "b", 2)))
    shows("m.2 n.1 n.60", two)
    assert.are.equal("true\t2", ask(two, "ns:renew(a)"))
    assert.are.equal("true\t0", ask(two, "ns:withdraw('n.60', b)"))
    shows("m.2 n.60", two)
    shows("n.60", one)
    shows("n.60", two, 1)
    assert.are.equal("true\t1", ask(two, "ns:renew(a)"))
    assert.are.equal("true\t0", ask(two, "ns:renew(b)"))
    register(one, "plain")
    assert.are.equal("false\tNamingError: name already registered: plain",
      (ask(two, (publish:format("plain", "b", 9):gsub("%)$", ", nil, true)")))))
    assert.are.equal("true\tnil", ask(two, publish:format("plain", "b", 9)))
    assert.are.equal("true\t1", ask(one, "ns:withdraw('plain', b)"))
    assert.are.equal("", server:ask("ZRANGE", "{pyro}:o:" .. ("b"):rep(32), "0", "-1"))
    shows("n.60", two, 1)
  end)

  it("keeps an empty name, as Pyro does", function()
    local server = redis.start()
    local one = front_end(server:url())
    assert.are.equal("true\tnil", ask(one, "ns:register('', '" .. PYRO_URI .. "')"))
    local two = front_end(server:url())
    assert.are.equal("true\t" .. PYRO_URI, ask(two, "ns:lookup('')"))
    assert.are.equal("true\t1", ask(two, "ns:remove(nil, nil, '$')"))
    assert(process.eventually(function()
      return ask(one, "ns:count()") == "true\t1"
    end))
  end)

  it("ends leases whatever somebody did to its keys, or says that it cannot", function()
    local server = redis.start()
    local one = front_end(server:url(), WARNINGS)
    local publish = "ns:publish('n', '" .. PYRO_URI .. "', a, 1)"
    local deeds = { { "HSET", "{pyro}:swept", "a", "b" }, { "SET", "{pyro}:swept", "soon" }, { "SCRIPT", "FLUSH" } }
    for _, deed in ipairs(deeds) do
      assert.are.equal("true\tnil", ask(one, publish))
      server:ask("DEL", "{pyro}:swept")
      server:ask(table.unpack(deed))
      shows("", one)
    end
    assert.are.equal("", one.err)
    server:ask("SET", "{pyro}:leases", "x")
    one:expect "leases do not end: Redis refuses to look for those that are over: [^\n]*WRONGTYPE"
    server:ask("DEL", "{pyro}:leases")
    assert.are.equal("true\tnil", ask(one, publish))
    shows("", one)
    assert.are.equal(1, select(2, one.err:gsub("leases do not end", "")))
  end)

  it("tells how much time leases have left, whoever renews them", function()
    local server = redis.start()
    local one, two = front_end(server:url()), front_end(server:url(), WARNINGS)
    assert.are.equal("true\tnil", ask(one, "ns:publish('n', '" .. PYRO_URI .. "', a, 60)"))
    register(one, "plain")
    shows("n plain", two)
    --- Returns what a name server lists of "n" behind its owner.
    local function left(front)
      local list = nsc(front, "-v", "list")
      assert.matches("\nplain %-%-> [^\n]*\n    registered %d+ s ago\n", list)
      return list:match("\n    registered %d+ s ago, kept by " .. ("a"):rep(32) .. "([^\n]*)")
    end
    assert.matches("^, [56]%d s left$", left(two))
    server:ask("ZINCRBY", "{pyro}:leases", "-40000", ("a"):rep(32))
    assert.matches("^, [12]%d s left$", left(two))
    assert.matches("^, [12]%d s left$", left(one))
    assert.are.equal("true\t1", ask(one, "ns:renew(a)"))
    server:ask("SCRIPT", "FLUSH")
    assert.matches("^, [56]%d s left$", left(two))
    server.process:kill "sigstop"
    assert.are.equal("", left(two))
    server.process:kill "sigcont"
    accepts(two, "other")
    server:stop()
    two:expect "closed the connection"
    assert.are.equal("", left(two))
  end)

  it("tells it of any number of owners", function()
    local server = redis.start()
    local one, two = front_end(server:url()), front_end(server:url())
    local publish = [[(function()
      local calls = require "pyro".batch(ns)
      for i = 1, 2500 do
        calls:publish(("n%04d"):format(i), "PYRO:thing@localhost:1", ("%x"):format(i), 100 + i)
      end
      for _ in calls() do end
    end)()]]
    assert.are.equal("true", ask(one, publish))
    local count = [[(function()
      local count = 0
      for name, lease in pairs(ns:leases "n") do
        local longest = 100 + tonumber(name:match "%d+")
        assert(lease[3] > longest - 90 and lease[3] <= longest, name)
        count = count + 1
      end
      return count
    end)()]]
    assert(process.eventually(function()
      return ask(two, "ns:count()") == "true\t2501"
    end))
    assert.are.equal("true\t2500", ask(two, count))
  end)

  it("lets leases stand still while no name server is there", function()
    local server = redis.start()
    local one = front_end(server:url())
    assert.are.equal("true\tnil", ask(one, "ns:publish('n', '" .. PYRO_URI .. "', a, 3)"))
    one:kill "sigkill"
    one:wait()
    local function score()
      return math.tointeger(server:ask("ZSCORE", "{pyro}:leases", ("a"):rep(32)))
    end
    local before, gone = score(), 1000000 -- milliseconds
    server:ask("ZINCRBY", "{pyro}:leases", tostring(-gone), ("a"):rep(32))
    server:ask("SET", "{pyro}:swept", tostring(server:ask("TIME"):match "%d+" * 1000 - gone))
    local two = front_end(server:url())
    assert(process.eventually(function()
      return score() == nil or score() >= before
    end, 3))
    assert(score() >= before and score() < before + 5000)
    assert.are.equal("n", names(two))
    shows("", two, 6)
  end)

  it("ends leases in time when Redis' clock is set back", function()
    local server = redis.start()
    local one = front_end(server:url())
    assert.are.equal("true\tnil", ask(one, "ns:publish('n', '" .. PYRO_URI .. "', a, 3)"))
    -- As if the clock had been an hour ahead until now.
    server:ask("EVAL", "redis.call('INCRBY', '{pyro}:swept', 3600000);"
      .. "redis.call('ZINCRBY', '{pyro}:leases', 3600000, ARGV[1])", "0", ("a"):rep(32))
    assert.are.equal("n", names(one))
    shows("", one, 6)
  end)

  it("asks for user and password, and tells nobody", function()
    local server = redis.start("--requirepass", "s3cret/p@ss")
    server:ask("-a", "s3cret/p@ss", "ACL", "SETUSER", "pyro", "on", ">p%w", "~{pyro}:*", "+@read", "+@write",
      "+@connection", "+@scripting", "+info", "+role", "+wait", "+time")
    local place = ("@127.0.0.1:%d"):format(server.port)
    refused("Redis at %('127%.0%.0%.1', %d+%) refuses the user or the password: WRONGPASS", "redis://:wrong" .. place)
    refused("wants a password, redis://:PASSWORD@host: NOAUTH", "redis://" .. place:sub(2))
    local verbose = { PYRO_LOGLEVEL = "DEBUG", PYRO_LOGFILE = "{stderr}" }
    for _, login in ipairs { ":s3cret/p@ss", "pyro:p%25w", "default:s3cret%2Fp%40ss" } do
      local one = front_end("redis://" .. login .. place, verbose)
      register(one, "of." .. login:sub(1, 1))
      assert.is_nil(one.output:find("s3cret", 1, true) or one.output:find("p%w", 1, true))
      local title <close> = assert(io.open(("/proc/%d/cmdline"):format(one.pid)))
      assert.matches("redis://%a*:%*+@127%.0%.0%.1", title:read "a")
    end
    assert.are.equal("3", server:ask("-a", "s3cret/p@ss", "--no-auth-warning", "ZCARD", "{pyro}:names"))
  end)

  it("speaks TLS", function()
    local port = process.free_port()
    local server = redis.start("--tls-port", tostring(port), "--tls-cert-file", certificates.path "server.pem",
      "--tls-key-file", certificates.path "server.key", "--tls-ca-cert-file", certificates.path "ca.pem",
      "--tls-auth-clients", "optional")
    local url = ("rediss://localhost:%d/"):format(port)
    local trust = { PYRO_SSL_CACERTS = certificates.path "ca.pem" }
    local one = front_end(url, trust)
    register(one, "a")
    assert.are.equal("a", server:ask("ZRANGE", "{pyro}:names", "0", "-1"))
    refused("certificate", url)
    refused("does not answer in time", ("rediss://localhost:%d/"):format(server.port), trust)
  end)

  it("says in one line why it cannot be used", function()
    local port = process.free_port()
    refused("Redis: cannot connect to %('127%.0%.0%.1', %d+%): connection refused", "redis://127.0.0.1:" .. port)
    refused("cannot connect to %('no%-redis%-host%.invalid', 6379%)", "redis://no-redis-host.invalid")
    refused("invalid port in the storage's URL: '99999'", "redis://localhost:99999")
    refused("invalid host in the storage's URL: '%[::1:6379'", "redis://[::1:6379/")
    refused("there is no host in the storage's URL", "redis:///pyro")
    refused("there is no password in the storage's URL", "redis://user@localhost")
    refused("a %% has to be written %%25", "redis://:100%@localhost")
    refused("invalid prefix in the storage's URL: 'a{b'", "redis://localhost/a{b")
    refused("invalid option in the storage's URL: 'wiat=1'; there is %?wait=N", "redis://localhost/?wiat=1")
    refused("has to name the primary", "redis+sentinel://localhost:1")
    local server = redis.start()
    local replica = redis.start_replica(server)
    refused("is a replica, which takes no changes: name the primary, or use redis%+sentinel://", replica:url())
    local other = process.start_pyrolua { "-m", "pyro.naming", "-p", "0" }
    refused("Redis", "redis://localhost:" .. other:expect "localhost:(%d+)\n")
  end)

  it("survives replies of any form", function()
    local good = { ROLE = "*3 $6 master :0 *0 ", INFO = bulk "redis_version:7.0.15\nrun_id:abc123\n",
      EVALSHA = "*2 :0 *0 " }
    local cases = {
      { "refuses ROLE: no such reply is known", ROLE = ":1 " },
      { "refuses ROLE: no such reply is known", ROLE = "*1 *1 $1 x " },
      { "is a replica", ROLE = "*2 $5 slave :1 " },
      { "refuses ROLE: NOPERM no\\x07\\x1b", ROLE = "-NOPERM~no\7\27 " },
      { "refuses INFO", INFO = "*0 " },
      { "has version '6.2.1'; it has to be 7 or later", INFO = bulk "redis_version:6.2.1" },
      { "has version ''", INFO = "$0  " },
      { "gives no names: the reply has another form", EVALSHA = "*2 $1 x *0 " },
      { "gives no names: ERR broken", EVALSHA = "-ERR~broken " },
      { "Redis names something without a name", EVALSHA = "*2 :0 *1 *1 :1 " },
      { "does not speak Redis' protocol", INFO = "HTTP/1.1~400~Bad~request " },
      { "does not speak Redis' protocol", ROLE = "*200000000 " },
      { "refuses INFO", ROLE = good.ROLE .. ":1 :1 :1 :1 " },
    }
    for _, case in ipairs(cases) do
      local server, url = scripted(setmetatable(case, { __index = good }))
      refused(case[1], url)
      server:close()
    end
  end)

  it("goes on after replies of any form to changes", function()
    local replies = { ROLE = "*3 $6 master :0 *0 ", INFO = bulk "redis_version:7.0.15\nrun_id:abc123\n",
      EVALSHA = "*2 :0 *0 " }
    local server, url = scripted(replies)
    local one = front_end(url)
    for _, reply in ipairs { "*0 ", ":1 ", "$-1 ", "*2 :1 $1 x ", "-OOM~command~not~allowed ", "*2 *0 *0 " } do
      replies.EVALSHA = reply
      assert.matches("NamingError %- not stored, Redis refuses it: ", nsc(one, "register", "a", PYRO_URI))
    end
    replies.EVALSHA = "-READONLY~You~can't~write "
    assert.matches("not stored, Redis refuses it: READONLY", nsc(one, "register", "a", PYRO_URI))
    assert.are.equal("", names(one))
    server:close()
  end)

  it("does not wait for changes that Redis has lost", function()
    local replies = { ROLE = "*3 $6 master :0 *0 ", INFO = bulk "redis_version:7.0.15\nrun_id:abc123\n",
      EVALSHA = "*2 :0 *0 " }
    local server, url = scripted(replies)
    local one = front_end(url)
    replies.EVALSHA = "*2 :1 :5 " -- what comes before revision 5 never comes
    local client = peers.start("Lua", { "-m", "pyro.nsc", "-p", one.port, "register", "a", PYRO_URI })
    assert(process.run_until(function()
      return replies.log:find("\r\nset\r\n", 1, true)
    end))
    replies.EVALSHA = "*2 :0 :0 "
    client:expect "NamingError %- not stored: Redis has lost changes\n"
    server:close()
  end)

  it("waits for replicas", function()
    local server = redis.start()
    local replica = redis.start_replica(server)
    local one, two = front_end(server:url()), front_end(server:url "?wait=2")
    local none = front_end(server:url "?wait=0")
    register(one, "a")
    assert.are.equal("a", replica:ask("ZRANGE", "{pyro}:names", "0", "-1"))
    assert.matches("NamingError %- stored, not replicated: 1 of 2 replicas confirmed it$",
      nsc(two, "register", "b", PYRO_URI))
    shows("a b", one)
    replica.process:kill "sigstop"
    assert.matches("stored, not replicated: 0 of 1 replicas confirmed it$", nsc(one, "register", "c", PYRO_URI))
    register(none, "d")
    replica.process:kill "sigcont"
    register(one, "e")
  end)

  it("follows the primary that Sentinels promote", function()
    local server = redis.start()
    local replica = redis.start_replica(server)
    local sentinel = redis.start_sentinel(server)
    local url = ("redis+sentinel://127.0.0.1:%d,127.0.0.1:%d/mymaster/some"):format(process.free_port(), sentinel.port)
    refused("knows no primary of that name", (url:gsub("mymaster", "other")))
    local one, two = front_end(url), front_end(url)
    register(one, "a")
    server:stop "sigkill"
    assert.matches("NamingError", nsc(one, "register", "b", PYRO_URI))
    assert.are.equal("a", names(one))
    accepts(one, "c")
    shows("a c", two)
    assert.are.equal("a\nc", replica:ask("ZRANGE", "{some}:names", "0", "-1"))
    assert.are.equal("master", replica:ask("ROLE"):match "^%a+")
  end)

  it("leaves a primary that hangs for the one that was promoted", function()
    local server = redis.start()
    local replica = redis.start_replica(server)
    local sentinel = redis.start_sentinel(server)
    local one = front_end(("redis+sentinel://127.0.0.1:%d/mymaster?wait=1"):format(sentinel.port))
    register(one, "a")
    server.process:kill "sigstop"
    local last
    assert(process.eventually(function()
      last = nsc(one, "register", "b", PYRO_URI)
      return replica:ask("ZRANGE", "{pyro}:names", "0", "-1") == "a\nb"
    end), last)
    assert.matches("stored, not replicated: 0 of 1 replicas", last) -- the old primary would be one
    shows("a b", one)
    server.process:kill "sigcont"
  end)

  it("loses no name that was acknowledged, whenever both are killed", function()
    local server = redis.start_durable()
    local function start(port)
      return front_end(server:url(), nil, port)
    end
    crashes.run(crashes.rounds(10), start, function(round)
      if round % 2 == 0 then
        server:stop "sigkill"
        server:start()
      end
    end)
  end)
end)
