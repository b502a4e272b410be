--- bind: HTTP servers whose handlers are Lua functions.
local core = require "pyro.core"
local pyro = require "pyro"
local certificates = require "spec.support.certificates"
local process = require "spec.support.process"
local raw = require "spec.support.raw"
local served = require "spec.support.served"
local uv = require "luv"

local failure = served.failure

--- Waits until the condition holds, while luv's loop runs, too.
local function soon(condition)
  return served.soon(function()
    uv.run "nowait"
    return condition()
  end)
end

describe("an HTTP server", function()
  local server, handler, log

  --- Serves with these bounds.
  local function serve(options)
    options = options or {}
    options.host, options.port = "127.0.0.1", 0
    options.handler = function(request)
      return handler(request)
    end
    server = core.serve_http(options)
    return server
  end

  --- Sends text on a new connection.
  local function send(text)
    local peer = raw.connect(server.port)
    peer:send(text)
    return peer
  end

  local function get(path)
    return send(("GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"):format(path))
  end

  --- All that comes until the server closes.
  local function answer(peer)
    assert.is_true(soon(function()
      return peer.closed
    end))
    peer:close()
    return peer.received
  end

  local function logged()
    local file = io.open(log)
    local text = file and file:read "a" or ""
    if file then
      file:close()
    end
    return text
  end

  before_each(function()
    log = os.tmpname()
    pyro.config.LOGFILE, pyro.config.LOGLEVEL = log, "WARNING"
  end)

  after_each(function()
    server:close()
    served.close()
    pyro.config.LOGFILE, pyro.config.LOGLEVEL = nil, nil
    pyro.config.SSL, pyro.config.SSL_SERVERCERT, pyro.config.SSL_SERVERKEY = false, "", ""
    os.remove(log)
  end)

  it("hands a request to its handler, and sends what that returns", function()
    local got
    handler = function(request)
      got = request
      return 201, { ["Content-Type"] = "text/x", ["X-Two"] = { "a", "b" } }, "made\0"
    end
    serve()
    assert.equal("127.0.0.1", server.address)
    local text = answer(send("POST /a%20b?x=1&y=2&x=3&x=4&z HTTP/1.1\r\nHost: h \r\nX-A: 1\t \r\nx-a: \t2\r\n"
      .. "X-Empty:  \r\nContent-Length: 4\r\nConnection: close\r\n\r\nbo\0y"))
    assert.matches("^HTTP/1.1 201 Created\r\n", text)
    assert.matches("\r\nContent%-Type: text/x\r\n", text)
    assert.matches("\r\nX%-Two: a\r\nX%-Two: b\r\n", text)
    assert.matches("\r\n\r\nmade\0$", text)
    assert.matches("^127%.0%.0%.1:%d+$", got.peer)
    assert.equal("127.0.0.1", got.address)
    got.peer, got.address = nil, nil
    assert.are.same({ method = "POST", path = "/a b", target = "/a%20b?x=1&y=2&x=3&x=4&z", body = "bo\0y",
      query = { x = { "1", "3", "4" }, y = "2", z = "" },
      headers = { host = "h", ["x-a"] = "1, 2", ["x-empty"] = "", ["content-length"] = "4",
        connection = "close" } }, got)
  end)

  it("hands on all fields, where there are many", function()
    local target, lines, query, headers = {}, {}, {}, { host = "h", connection = "close" }
    for i = 1, 100 do
      local number = tostring(i)
      target[i], query["q" .. i] = ("q%d=%d"):format(i, i), number
      lines[i], headers["h" .. i] = ("h%d: %d\r\n"):format(i, i), number
    end
    local got
    handler = function(request)
      got = request
      return 204
    end
    serve()
    answer(send(("GET /?%s HTTP/1.1\r\nHost: h\r\nConnection: close\r\n%s\r\n"):format(table.concat(target, "&"),
      table.concat(lines))))
    assert.are.same(query, got.query)
    assert.are.same(headers, got.headers)
  end)

  it("needs neither headers nor a body of its answer", function()
    handler = function()
      return 204
    end
    serve()
    assert.matches("^HTTP/1.1 204 No Content\r\n", answer(get "/"))
  end)

  it("lets handlers wait, and others go on", function()
    local gate, began = pyro.event(), 0
    handler = function(request)
      began = began + 1
      if request.path == "/slow" then
        gate:wait()
      end
      return 200, nil, request.path
    end
    serve()
    local proxy = served.open {
      twice = function(_, number)
        return 2 * number
      end,
    }
    local slow = get "/slow"
    assert.is_true(soon(function()
      return began == 1
    end))
    assert.equal(42, proxy:twice(21))
    assert.matches("/quick$", answer(get "/quick"))
    assert.equal("", slow.received)
    gate:set()
    assert.matches("/slow$", answer(slow))
  end)

  it("serves while a method of a daemon waits", function()
    local gate, result = pyro.event(), nil
    local proxy = served.open {
      wait = function()
        gate:wait()
        return "over"
      end,
    }
    handler = function()
      return 200, nil, "here"
    end
    serve()
    pyro.spawn(function()
      local other = pyro.Proxy(proxy._pyroUri)
      result = other:wait()
      other:_pyroRelease()
    end)
    assert.matches("here$", answer(get "/"))
    assert.is_nil(result)
    gate:set()
    assert.is_true(soon(function()
      return result == "over"
    end))
  end)

  it("sends pieces as they are written", function()
    local gate, open = pyro.event(), {}
    handler = function()
      return 200, { ["Content-Type"] = "text/event-stream" }, function(write)
        open[1] = write "data: 1\n\n"
        gate:wait()
        open[2] = write "data: 2\n\n"
      end
    end
    serve()
    local peer = get "/"
    assert.is_true(soon(function()
      return peer.received:find "\r\ndata: 1\n\n\r\n$"
    end))
    gate:set()
    assert.matches("\r\ndata: 2\n\n\r\n0\r\n\r\n$", answer(peer))
    assert.are.same({ true, true }, open)
  end)

  it("lets a writer wait for a slow reader", function()
    local piece, written = ("p"):rep(100000), 0
    handler = function()
      return 200, nil, function(write)
        for _ = 1, 100 do
          write(piece)
          written = written + 1
        end
      end
    end
    serve()
    local peer = get "/"
    peer:pause()
    assert.is_true(soon(function()
      return written > 0
    end))
    local before
    repeat -- until what the system buffers is full
      before = written
      pyro.sleep(0.1)
    until written == before
    assert.is_true(written < 100)
    peer:read()
    assert.equal(100 * #piece, select(2, answer(peer):gsub("p", "")))
  end)

  it("tells a writer that the client has gone", function()
    local gate, open, rest = pyro.event(), nil, nil
    handler = function()
      return 200, nil, function(write)
        write "first"
        gate:wait()
        open, rest = write "second", write
      end
    end
    serve()
    local peer = get "/"
    assert.is_true(soon(function()
      return peer.received:find "first"
    end))
    peer:close()
    uv.run "nowait"
    pyro.sleep(0.1)
    gate:set()
    assert.is_true(soon(function()
      return open == false
    end))
    assert.is_false(rest "after the end")
  end)

  it("tells when the client goes, or the body has ended", function()
    local first, gone, kept
    handler = function()
      return 200, nil, function(write)
        kept = write
        write "x"
        first = write:gone(0.01)
        gone = write:gone()
      end
    end
    serve()
    local peer = get "/"
    assert.is_true(soon(function()
      return first == false
    end))
    assert.is_nil(gone)
    peer:close()
    assert.is_true(soon(function()
      return gone
    end))
    handler = function()
      return 200, nil, function(write)
        kept = write
      end
    end
    answer(get "/")
    assert.is_true(kept:gone())
  end)

  it("calls a function whose client has gone before", function()
    local gate, called, gone, wrote = core.new_event(), false, nil, nil
    handler = function()
      called = true
      gate:wait()
      return 200, nil, function(write)
        gone, wrote = write:gone(), write "piece"
      end
    end
    serve()
    local peer = get "/"
    assert.is_true(soon(function()
      return called
    end))
    local connected = served.open_files()
    peer:reset()
    assert.is_true(soon(function() -- until the server has closed the connection, too
      return served.open_files() <= connected - 2
    end))
    gate:set()
    assert.is_true(soon(function()
      return gone ~= nil
    end))
    assert.is_true(gone)
    assert.is_false(wrote)
  end)

  it("wakes a writer that waits for a client that goes", function()
    local ended
    handler = function()
      return 200, nil, function(write)
        while write(("w"):rep(50000)) do -- luacheck: ignore
        end
        ended = true
      end
    end
    serve()
    local peer = get "/"
    peer:pause()
    pyro.sleep(0.1)
    assert.is_nil(ended)
    peer:reset()
    assert.is_true(soon(function()
      return ended
    end))
  end)

  it("keeps the writer for a function that drops it", function()
    local gate = pyro.event()
    handler = function()
      return 200, nil, function(write)
        write "x"
        write = nil -- luacheck: ignore
        gate:wait()
      end
    end
    serve()
    local peer = get "/"
    assert.is_true(soon(function()
      return peer.received:find "x\r\n$"
    end))
    collectgarbage()
    collectgarbage()
    peer:close()
    uv.run "nowait"
    pyro.sleep(0.1)
    gate:set()
    pyro.sleep(0.01)
  end)

  it("answers with 500, and logs, where a handler fails", function()
    serve()
    for message, f in pairs {
      ["oh no"] = function()
        error "oh no"
      end,
      ["a table of mine"] = function()
        error(setmetatable({}, { __tostring = function()
          return "a table of mine"
        end }))
      end,
      ["number expected, got nil"] = function() end,
      ["not a status of an answer: 99"] = function()
        return 99
      end,
      ["not a status of an answer: 0"] = function()
        return 2 ^ 40 // 1 | 0
      end,
      ["table expected, got string"] = function()
        return 200, "text/plain"
      end,
      ["without zero bytes"] = function()
        return 200, { ["X"] = "a\0b" }
      end,
      ["names and values of headers must be strings"] = function()
        return 200, { ["X"] = { 1 } }
      end,
      ["not a header of HTTP: 'X'"] = function()
        return 200, { ["X"] = "a\r\nSet-Cookie: b" }
      end,
      ["string expected, got table"] = function()
        return 200, nil, {}
      end,
    } do
      handler = f
      assert.matches("^HTTP/1.1 500 .*\r\n\r\nInternal Server Error\n$", answer(get "/"))
      assert.is_truthy(logged():find(message, 1, true), message .. " is not in " .. logged())
    end
  end)

  it("cuts a stream where its function fails", function()
    handler = function()
      return 200, nil, function(write)
        write "begun"
        pyro.sleep(0)
        error "in the middle"
      end
    end
    serve()
    local text = answer(get "/")
    assert.matches("begun", text)
    assert.is_nil(text:find "\r\n0\r\n\r\n$")
    assert.matches("in the middle", logged())
    handler = function()
      return 200, { X = "\n" }, function() end
    end
    assert.matches("^HTTP/1.1 500 ", answer(get "/"))
    handler = function()
      return 200, nil, function(write)
        write {}
      end
    end
    answer(get "/")
    assert.matches("string expected, got table", logged())
  end)

  it("has bounds", function()
    handler = function()
      return 200, nil, "small enough"
    end
    serve { max_body = 10, max_head = 2000, max_connections = 2, max_client_connections = 2, request_timeout = 1,
      idle_timeout = 1 }
    assert.matches("^HTTP/1.1 413 ", answer(send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n")))
    assert.matches("^HTTP/1.1 431 ", answer(send("GET / HTTP/1.1\r\nX: " .. ("a"):rep(3000) .. "\r\n\r\n")))
    local first, second = raw.connect(server.port), raw.connect(server.port)
    pyro.sleep(0.05)
    assert.equal("", answer(get "/"))
    assert.equal("", answer(first)) -- its time is over
    answer(second)
    assert.is_true(soon(function() -- the server hears of the end a little later
      return answer(get "/"):find "small enough$"
    end))
  end)

  it("has room for few large bodies", function()
    handler = function(request)
      return 200, nil, tostring(#request.body)
    end
    serve { max_bodies = 10000 }
    local function post(length)
      return answer(send(("POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"):format(
        length) .. ("b"):rep(length)))
    end
    assert.matches("\r\n\r\n5000$", post(5000))
    assert.matches("^HTTP/1.1 503 .*\r\n\r\ntoo many large requests come in, or wait for their answer$", post(5001))
    assert.matches("503: too many large requests come in", logged())
    assert.matches("\r\n\r\n5000$", post(5000))
  end)

  it("keeps few large answers that nobody reads", function()
    local large = ("m"):rep(16 * 1024 * 1024)
    local asked
    handler = function()
      asked = true
      return 200, nil, large
    end
    serve { max_unread = 1 }
    local unread = get "/"
    unread:pause()
    assert.is_true(soon(function()
      return asked
    end))
    assert.matches("^HTTP/1.1 503 .*\r\n\r\ntoo many large answers wait to be read$", answer(get "/"))
    unread:close()
    assert.is_true(soon(function()
      return answer(get "/"):find "^HTTP/1.1 200 "
    end))
  end)

  it("answers what it has with 503 when it is closed", function()
    local gate, ended = pyro.event(), nil
    handler = function()
      gate:wait()
      ended = true
      return 200, nil, "too late"
    end
    serve()
    local peer = get "/"
    pyro.sleep(0.05)
    server:close()
    server:close()
    assert.is_nil(server.port)
    assert.matches("^HTTP/1.1 503 ", answer(peer))
    gate:set()
    assert.is_true(soon(function()
      return ended
    end))
    assert.equal("", logged())
  end)

  it("speaks TLS where SSL is set", function()
    handler = function(request)
      return 200, nil, "for " .. request.path
    end
    pyro.config.SSL = true
    pyro.config.SSL_SERVERCERT = certificates.path "server.pem"
    pyro.config.SSL_SERVERKEY = certificates.path "server.key"
    serve()
    local curl = process.start { "curl", "-sS", "--cacert", certificates.path "ca.pem",
      ("https://127.0.0.1:%d/safe"):format(server.port) }
    assert.is_true(soon(function()
      return curl.code and curl.open == 0
    end))
    assert.equal("for /safe", curl.output)
  end)

  it("refuses options that make no sense", function()
    handler = function()
      return 204
    end
    serve()
    local function refused(message, options)
      assert.matches(message, tostring(failure(core.serve_http, options)))
    end
    local f = function() end
    refused("string expected", { port = 0, handler = f })
    refused("option 'port' must be a port", { host = "127.0.0.1", port = 65536, handler = f })
    refused("function expected", { host = "127.0.0.1", port = 0 })
    refused("option 'max_body' must be from 1 to", { host = "127.0.0.1", port = 0, handler = f, max_body = 0 })
    refused("OSError: cannot listen on 127.0.0.1:%d+: address already in use",
      { host = "127.0.0.1", port = server.port, handler = f })
    pyro.config.SSL, pyro.config.SSL_SERVERCERT = true, "/nowhere/server.pem"
    refused("/nowhere/server.pem", { host = "127.0.0.1", port = 0, handler = f })
  end)
end)
