--- Metrics for Prometheus: served by each program with a daemon where METRICS says.
local certificates = require "spec.support.certificates"
local process = require "spec.support.process"
local raw = require "spec.support.raw"

local SHOP = [[
local pyro = require "pyro"
local shop = {}
function shop:take(name)
  if name == "" then
    error(pyro.ValueError "no name")
  end
  return name
end
function shop:wait()
  pyro.sleep(0.2)
end
shop["li\nne"] = function() end
local daemon = pyro.Daemon { port = 0 }
local uri = daemon:register(shop, 'a"shop"\\.x')
pyro.spawn(function()
  local proxy <close> = pyro.Proxy(uri)
  for i = 1, 3 do
    proxy:take("apple " .. i)
  end
  pcall(proxy.take, proxy, "")
  proxy:wait()
  proxy["li\nne"](proxy)
  print "ready"
end)
daemon:requestLoop()
]]

local LOGGED = { PYROLUA_LOGLEVEL = "INFO", PYROLUA_LOGFILE = "{stderr}" }

--- The environment of a program that serves metrics.
local function wanted(place, more)
  local env = { PYROLUA_METRICS = place or "127.0.0.1:0" }
  for _, changes in ipairs { LOGGED, more or {} } do
    for name, value in pairs(changes) do
      env[name] = value
    end
  end
  return env
end

--- Starts pyrolua with metrics; returns the program, and the address that it logs.
local function start(arguments, place, more)
  arguments.env = wanted(place, more)
  local program = process.start_pyrolua(arguments)
  local address = program:expect "serving (https?://[^%s]+)"
  program.seen = 1 -- its standard output may have come before
  return program, address
end

local function shop()
  local program, address = start { process.file("shop.lua", SHOP) }
  program:expect "ready"
  return program, address
end

--- Runs curl; returns what it prints.
local function curl(...)
  local run = process.run { "curl", "-sS", "--max-time", "20", ... }
  assert.equal(0, run.code, run.output)
  return run.out
end

local function read(path)
  local file <close> = assert(io.open(path))
  return file:read "a"
end

--- Names of metrics in a text, with the suffixes that histograms add taken off.
local function names_in(text)
  local names = {}
  for name in text:gmatch "pyrolua_[%w_]+" do
    names[name:gsub("_bucket$", ""):gsub("_sum$", ""):gsub("_count$", "")] = true
  end
  return names
end

describe("metrics", function()
  after_each(process.stop_all)

  it("are what promtool accepts, and count calls and errors", function()
    local _, address = shop()
    local text = curl(address .. "/metrics")
    local promtool = process.start { "promtool", "check", "metrics", input = text }
    assert.equal(0, promtool:wait(), promtool.output)
    assert.equal("", promtool.output)
    local labels = [[object="a\"shop\"\\.x",method="take"]]
    for _, line in ipairs {
      "# TYPE pyrolua_calls_total counter\npyrolua_calls_total 6\n",
      '\npyrolua_errors_total{class="ValueError"} 1\n',
      "\npyrolua_connections_accepted_total 1\n",
      "\npyrolua_proxy_calls_total 6\n",
      '\npyrolua_connections_refused_total{reason="full"} 0\n',
      '\npyrolua_method_duration_seconds_bucket{' .. labels .. ',le="+Inf"} 4\n',
      "\npyrolua_method_duration_seconds_count{" .. labels .. "} 4\n",
      "\npyrolua_method_errors_total{" .. labels .. ',class="ValueError"} 1\n',
      [[method="li\nne"} 1]],
      '\npyrolua_info{version="',
    } do
      assert(text:find(line, 1, true), line .. " is not in\n" .. text)
    end
    assert.equal("\n", text:sub(-1))
  end)

  it("have histograms that go up, and end with all", function()
    local _, address = shop()
    local text = curl(address .. "/metrics")
    local last, buckets, bound = 0, 0, 0
    for le, count in text:gmatch 'bucket{[^\n]*method="wait",le="([^"]*)"} (%d+)' do
      assert(tonumber(count) >= last)
      last, buckets, bound = tonumber(count), buckets + 1, tonumber(le) or math.huge
      assert(bound > 0.2 or last == 0, le) -- it takes 0.2 seconds, or more
    end
    assert.equal(20, buckets)
    assert.equal(math.huge, bound)
    assert.equal(1, last)
    local sum = tonumber(text:match '_sum{[^\n]*method="wait"} (%S+)')
    assert(sum > 0.19 and sum < 20, sum)
  end)

  it("are text of Prometheus' format, at /metrics only", function()
    local _, address = shop()
    local head = curl("-I", address .. "/metrics")
    assert.matches("^HTTP/1.1 200 OK\r\n", head)
    assert.matches("\r\nContent%-Type: text/plain; version=0.0.4; charset=utf%-8\r\n", head)
    assert.matches("^HTTP/1.1 404 ", curl("-i", address .. "/"))
    assert.matches("^HTTP/1.1 404 ", curl("-i", address .. "/metrics/"))
    local refused = curl("-i", "-d", "x=1", address .. "/metrics")
    assert.matches("^HTTP/1.1 405 ", refused)
    assert.matches("\r\nAllow: GET, HEAD\r\n", refused)
  end)

  it("are served by the name server, the echo server, and C programs", function()
    local ns, address = start { "-m", "pyro.naming", "-p", "0", "-x" }
    local port = ns:expect "NS running on localhost:(%d+)"
    assert.matches("\npyrolua_names 1\n", curl(address .. "/metrics"))
    local echo, other = start({ "-m", "pyro.echoserver" }, "[::1]:0")
    echo:expect "echoserver running"
    assert.matches("^http://%[::1%]:%d+$", other)
    assert.matches("\npyrolua_calls_total %d+\n", curl("-g", other .. "/metrics"))
    local sensor = process.start { process.build() .. "/examples/embed/sensor",
      env = wanted(nil, { PYRO_NS_HOST = "localhost", PYRO_NS_PORT = port }) }
    assert.matches("\npyrolua_uptime_seconds %d", curl(sensor:expect "serving (http://%S+)" .. "/metrics"))
  end)

  it("do not wait for methods, nor methods for clients that say nothing", function()
    local _, address = start { process.file("busy.lua", [[
      local pyro = require "pyro"
      local daemon = pyro.Daemon { port = 0 }
      local object = {}
      function object:wait() pyro.sleep(1000) end
      function object:echo(x) return x end
      local proxy = pyro.Proxy(daemon:register(object))
      pyro.spawn(function() proxy:wait() end)
      pyro.spawn(function()
        local other = pyro.Proxy(proxy._pyroUri)
        for i = 1, 1e9 do
          other:echo(i)
          if i == 1000 then
            print "on"
          end
          pyro.sleep(0.001)
        end
      end)
      daemon:requestLoop()]]) }
    local silent = raw.connect(tonumber(address:match "%d+$"))
    silent:send "GET /metrics HTTP/1.1\r\n"
    local calls = tonumber(curl(address .. "/metrics"):match "\npyrolua_calls_total (%d+)")
    assert.is_true(process.run_until(function()
      return tonumber(curl(address .. "/metrics"):match "\npyrolua_calls_total (%d+)") > calls
    end))
    assert.matches("\npyrolua_calls_in_flight [12]\n", curl(address .. "/metrics"))
    silent:close()
  end)

  it("end with the last daemon", function()
    local program, address = start { "-e", [[
      for _ = 1, 2 do
        local first, second = pyro.Daemon { port = 0 }, pyro.Daemon { port = 0 }
        first:close()
        print "one is closed"
        pyro.readable(0)
        io.read()
        second:close()
        print "both are closed"
        io.read()
      end
      print(pcall(pyro.Daemon, { host = "192.0.2.1" }))
      pyro.event():wait()]] }
    for round = 1, 2 do
      address = round == 1 and address or program:expect "serving (http://%S+)"
      program:expect "one is closed"
      assert.matches("\npyrolua_info", curl(address .. "/metrics"))
      program:write "\n"
      program:expect "both are closed"
      local refused = process.run { "curl", "-sS", address .. "/metrics" }
      assert.equal(7, refused.code, refused.output)
      program:write "\n"
    end
    assert.equal(1, program:wait())
    assert.matches("cannot listen on 192.0.2.1:0", program.out)
    assert.matches("waiting for what cannot come: nothing is open any more", program.err)
  end)

  it("speak TLS where SSL is set", function()
    local ns, address = start({ "-m", "pyro.naming", "-p", "0", "-x" }, nil, { PYRO_SSL = "1",
      PYRO_SSL_SERVERCERT = certificates.path "server.pem", PYRO_SSL_SERVERKEY = certificates.path "server.key" })
    ns:expect "URI = "
    assert.matches("^https://", address)
    assert.matches("\npyrolua_names 1\n", curl("--cacert", certificates.path "ca.pem", address .. "/metrics"))
    ns:kill "sigterm"
    ns:wait()
    assert.is_nil(ns.output:find("TCP_", 1, true)) -- libmicrohttpd's doubts are no INFO
  end)

  it("have an address that is in use, or no address: one line says so", function()
    local _, address = shop()
    local place = address:match "//(.*)$"
    for value, message in pairs {
      [place] = "METRICS: cannot listen on " .. place:gsub("%p", "%%%0") .. ": address already in use",
      ["192.0.2.1:9464"] = "METRICS: cannot listen on 192.0.2.1:9464: .*",
      ["localhost"] = "invalid value: PYROLUA_METRICS=localhost %(host:port or %[::1%]:port%)",
      [""] = "invalid value: PYROLUA_METRICS= %(host:port or %[::1%]:port%)",
      ["./u:/tmp/x"] = "invalid value: PYROLUA_METRICS=./u:/tmp/x %(host:port or %[::1%]:port%)",
      ["localhost:65536"] = "invalid value: PYROLUA_METRICS=localhost:65536 %(host:port or %[::1%]:port%)",
    } do
      for _, module in ipairs { "pyro.naming", "pyro.echoserver" } do
        local run = process.run_pyrolua { "-m", module, "-p", "0", env = { PYROLUA_METRICS = value } }
        assert.equal(1, run.code)
        assert.matches("^pyrolua: " .. message .. "\n$", run.err)
      end
    end
    local called = process.run_pyrolua { "-e", "print(pyro.config.METRICS)", env = { PYROLUA_METRICS = place } }
    assert.equal(place .. "\n", called.output) -- it has no daemon
  end)
end)

describe("the page about metrics", function()
  local served

  setup(function()
    local _, address = shop()
    served = names_in(curl(address .. "/metrics"))
    process.stop_all()
  end)

  it("names all of them, and no others", function()
    assert.are.same(served, names_in(read "docs/metrics.md"))
  end)

  it("comes with a dashboard that shows only what there is", function()
    local dashboard = read "docs/grafana.json"
    local parsed = process.start { "python3", "-c", "import json, sys; json.load(sys.stdin)", input = dashboard }
    assert.equal(0, parsed:wait(), parsed.output)
    local names, count = names_in(dashboard), 0
    for name in pairs(names) do
      assert(served[name], name)
      count = count + 1
    end
    assert(count > 20)
  end)

  it("comes with alerts that fire as the manual says, by metrics that there are", function()
    local tested = process.run { "promtool", "test", "rules", "spec/support/alerts_test.yml" }
    assert.equal(0, tested.code, tested.output)
    local alerts, manual, tests = read "docs/alerts.yml", read "docs/administration.md",
      read "spec/support/alerts_test.yml"
    for alert in alerts:gmatch "alert: (%w+)" do
      assert(manual:find("| `" .. alert .. "` |", 1, true), alert)
      assert(tests:find("alertname: " .. alert .. ", exp_alerts: [{", 1, true), alert)
    end
    for name in pairs(names_in(alerts)) do
      assert(served[name], name)
    end
  end)
end)
