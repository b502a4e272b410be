--- pyrolua's client. usage: client.lua LOCATION SERIALIZER WORK [NUMBER]
---
--- As all clients do, it says "ready", then reads numbers, a line each: it does its work so often,
--- and says "done".
local pyro = require "pyro"

local location, serializer, work, number = table.unpack(arg)
number = math.tointeger(number)

local function new_proxy(at)
  local proxy = pyro.Proxy("PYRO:bench@" .. (at or location), { serializer = serializer })
  proxy:_pyroBind()
  return proxy
end

local function call(proxy, value, count)
  for _ = 1, count do
    proxy:echo(value)
  end
end

--- Each work returns a function that does it `count` times.
local works = {}

--- Calls with a text of `number` bytes.
function works.text()
  local proxy, text = new_proxy(), ("x"):rep(number)
  return function(count)
    call(proxy, text, count)
  end
end

--- Calls with `number` bytes that are no text.
function works.bytes()
  local proxy, data = new_proxy(), ("\xff"):rep(number)
  return function(count)
    call(proxy, data, count)
  end
end

--- Calls with an array of as many bytes, of numbers with 16 bits.
function works.array()
  local proxy = new_proxy()
  local array = pyro.ndarray.new(number // 2, "<u2", ("\xff"):rep(number))
  return function(count)
    call(proxy, array, count)
  end
end

--- Calls with a list of `number` integers.
function works.list()
  local proxy, list = new_proxy(), {}
  for i = 1, number do
    list[i] = i
  end
  return function(count)
    call(proxy, list, count)
  end
end

--- Calls of `number` clients at a time, each with a connection and a task of its own.
function works.clients()
  local proxies, text = {}, ("x"):rep(16)
  for i = 1, number do
    proxies[i] = new_proxy()
  end
  return function(count)
    local left = #proxies
    local share = math.max(1, count // left)
    for _, proxy in ipairs(proxies) do
      pyro.spawn(function()
        call(proxy, text, share)
        left = left - 1
      end)
    end
    while left > 0 do
      pyro.step()
    end
  end
end

--- Calls on one connection, `number` of them under way.
function works.futures()
  local async, text = pyro.async(new_proxy()), ("x"):rep(16)
  return function(count)
    for _ = 1, math.max(1, count // number) do
      local futures = {}
      for i = 1, number do
        futures[i] = async:echo(text)
      end
      for i = 1, number do
        local _ = futures[i].value
      end
    end
  end
end

--- Calls in batches of `number`.
function works.batch()
  local proxy, text = new_proxy(), ("x"):rep(16)
  return function(count)
    for _ = 1, math.max(1, count // number) do
      local batch = pyro.batch(proxy)
      for _ = 1, number do
        batch:echo(text)
      end
      for _ in batch() do end
    end
  end
end

--- Calls that nobody answers, until the server has got all.
function works.oneway()
  local proxy, text = new_proxy(), ("x"):rep(16)
  return function(count)
    local wanted = proxy:noted() + count
    for _ = 1, count do
      proxy:note(text)
    end
    while proxy:noted() < wanted do
      pyro.sleep(0.001)
    end
  end
end

--- Connections, one after another. With TLS, each resumes the session of the last one.
function works.connections()
  return function(count)
    for _ = 1, count do
      new_proxy():_pyroRelease()
    end
  end
end

--- The IPv6 loopback address, written in another way each time.
local function spell(count)
  local groups = {}
  for i = 1, 7 do
    groups[i] = ("0"):rep(count % 4 + 1)
    count = count // 4
  end
  return ("[%s:1]"):format(table.concat(groups, ":"))
end

--- The same with full handshakes: sessions are found by the server's name.
function works.handshakes()
  local port, done = location:match ":%d+$", 0
  return function(count)
    for _ = 1, count do
      done = done + 1
      new_proxy(spell(done) .. port):_pyroRelease()
    end
  end
end

local run = works[work]()
print "ready"
io.stdout:flush()
for line in io.lines() do
  run(math.tointeger(line))
  print "done"
  io.stdout:flush()
end
