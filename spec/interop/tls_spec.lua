--- TLS with the real Pyro4 and Pyro5, in both roles, one-way and mutual.
local certificates = require "spec.support.certificates"
local peers = require "spec.support.peers"
local process = require "spec.support.process"
local tags = require "spec.support.tags"

local SERVER = [[
  local pyro = require "pyro"
  local daemon = pyro.Daemon {}
  function daemon:validateHandshake(connection)
    local certificate = connection:getpeercert()
    print("handshake of", certificate and certificate.subject[2][1][2])
    return "welcome"
  end
  pyro.spawn(print, daemon:register({
    greet = function(_, name) return "hello " .. name end,
    ["repeat"] = function(_, text, times) return text:rep(times) end,
    who = function() return pyro.current_context.client:getpeercert() end,
  }, "desk"))
  daemon:requestLoop()]]

local CLIENT = [[
  local pyro = require "pyro"
  local desk <close> = pyro.Proxy(...)
  print(desk:greet "lua", #desk["repeat"](desk, ("x"):rep(1000), 1000))
  print((pyro.repr(desk:who()):gsub("[()]", { ["("] = "[", [")"] = "]" }):gsub(",%]", "]")))
  print(pyro.repr(desk:getpeercert()))]]

local function serve(language, env)
  local command = language == "Lua" and { process.file("server.lua", SERVER), env = env }
    or { "spec/interop/python/tls.py", language, "serve", env = env }
  local server = peers.start(language, command)
  return server:expect "PYRO:desk@localhost:%d+", server
end

local function call(language, uri, env)
  return peers.run(language, language == "Lua" and { process.file("client.lua", CLIENT), uri, env = env }
    or { "spec/interop/python/tls.py", language, "call", uri, env = env })
end

--- Returns the lines of a client about its own certificate, and the server's.
local function shown(client)
  return client.out:match "\n([^\n]*)\n([^\n]*)\n"
end

describe("TLS", function()
  after_each(process.stop_all)
  teardown(certificates.remove)

  for _, generation in ipairs(peers.generations()) do
    for _, pair in ipairs { { generation, "Lua" }, { "Lua", generation } } do
      local client, server = pair[1], pair[2]
      local title = (" between a client in %s and a server in %s%s"):format(client, server,
        tags({ 42 }, client, server))
      local greeting = client == "Lua" and "hello lua\t1000000\n" or "hello python 1000000\n"

      it("is spoken" .. title, function()
        local uri = serve(server, certificates.server())
        local program = call(client, uri, certificates.client())
        assert.are.equal(greeting, program.out:sub(1, #greeting), program.output)
        assert.are.equal(0, program.code, program.err)
      end)

      it("shows each the other's certificate" .. title, function()
        local uri = serve(server, certificates.server(true))
        local program = call(client, uri, certificates.client "client")
        assert.are.equal(greeting, program.out:sub(1, #greeting), program.output)
        local own, theirs = shown(program)
        assert.matches("'subject': [[['organizationName', 'pyrolua example']], [['commonName', 'client']]], "
          .. "'subjectAltName': [['DNS', 'client']], 'version': 3}", own, 1, true)
        assert.matches("'subject': [[['organizationName', 'pyrolua example']], [['commonName', 'localhost']]]", theirs,
          1, true)
      end)

      it("is refused without a client's certificate" .. title, function()
        local uri, program = serve(server, certificates.server(true))
        local refused = call(client, uri, certificates.client())
        assert.are_not.equal(0, refused.code)
        if client == "Lua" then
          assert.matches("CommunicationError: cannot connect to %('localhost', %d+%): the server wants a certificate "
            .. "of its clients %(tlsv13 alert certificate required%): set SSL_CLIENTCERT\n", refused.err)
        else
          program:expect("TLS handshake failed: CommunicationError: the client sent no certificate, which "
            .. "SSL_REQUIRECLIENTCERT asks for\n")
        end
      end)

      it("1.2 is spoken, too, and refused without a client's certificate" .. title, function()
        local older = { TLS_VERSION = "1.2" }
        local uri, program = serve(server, certificates.all(certificates.server(true), older))
        local called = call(client, uri, certificates.all(certificates.client "client", older))
        assert.are.equal(greeting, called.out:sub(1, #greeting), called.output)
        local refused = call(client, uri, certificates.all(certificates.client(), older))
        assert.are_not.equal(0, refused.code)
        if client == "Lua" then
          assert.matches("the server refused the TLS handshake %(sslv3 alert handshake failure%); perhaps it wants a "
            .. "certificate of its clients: set SSL_CLIENTCERT\n", refused.err)
        else
          program:expect "the client sent no certificate, which SSL_REQUIRECLIENTCERT asks for\n"
        end
      end)

      it("is refused to a stranger" .. title, function()
        local uri = serve(server, certificates.server())
        local env = certificates.client()
        env.PYRO_SSL_CACERTS = nil
        local refused = call(client, uri, env)
        assert.are_not.equal(0, refused.code)
        assert.matches(client == "Lua" and "CommunicationError: cannot connect to %('localhost', %d+%): the "
          .. "certificate of the server %(CN=localhost,O=pyrolua example%) is of an authority that is not trusted "
          .. "here: put the authority's certificate into SSL_CACERTS\n" or "CERTIFICATE_VERIFY_FAILED", refused.err)
      end)

      it("and plain connections do not mix" .. title, function()
        local uri = serve(server, certificates.server())
        local plain = call(client, uri, {})
        assert.are_not.equal(0, plain.code)
        if client == "Lua" then
          assert.matches("did not answer the handshake; perhaps it speaks TLS %(set SSL%), or is no Pyro server\n",
            plain.err)
        end
        process.stop_all()
        local secret = call(client, (serve(server, {})), certificates.client())
        assert.are_not.equal(0, secret.code)
        if client == "Lua" then
          assert.matches("cannot connect to %('localhost', %d+%): [^\n]*does not speak TLS", secret.err)
        end
      end)
    end

    it("shows certificates as Python does" .. tags({ 42 }, generation, "Lua"), function()
      for _, name in ipairs { "client", "odd" } do -- which has a long name, and the number 0
        local env = certificates.all(certificates.server(true), certificates.client(name))
        local ours = shown(call(generation, (serve("Lua", env)), env))
        process.stop_all()
        local theirs = shown(call(generation, (serve(generation, env)), env))
        process.stop_all()
        assert.is_string(ours)
        assert.are.equal(theirs, ours)
      end
    end)

    it("is spoken with the name server of the other" .. tags({ 42 }, generation, "Lua"), function()
      for _, pair in ipairs { { "Lua", generation }, { generation, "Lua" } } do
        local settings = certificates.all(certificates.server(true), certificates.client "client")
        local _, env = peers.name_server(pair[1], settings)
        local listed = peers.nsc(pair[2], certificates.all(env, settings), { "list" })
        assert.matches("Pyro%.NameServer", listed.output)
        process.stop_all()
      end
    end)
  end
end)
