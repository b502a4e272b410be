--- Programs with TLS: settings and options, what is wrong with them, and files that change.
local certificates = require "spec.support.certificates"
local process = require "spec.support.process"
local raw = require "spec.support.raw"

local SERVER = [[
  local pyro = require "pyro"
  local daemon = pyro.Daemon OPTIONS
  pyro.spawn(print, daemon:register({
    who = function()
      local certificate = pyro.current_context.client:getpeercert()
      return certificate and certificate.subject[2][1][2] or "nobody"
    end
  }, "desk"))
  daemon:requestLoop()]]

--- Starts a server with these options, in Lua; returns its URI and the program.
local function serve(options, env)
  local program = process.start_pyrolua { "-e", (SERVER:gsub("OPTIONS", options)), env = env }
  return program:expect "PYRO:desk@[^\n]+", program
end

--- Runs a line of Lua that has `uri`.
local function run(code, uri, env)
  return process.run_pyrolua { "-e", ("pyro = require 'pyro' uri = '%s' "):format(uri or "") .. code, env = env }
end

local function path(name)
  return certificates.path(name)
end

local function read(name)
  local file <close> = assert(io.open(name))
  return file:read "a"
end

--- How many certificates a server shows.
local function count_shown(uri)
  local client = process.run { "/usr/bin/openssl", "s_client", "-connect", uri:match "localhost:%d+$", "-showcerts" }
  local _, count = client.output:gsub("BEGIN CERTIFICATE", "")
  return count
end

--- The option of a server, in Lua.
local function server_option(more)
  return ("{ ssl = { servercert = '%s', serverkey = '%s', %s } }"):format(path "server.pem", path "server.key",
    more or "")
end

describe("TLS", function()
  after_each(process.stop_all)
  teardown(certificates.remove)

  it("is an option of a daemon, and of a proxy", function()
    local uri = serve(server_option(("requireclientcert = true, cacerts = '%s'"):format(path "ca.pem")))
    local client = run(([[
      local desk = pyro.Proxy(uri, { ssl = { cacerts = '%s', clientcert = '%s', clientkey = '%s' } })
      print(desk:who(), desk:getpeercert().subject[2][1][2], pyro.Proxy(desk):who(), desk._pyroSsl.cacerts ~= nil)
      desk._pyroSsl = nil
      print(desk._pyroSsl, pcall(function() desk:_pyroRelease() return desk:who() end))]]):format(path "ca.pem",
      path "client.pem", path "client.key"), uri)
    assert.matches("^client\tlocalhost\tclient\ttrue\nnil\tfalse\tProtocolError: [^\n]*speaks TLS: set SSL at",
      client.output)
  end)

  it("describes the certificate of the server, not what that calls one", function()
    local liar = process.start_pyrolua { "-e", ([[
      local daemon, desk, other = pyro.Daemon %s, {}, { getpeercert = "made up" }
      function desk:getpeercert() return "made up" end
      pyro.attributes(other, "getpeercert")
      pyro.spawn(print, daemon:register(desk, "desk"), daemon:register(other, "other"))
      daemon:requestLoop()]]):format(server_option()) }
    local desk, other = liar:expect "(PYRO:desk@%S+)\t(PYRO:other@%S+)\n"
    local client = run(([[
      for _, place in ipairs { uri, "%s" } do
        local proxy = pyro.Proxy(place)
        print(proxy:getpeercert().subject[2][1][2], proxy:getpeercert().subject[2][1][2])
      end
      local batch = pyro.batch(pyro.Proxy(uri))
      batch:getpeercert()
      print(batch()())]]):format(other), desk, certificates.client())
    assert.are.equal("localhost\tlocalhost\nlocalhost\tlocalhost\nmade up\n", client.output)
  end)

  it("takes no domain for a host", function()
    local client = run("print(pcall(function() return pyro.Proxy('PYRO:x@.test:1'):who() end))", nil,
      certificates.client())
    assert.are.equal("false\tCommunicationError: cannot connect to ('.test', 1): no certificate is for a host whose "
      .. "name begins with a dot\n", client.output)
  end)

  it("can be off for one proxy, and one daemon", function()
    local uri = serve("{ ssl = false }", certificates.server())
    local client = run("print(pyro.Proxy(uri, { ssl = false }):who())", uri, certificates.client())
    assert.are.equal("nobody\n", client.output)
  end)

  it("leaves Unix sockets plain", function()
    local name = process.file("socket", "")
    os.remove(name)
    local uri = serve(("{ unixsocket = '%s' }"):format(name), certificates.server())
    local client = run("local p = pyro.Proxy(uri) print(p:who(), p:getpeercert())", uri, certificates.client())
    assert.are.equal("nobody\tnil\n", client.output)
  end)

  it("is not left out where a name leads to a Unix socket, or came from one", function()
    local name, other = process.file("ns", ""), process.file("socket", "")
    os.remove(name)
    os.remove(other)
    local names = process.start_pyrolua { "-m", "pyro.naming", "-u", name }
    names:expect "URI = [^\n]+"
    local plain, secret = serve("{}"), serve(server_option())
    local liar = serve(("{ unixsocket = '%s' }"):format(other))
    local program = run(([[
      local ns = pyro.locateNS("./u:%s")
      local desk = pyro.Proxy("PYRONAME:desk@./u:%s")
      local function try(uri)
        ns:register("desk", uri)
        desk:_pyroRelease()
        print(pcall(function() return desk:who() end))
      end
      try("%s")
      try("%s")
      try("%s")
      desk._pyroSsl = false
      try("%s")
      desk._pyroSsl = nil
      try("%s")]]):format(name, name, plain, secret, liar, liar, plain), nil, certificates.client())
    local refused = "false\tCommunicationError: cannot connect to %('localhost', %d+%): [^\n]*does not speak TLS"
      .. "[^\n]*\n"
    assert.matches("^" .. refused .. "true\tnobody\nfalse\tCommunicationError: cannot connect to desk: SSL asks for "
      .. "TLS, which the Unix socket that was found does not have: connect by its own URI, or with the option ssl = "
      .. "false\ntrue\tnobody\n" .. refused .. "$", program.output)
  end)

  it("is spoken by the name server, nsc, and pyrolua call", function()
    local settings = certificates.all(certificates.server(true), certificates.client "client")
    local server = process.start_pyrolua { "-m", "pyro.naming", "-p", "0", env = settings }
    local port = server:expect "URI = PYRO:Pyro%.NameServer@localhost:(%d+)\n"
    local env = certificates.all(settings, { PYRO_NS_HOST = "localhost", PYRO_NS_PORT = port })
    local uri = serve("{}", env)
    local registered = process.run_pyrolua { "-m", "pyro.nsc", "register", "desk", uri, env = env }
    assert.are.equal(0, registered.code, registered.output)
    local called = process.run_pyrolua { "call", "PYRONAME:desk", "who", env = env }
    assert.are.equal("\"client\"\n", called.output)
    local published = run("d = pyro.Daemon {} print(d:publish('other', {}), d:unpublish 'other')", nil, env)
    assert.matches("^PYRO:obj_%x+@localhost:%d+\ttrue\n$", published.output)
    env.PYRO_SSL_CLIENTCERT, env.PYRO_SSL_CLIENTKEY = nil, nil
    local refused = process.run_pyrolua { "call", "PYRONAME:desk", "who", env = env }
    assert.matches("the server wants a certificate of its clients", refused.output)
    env.PYRO_SSL = nil
    local plain = process.run_pyrolua { "call", "PYRONAME:desk", "who", env = env }
    assert.are_not.equal(0, plain.code)
    local told = ("Failed to locate the nameserver: cannot connect to ('localhost', %s): invalid data or unsupported "
      .. "protocol version: the other side speaks TLS: set SSL at both, or at neither\n"):format(port)
    assert.matches(told, plain.output, 1, true)
    local listed = process.run_pyrolua { "-m", "pyro.nsc", "list", env = env }
    assert.are.equal("Error: " .. told, listed.output)
  end)

  it("is never left out silently", function()
    for name, options in pairs {
      ["ValueError: SSL asks for TLS, which needs a certificate: set SSL_SERVERCERT to its file"] = "{ ssl = true }",
      ["OSError: SSL_SERVERCERT: cannot read /nowhere: No such file or directory"] =
        "{ ssl = { servercert = '/nowhere' } }",
      ["option 'ssl' has no field 'cert' (servercert, serverkey, serverkeypasswd, requireclientcert, cacerts)"] =
        "{ ssl = { cert = 'x' } }",
      ["field 'servercert' of option 'ssl' must be a string"] = "{ ssl = { servercert = 1 } }",
      ["option 'ssl' must be true, false, or a table"] = "{ ssl = 'yes' }",
    } do
      local program = run("pyro.Daemon " .. options)
      assert.are.equal(1, program.code)
      assert.matches(name, program.err, 1, true)
    end
    local daemon = run("pyro.Daemon {}", nil, { PYRO_SSL = "1" })
    assert.matches("ValueError: SSL asks for TLS, which needs a certificate: set SSL_SERVERCERT", daemon.err)
    local env = { PYRO_SSL = "1", PYRO_SSL_CACERTS = "/nowhere" }
    local proxy = run("pyro.Proxy('PYRO:x@localhost:1'):hello()", nil, env)
    assert.matches("CommunicationError: cannot connect to ('localhost', 1): SSL_CACERTS: cannot read /nowhere: No such "
      .. "file or directory\n", proxy.err, 1, true)
    local found = run("pyro.locateNS('localhost', 1)", nil, env)
    assert.matches("SSL_CACERTS: cannot read /nowhere", found.err)
  end)

  it("is missed where there is a certificate only", function()
    local env = certificates.server()
    env.PYRO_SSL = nil
    local _, program = serve("{}", env)
    assert.matches("WARNING] SSL_SERVERCERT is set, but SSL is not: connections are not encrypted\n", program.err, 1,
      true)
  end)

  it("says which certificate is refused, whatever else the server shows", function()
    local chain = process.file("chain.pem", read(path "server.pem") .. read(path "ca.pem"))
    local uri = serve(("{ ssl = { servercert = '%s', serverkey = '%s' } }"):format(chain, path "server.key"))
    assert.are.equal(2, count_shown(uri))
    assert.matches("the certificate of the server (CN=localhost,O=pyrolua example) is of an authority that is not",
      run("pyro.Proxy(uri, { ssl = true }):who()", uri).err, 1, true)
  end)

  it("shows the authorities of its certificate that it knows, but the last", function()
    local env = certificates.all(certificates.server(), { PYRO_SSL_SERVERCERT = path "below.pem",
      PYRO_SSL_SERVERKEY = path "below.key" })
    for _, case in ipairs { { "middle.pem", 2 }, { "ca.pem", 1 } } do
      env.PYRO_SSL_CACERTS = path(case[1])
      local uri = serve("{}", env)
      assert.are.equal(case[2], count_shown(uri))
    end
    env.PYRO_SSL_CACERTS = process.file("both.pem", read(path "middle.pem") .. read(path "ca.pem"))
    local uri = serve("{}", env)
    assert.are.equal(2, count_shown(uri))
    assert.are.equal("nobody\n", run("print(pyro.Proxy(uri):who())", uri, certificates.client()).output)
  end)

  it("refuses connected sockets, which cannot have it", function()
    local program = run([[
      local luv = require "luv"
      local server = luv.new_tcp()
      server:bind("127.0.0.1", 0)
      server:listen(1, function() end)
      local client = luv.new_tcp()
      client:connect("127.0.0.1", server:getsockname().port, function() luv.stop() end)
      luv.run()
      print(pcall(pyro.Proxy, "desk", { connected_socket = client:fileno() }))
      print(pcall(pyro.Daemon, { connected_socket = client:fileno() }))]], nil, certificates.server())
    local words = "false\t%S*%s?ValueError: SSL asks for TLS, which a connected socket cannot have: connect by a URI, "
      .. "or use it with the option ssl = false\n"
    assert.matches("^" .. words .. words .. "$", program.output)
  end)

  it("is refused with other certificates, in words", function()
    local strange = certificates.client "stranger"
    for _, case in ipairs {
      { "elsewhere", certificates.client(), "the certificate of the server is for elsewhere.test, 10.0.0.1, not for "
        .. "'localhost': connect by such a name, or make a certificate that has this one\n",
        "the client refused our certificate (sslv3 alert bad certificate): it may be for another host\n" },
      { "server", { PYRO_SSL = "1" }, "the certificate of the server (CN=localhost,O=pyrolua example) is of an "
        .. "authority that is not trusted here: put the authority's certificate into SSL_CACERTS\n",
        "the client does not trust the authority of our certificate: it needs that one's certificate in its "
        .. "SSL_CACERTS\n" },
      { "server", strange, ("the server does not trust the authority of our certificate (%s): it needs that one's "
        .. "certificate in its SSL_CACERTS\n"):format(path "stranger.pem"),
        "the certificate of the client (CN=stranger) is of an authority that is not trusted here: put the authority's "
        .. "certificate into SSL_CACERTS\n" },
    } do
      local uri, server = serve("{}", certificates.all(certificates.server(case[2] == strange), {
        PYRO_SSL_SERVERCERT = path(case[1] .. ".pem"), PYRO_SSL_SERVERKEY = path(case[1] .. ".key"),
      }))
      local client = run("pyro.Proxy(uri):who()", uri, case[2])
      assert.matches("CommunicationError: cannot connect to ('localhost', " .. uri:match "%d+$" .. "): " .. case[3],
        client.err, 1, true)
      process.run_until(function() return server.err:find(case[4], 1, true) end)
      assert.matches("TLS handshake failed: CommunicationError: " .. case[4], server.err, 1, true)
      process.stop_all()
    end
  end)

  it("is missed by a plain client, and by its server once", function()
    local uri, server = serve("{}", certificates.server())
    local port = uri:match "%d+$"
    local client = run("print(pcall(function() pyro.Proxy(uri):who() end))", uri)
    assert.are.equal(("false\tProtocolError: cannot connect to ('localhost', %s): invalid data or unsupported "
      .. "protocol version: the other side speaks TLS: set SSL at both, or at neither\n"):format(port), client.output)
    server:expect "WARNING] [%d.:]+: TLS handshake failed: CommunicationError: the client does not speak TLS, as SSL "
    assert.are.equal("nobody\n", run("print(pyro.Proxy(uri):who())", uri, certificates.client()).output)
    assert.are.equal(1, select(2, server.err:gsub("TLS handshake failed", "")))
  end)

  it("counts against HANDSHAKE_TIMEOUT", function()
    local uri, server = serve("{}", certificates.all(certificates.server(), { PYROLUA_HANDSHAKE_TIMEOUT = "0.2" }))
    local silent = process.start { "/usr/bin/python3", "-c", ([[
import socket
s = socket.create_connection(("localhost", %s))
s.sendall(b"\x16\x03\x01")
print(s.recv(1))]]):format(uri:match "%d+$") }
    server:expect "connection closed: TimeoutError: no handshake in time\n"
    silent:expect "b''"
  end)

  it("counts against MESSAGE_TIMEOUT, where a record is amidst", function()
    local uri, server = serve("{}", certificates.all(certificates.server(), { PYROLUA_MESSAGE_TIMEOUT = "0.2" }))
    local function hex(bytes)
      return (bytes:gsub(".", function(byte) return ("%02x"):format(byte:byte()) end))
    end
    local function client(code)
      return process.start { "/usr/bin/python3", "-c", ([[
import os, socket, ssl
context = ssl.create_default_context(cafile="%s")
s = context.wrap_socket(socket.create_connection(("localhost", %s)), server_hostname="localhost")
s.sendall(bytes.fromhex("%s"))
print(s.recv(1000)[:4], flush=True)
]]):format(path "ca.pem", uri:match "%d+$", hex(raw.hello "desk")) .. code }
    end
    local idle = client(([[
input()
s.sendall(bytes.fromhex("%s"))
print(s.recv(1000)[-4:])]]):format(hex(raw.message(raw.PING, ""))))
    idle:expect "b'PYRO'\n"
    for _, part in ipairs { "17", "17030301", "1703030100" .. hex "half of it" } do
      local stalled = client(([[
wire = socket.socket(fileno=os.dup(s.fileno()))
wire.sendall(bytes.fromhex("%s"))
while wire.recv(1000): pass
print("closed")]]):format(part))
      stalled:expect "b'PYRO'\nclosed"
      server:expect "connection closed: TimeoutError: the rest of a message did not come in time\n"
    end
    idle:write "\n"
    idle:expect "b'pong'"
  end)

  it("reads certificates again that change while it serves", function()
    local pem, key = process.file("own.pem", ""), process.file("own.key", "")
    local function install(name)
      assert(os.execute(("cp %s %s && cp %s %s"):format(path(name .. ".key"), key, path(name .. ".pem"), pem)))
    end
    local function name_at(uri)
      return run("print(pyro.Proxy(uri):getpeercert().subject[2][1][2])", uri, certificates.client()).output
    end
    install "server"
    local uri, server = serve("{}", certificates.all(certificates.server(), { PYRO_SSL_SERVERCERT = pem,
      PYRO_SSL_SERVERKEY = key }))
    assert.are.equal("localhost\n", name_at(uri))
    install "second"
    assert.is_truthy(process.run_until(function() return name_at(uri) == "second\n" end))
    process.file("own.pem", "rubbish")
    process.run_until(function() name_at(uri) return server.err:find "stay as they were" end)
    assert.are.equal("second\n", name_at(uri))
    assert.matches(("WARNING] the certificates have changed, but stay as they were: SSL_SERVERCERT: %s holds no "
      .. "certificate that can be used: no start line\n"):format(pem), server.err, 1, true)
  end)

  it("resumes no session of a server whose certificate has expired", function()
    certificates.make_brief(4)
    local uri = serve("{}", certificates.all(certificates.server(), { PYRO_SSL_SERVERCERT = path "brief.pem",
      PYRO_SSL_SERVERKEY = path "brief.key" }))
    local client = run([[
      local desk, count, deadline = pyro.Proxy(uri), 0, os.time() + 10
      local good, why
      repeat
        good, why = pcall(function() return desk:who() end)
        desk:_pyroRelease()
        count = count + 1
        pyro.sleep(0.1)
      until not good or os.time() > deadline
      print(count > 1, good, why)]], uri, certificates.client())
    assert.matches("^true\tfalse\tCommunicationError: cannot connect to %('localhost', %d+%): the certificate of the "
      .. "server %(CN=localhost%) expired on ", client.output)
  end)

  it("takes keys with passwords, and never shows these", function()
    local env = certificates.all(certificates.server(), { PYRO_SSL_SERVERKEY = path "locked.key",
      PYRO_SSL_SERVERKEYPASSWD = "secret" })
    local uri = serve("{}", env)
    assert.are.equal("nobody\n", run("print(pyro.Proxy(uri):who())", uri, certificates.client()).output)
    local shown = process.run_pyrolua { "-m", "pyro.configuration", env = env }
    assert.matches("SSL_SERVERKEYPASSWD = (a secret)\n", shown.output, 1, true)
    assert.matches("SSL_CLIENTKEYPASSWD = \n", shown.output, 1, true)
    assert.is_nil(shown.output:find("= secret", 1, true))
    env.PYRO_SSL_SERVERKEYPASSWD = "sesame"
    local wrong = run("pyro.Daemon {}", nil, env)
    assert.matches("ValueError: SSL_SERVERKEYPASSWD is not the password of the key in " .. path "locked.key",
      wrong.err, 1, true)
    assert.is_nil(wrong.output:find "sesame")
  end)
end)
