--- Those who are compared. Each function returns a contender, which is started when its row comes:
--- contender.start(cpus) returns a runner, whose run(count) does its work so often and returns the
--- seconds that this took, and processor seconds of the server and the client.
local clock = require "spec.bench.clock"
local process = require "spec.support.process"
local uv = require "luv"

local contenders = {}

local PROGRAMS = "spec/bench/programs/"
local BUILT = process.build() .. "/bench/"
local PYTHON = "/usr/bin/python3"
local LONG = 120 -- seconds that anything may take

---@alias bench.Cpus { server: integer, client: integer }
---@class bench.Contender
---@field name string
---@field start fun(cpus: bench.Cpus): bench.Runner
---@class bench.Runner
---@field run fun(count: integer): number, number?, number?
---@field server? spec.Process
---@field client? spec.Process

--- Starts a program on a CPU; `words.env` is set for it.
---@return spec.Process
local function pinned(cpu, words)
  local command = { "/usr/bin/taskset", "-c", tostring(cpu), table.unpack(words) }
  command.env = words.env
  return process.start(command)
end

contenders.pinned = pinned

--- Starts a program that says where it listens.
local function start_server(cpu, words)
  local server = pinned(cpu, words)
  return server, server:expect("at (%S+)\n", LONG)
end

--- The runner of a client that says "ready", reads counts, and says "done".
local function runner(server, cpu, words)
  local client = pinned(cpu, words)
  client:expect("ready\n", LONG)
  return {
    server = server,
    client = client,
    run = function(count)
      local served, called = server and clock.cpu(server.pid), clock.cpu(client.pid)
      local start = clock.now()
      client:write(count .. "\n")
      client:expect("done\n", LONG)
      local seconds = clock.now() - start
      return seconds, server and clock.cpu(server.pid) - served, clock.cpu(client.pid) - called
    end,
  }
end

local function lua(program, ...)
  return { process.build() .. "/pyrolua", PROGRAMS .. program, ... }
end

local function python(program, ...)
  local words = { PYTHON, "-Wignore", PROGRAMS .. program, ... }
  words.env = { PYTHONDONTWRITEBYTECODE = "1" }
  return words
end

local SERVERS = { pyrolua = lua "server.lua", Pyro4 = python "pyro4_server.py" }
local CLIENTS = { pyrolua = { lua, "client.lua" }, Pyro4 = { python, "pyro4_client.py" } }

--- Client and server in pyrolua or Pyro4. What they do is in programs/client.lua.
---@param name string
---@param client "pyrolua"|"Pyro4"
---@param server "pyrolua"|"Pyro4"
---@return bench.Contender
function contenders.pyro(name, client, server, serializer, work, number)
  return {
    name = name,
    start = function(cpus)
      local process_, location = start_server(cpus.server, SERVERS[server])
      local command, program = table.unpack(CLIENTS[client])
      return runner(process_, cpus.client, command(program, location, serializer, work, tostring(number or 0)))
    end,
  }
end

function contenders.pyrolua(serializer, work, number)
  return contenders.pyro("pyrolua " .. serializer, "pyrolua", "pyrolua", serializer, work, number)
end

function contenders.pyro4(serializer, work, number)
  return contenders.pyro("Pyro4 " .. serializer, "Pyro4", "Pyro4", serializer, work, number)
end

--- The runner of clients of a server on bare libuv, which is told the sizes behind its other arguments.
local function floor_runner(cpus, sizes, clients, depth, ...)
  local request, reply = tostring(sizes.request), tostring(sizes.reply)
  local words = { ... }
  words[1] = BUILT .. words[1]
  table.move({ request, reply }, 1, 2, #words + 1, words)
  local server, location = start_server(cpus.server, words)
  return runner(server, cpus.client, { BUILT .. "floor_client", location:match "%d+$", request, reply,
    tostring(clients), tostring(depth) })
end

--- Bare libuv, with the bytes that a call of pyrolua's has.
---@param sizes { request: integer, reply: integer }
---@return bench.Contender
function contenders.floor(sizes, clients, depth)
  return {
    name = "libuv floor",
    start = function(cpus)
      return floor_runner(cpus, sizes, clients or 1, depth or 1, "floor_server")
    end,
  }
end

local CERTIFICATES = BUILT .. "certificates/"
local WITH_TLS = {
  PYRO_SSL = "1", PYRO_SSL_CACERTS = CERTIFICATES .. "ca.pem",
  PYRO_SSL_SERVERCERT = CERTIFICATES .. "server.pem", PYRO_SSL_SERVERKEY = CERTIFICATES .. "server.key",
}

local function lua_with_tls(...)
  local words = lua(...)
  words.env = WITH_TLS
  return words
end

--- A server of pyrolua's with TLS, at the IPv6 loopback address.
---@return spec.Process, string location
function contenders.serve_with_tls(cpu)
  return start_server(cpu, lua_with_tls("server.lua", "0", "::1"))
end

--- Client and server in pyrolua, with TLS.
---@return bench.Contender
function contenders.tls(work, number)
  return {
    name = "pyrolua TLS",
    start = function(cpus)
      local server, location = contenders.serve_with_tls(cpus.server)
      return runner(server, cpus.client, lua_with_tls("client.lua", location, "msgpack", work, tostring(number or 0)))
    end,
  }
end

--- Waits until idle connections with TLS are there.
function contenders.idle_with_tls(cpu, location, count)
  pinned(cpu, lua_with_tls("idle.lua", location, tostring(count), "idle")):expect("ready\n", LONG)
end

--- OpenSSL on bare libuv, with the bytes that a call of pyrolua's has.
---@param sizes { request: integer, reply: integer }
---@param work "calls"|"handshakes"|"resumed"
---@return bench.Contender
function contenders.tls_floor(sizes, work)
  return {
    name = "OpenSSL floor",
    start = function(cpus)
      local request, reply = tostring(sizes.request), tostring(sizes.reply)
      local server, location = start_server(cpus.server, { BUILT .. "floor_tls_server", request, reply,
        CERTIFICATES .. "server.pem", CERTIFICATES .. "server.key" })
      return runner(server, cpus.client, { BUILT .. "floor_tls_client", location:match "%d+$", request, reply,
        CERTIFICATES .. "ca.pem", work })
    end,
  }
end

local NOWHERE = "/dev/null" -- for what it would write

--- Neovim's MessagePack-RPC, Lua on both sides.
---@return bench.Contender
function contenders.neovim()
  return {
    name = "Neovim",
    start = function(cpus)
      local location = "127.0.0.1:" .. process.free_port()
      local server = pinned(cpus.server, { "/usr/bin/nvim", "--headless", "-u", "NONE", "-i", "NONE",
        "--listen", location, "--cmd", "lua io.write 'listening\\n' io.flush()",
        env = { HOME = NOWHERE, NVIM_LOG_FILE = NOWHERE } })
      server:expect "listening\n"
      return runner(server, cpus.client, { "/usr/bin/nvim", "--headless", "-u", "NONE", "-i", "NONE",
        "--cmd", "luafile " .. PROGRAMS .. "nvim_client.lua",
        env = { HOME = NOWHERE, NVIM_LOG_FILE = NOWHERE, NVIM_AT = location } })
    end,
  }
end

local SCRIPT = "return ARGV[1]"

local function ask_redis(port, ...)
  return process.run({ "/usr/bin/redis-cli", "-p", port, ... }).out
end

--- Starts Redis, which keeps nothing.
---@return spec.Process, string port
local function start_redis(cpu)
  local port = tostring(process.free_port())
  local server = pinned(cpu, { "/usr/bin/redis-server", "--port", port, "--save", "", "--bind", "127.0.0.1",
    "--appendonly", "no" })
  server:expect "Ready to accept connections"
  return server, port
end

--- The runner of redis-benchmark, whose clients send a command, `depth` of them at once.
local function redis_runner(server, cpu, port, clients, depth, ...)
  local words = table.pack("-r", "1000", ...)
  return {
    server = server,
    run = function(count)
      local served, called = clock.cpu(server.pid), clock.children()
      local client = pinned(cpu, { "/usr/bin/redis-benchmark", "-p", port, "--csv", "-n", tostring(count), "-c",
        tostring(clients), "-P", tostring(depth), table.unpack(words) })
      client:wait(LONG)
      local rate = client.out:match '\n"EVALSHA[^\n]-","([^"]+)"' or error(client.output)
      local seconds = count / (tonumber(rate) or math.huge) -- it says "inf" of a run that is too short
      return seconds, clock.cpu(server.pid) - served, clock.children() - called
    end,
  }
end

--- Redis: EVALSHA "return ARGV[1]", with redis-benchmark as the client.
---@return bench.Contender
function contenders.redis(clients, depth, size)
  return {
    name = "Redis EVALSHA",
    start = function(cpus)
      local server, port = start_redis(cpus.server)
      local hash = ask_redis(port, "SCRIPT", "LOAD", SCRIPT):match "^%x+"
      return redis_runner(server, cpus.client, port, clients or 1, depth or 1, "EVALSHA", hash, "0",
        ("x"):rep(size or 16))
    end,
  }
end

--- A serializer alone: of pyrolua's (or a Lua module), or Python's.
---@param path? string of the document in json, which the Lua program writes and Python reads
---@param only? "encode"|"decode" what is done; by default both
---@return bench.Contender
function contenders.codec(name, language, codec, path, only)
  local env = { LUA_CPATH = "./" .. BUILT .. "?.so;;" }
  local command = language == "Python" and python("codecs.py", codec, path, only)
    or { "/usr/bin/lua5.4", PROGRAMS .. "codecs.lua", codec, path, only, env = env }
  return {
    name = name,
    start = function(cpus)
      return runner(nil, cpus.client, command)
    end,
  }
end

--- A program of pyrolua's that is measured alone or with a server that is there already.
---@param server? fun(cpu: integer): spec.Process, string starts the server, or returns the one that runs
---@return bench.Contender
function contenders.program(name, words, server)
  return {
    name = name,
    start = function(cpus)
      local command = lua(table.unpack(words))
      if not server then
        return runner(nil, cpus.client, command)
      end
      local process_, location = server(cpus.server)
      table.insert(command, 3, location)
      return runner(process_, cpus.client, command)
    end,
  }
end

--- A server of pyrolua's.
---@return spec.Process, string location
function contenders.serve(cpu, ...)
  return start_server(cpu, lua(...))
end

--- A program of pyrolua's that does something before the measuring: until it says that it has.
function contenders.helper(cpu, ...)
  pinned(cpu, lua(...)):expect("ready\n", LONG)
end

--- The name server of pyrolua.
---@param storage? string where it keeps its names
---@return spec.Process, string location
function contenders.name_server(cpu, storage)
  local server = pinned(cpu, { process.build() .. "/pyrolua", "-m", "pyro.naming", "-n", "127.0.0.1", "-p", "0", "-x",
    "-s", storage or "memory" })
  return server, server:expect "URI = PYRO:Pyro%.NameServer@(%S+)\n"
end

--- The storage in a new Redis, as a name server is told.
---@return string
function contenders.empty_redis(cpu)
  local _, port = start_redis(cpu)
  return "redis://127.0.0.1:" .. port
end

--- Clients that register names in a name server, which keeps them in Redis.
---@param clients integer
---@return bench.Contender
function contenders.names_in_redis(clients)
  return contenders.program("pyrolua-ns", { "names.lua", tostring(clients), "replace" }, function(cpu)
    return contenders.name_server(cpu, contenders.empty_redis(cpu))
  end)
end

--- Redis alone, with the script that a name server runs for a name: its hash is found where Redis logs
--- what it did for one.
---@param clients integer
---@return bench.Contender
function contenders.redis_names(clients)
  return {
    name = "Redis EVALSHA",
    start = function(cpus)
      local server, port = start_redis(cpus.server)
      local names, location = contenders.name_server(cpus.server, "redis://127.0.0.1:" .. port)
      ask_redis(port, "CONFIG", "SET", "slowlog-log-slower-than", "0")
      contenders.helper(cpus.client, "names.lua", location, "1", "fill")
      local hash = ask_redis(port, "SLOWLOG", "GET", "20"):match "EVALSHA\n(%x+)\n1\n[^\n]*\nset\n"
      ask_redis(port, "CONFIG", "SET", "slowlog-log-slower-than", "-1")
      names:kill "sigkill"
      names:wait()
      return redis_runner(server, cpus.client, port, clients, 1, "EVALSHA", hash, "1", "{pyro}:", "set", "w",
        "n__rand_int__", "PYRO:bench@localhost:4444", "[]", "", "0", "1700000000")
    end,
  }
end

local files = 0

--- The path of a file that there is not yet.
local function new_file()
  files = files + 1
  local path = process.file("names" .. files, "")
  os.remove(path)
  return path
end

--- Clients that register names in a name server, which keeps them in a file of SQLite. Before that its
--- log has begun anew: while it grows, the disk is slow.
---@param clients integer
---@return bench.Contender
function contenders.names_in_sqlite(clients)
  return contenders.program("pyrolua-ns", { "names.lua", tostring(clients), "replace" }, function(cpu)
    local server, location = contenders.name_server(cpu, "sql:" .. new_file())
    contenders.helper(cpu, "names.lua", location, "500", "fill")
    return server, location
  end)
end

--- SQLite alone, in one process and thread, which replaces names as Pyro does.
---@param size integer names in each transaction
---@return bench.Contender
function contenders.sqlite_names(size)
  return {
    name = "SQLite, no clients",
    start = function(cpus)
      return runner(nil, cpus.client, { BUILT .. "floor_sql", new_file(), tostring(size) })
    end,
  }
end

--- The same SQLite behind bare libuv, with clients that exchange the bytes of a registration.
---@param sizes { request: integer, reply: integer }
---@param clients integer
---@return bench.Contender
function contenders.sqlite_floor(sizes, clients)
  return {
    name = "libuv and SQLite floor",
    start = function(cpus)
      return floor_runner(cpus, sizes, clients, 1, "floor_sql_server", new_file())
    end,
  }
end

local REPEAT = 'i=$1; shift; while [ "$i" -gt 0 ]; do "$@" || exit 1; i=$((i - 1)); done'

--- A program that is started and ends, once for each time: by a shell, which costs least beside it.
---@return bench.Contender
function contenders.start(name, words)
  return {
    name = name,
    start = function(cpus)
      return {
        run = function(count)
          local called, start = clock.children(), clock.now()
          local shell = pinned(cpus.client, { "/bin/sh", "-c", REPEAT, "sh", tostring(count), table.unpack(words) })
          assert(shell:wait(LONG) == 0 and shell.out == ("1\n"):rep(count), shell.output)
          return clock.now() - start, nil, clock.children() - called
        end,
      }
    end,
  }
end

--- Counts the bytes of what a client does at a time, through a relay to the server at a location.
---@param command fun(location: string): string[] the client, which is told where the relay is
---@return { request: integer, reply: integer }
local function count_bytes(location, command)
  local counts = { request = 0, reply = 0 }
  local relay = uv.new_tcp()
  relay:bind("127.0.0.1", 0)
  relay:listen(2, function()
    local client, server = uv.new_tcp(), uv.new_tcp()
    relay:accept(client)
    local function pass(from, to, name)
      from:read_start(function(_, data)
        if data then
          counts[name] = counts[name] + #data
          to:write(data)
        else
          client:close()
          server:close()
        end
      end)
    end
    server:connect("127.0.0.1", tonumber(location:match "%d+$"), function(failed)
      assert(not failed, failed)
      pass(client, server, "request")
      pass(server, client, "reply")
    end)
  end)
  local calling = runner(nil, 0, command("127.0.0.1:" .. relay:getsockname().port))
  calling.run(1) -- which may connect
  local before = { request = counts.request, reply = counts.reply }
  calling.run(1)
  local sizes = { request = counts.request - before.request, reply = counts.reply - before.reply }
  relay:close()
  process.stop_all()
  return sizes
end

--- Counts the bytes of a call between pyrolua's client and server.
---@return { request: integer, reply: integer }
function contenders.sizes(work, number)
  local _, location = start_server(0, SERVERS.pyrolua)
  return count_bytes(location, function(relay)
    return lua("client.lua", relay, "msgpack", work, tostring(number))
  end)
end

--- Counts the bytes of a registration of a name between pyrolua's client and name server.
---@return { request: integer, reply: integer }
function contenders.name_sizes()
  local _, location = contenders.name_server(0)
  return count_bytes(location, function(relay)
    return lua("names.lua", relay, "1", "replace")
  end)
end

return contenders
