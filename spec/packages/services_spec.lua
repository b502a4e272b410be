--- The units of the Debian packages, under systemd: in a system that `packaging/boot` has started.
local process = require "spec.support.process"

--- Returns words that run a program, of the variable that has them, with more.
local function words(variable, ...)
  local list = {}
  for word in assert(os.getenv(variable), "packaging/boot sets " .. variable):gmatch "%S+" do
    list[#list + 1] = word
  end
  for _, word in ipairs { ... } do
    list[#list + 1] = word
  end
  return list
end

--- Runs a script as root of the system; returns what it prints.
local function run(script)
  local shell = process.run(words("SYSTEM", "sh", "-euc", script))
  assert(shell.code == 0, script .. "\n" .. shell.output)
  return shell.out
end

--- Runs a script until its output has the pattern.
local function expect(pattern, script)
  local out
  local found = process.eventually(function()
    out = run(script)
    return out:find(pattern)
  end)
  assert(found, ("%s: expected %q, got:\n%s"):format(script, pattern, out))
end

local function put(path, text)
  local shell = words("SYSTEM", "sh", "-euc", 'mkdir -p "${0%/*}"; cat > "$0"', path)
  shell.input = text
  assert.are.equal(0, process.run(shell).code)
end

--- Gives a unit a drop-in, as `systemctl edit` does.
local function edit(unit, text)
  put(("/etc/systemd/system/%s.d/override.conf"):format(unit), text)
  run "systemctl daemon-reload"
end

--- Returns the block of the administrator's page that has the text.
local function documented(language, text)
  local page <close> = assert(io.open "docs/administration.md")
  for block in page:read("a"):gmatch("\n```" .. language .. "\n(.-\n)```\n") do
    if block:find(text, 1, true) then
      return block
    end
  end
  error("docs/administration.md has no such block: " .. text)
end

local function property(unit, name)
  return (run(("systemctl show --value --property %s %s"):format(name, unit)):gsub("\n$", ""))
end

--- Returns lines of the journal of a unit, each with its level.
local function journal(unit)
  local lines = {}
  for entry in run(("journalctl --sync; journalctl -o json -u %s"):format(unit)):gmatch "[^\n]+" do
    lines[#lines + 1] = entry:match '"PRIORITY":"(%d)"' .. " " .. (entry:match '"MESSAGE":"(.-)"[,}]' or "")
  end
  return table.concat(lines, "\n")
end

--- Runs a program of this system in the other's network; returns its output.
local function outside(...)
  return process.run(words("NETWORK", ...)).output
end

local STOCK = [[
local pyro = require "pyro"
local stock = { apples = 7 }
function stock:count() return self.apples end
function stock:fail() error "the cellar is flooded" end
function stock:sleep(seconds)
  pyro.ready "asleep"
  pyro.sleep(seconds)
  return "slept"
end
function stock:note(text)
  local file <close> = assert(io.open("note", "w"))
  file:write(text)
end
local daemon = pyro.Daemon { port = 9997 }
daemon:register(stock, "stock")
daemon:publish("http.stock", stock)
pyro.ready "7 apples"
daemon:requestLoop()
print "The request loop has ended."
]]

describe("services of the Debian packages", function()
  after_each(function()
    process.stop_all()
    run [[
      systemctl disable --quiet --now pyrolua-ns.socket pyrolua-ns pyrolua-gateway pyrolua@stock 2>/dev/null
      rm -rf /etc/systemd/system/pyrolua*.d /etc/pyrolua /var/lib/private/pyrolua*
      systemctl daemon-reload
      systemctl reset-failed]]
  end)

  it("start when they are wanted, not when they are installed", function()
    assert.are.equal("", run "systemctl list-units --all --plain --no-legend 'pyrolua*'")
    run "systemctl enable --quiet --now pyrolua-ns.socket"
    assert.are.equal("inactive", property("pyrolua-ns", "ActiveState"))
    local lists = run "for client in 1 2 3 4 5; do pyrolua-nsc list & done; wait"
    assert.are.equal(5, select(2, lists:gsub("Pyro.NameServer %-%-> PYRO:Pyro.NameServer@127.0.0.1:9090", "")))
    assert.are.equal("1 name, memory", property("pyrolua-ns", "StatusText"))
  end)

  it("pass calls on, for who has the key of a file", function()
    put("/etc/pyrolua/gateway.env", "PYROLUA_HTTPGATEWAY_KEY=sesame\n")
    put("/etc/pyrolua/stock.lua", STOCK)
    run "chmod 600 /etc/pyrolua/gateway.env; systemctl start pyrolua-ns pyrolua-gateway pyrolua@stock"
    expect("http.stock", "pyrolua-nsc list")
    local url = "http://localhost:8080/pyro/http.stock/count"
    assert.matches("^403 ", outside("curl", "-sS", url))
    assert.are.equal("7", outside("curl", "-sS", "-H", "X-Pyro-Gateway-Key: sesame", url))
    local client = 'import Pyro4; print(Pyro4.Proxy("PYRONAME:http.stock").count())'
    assert.are.equal("7\n", outside("/usr/bin/python3", "-c", client))
  end)

  it("keep files that only they and root can read, and log with levels", function()
    put("/etc/pyrolua/stock.lua", STOCK)
    run [[systemctl start pyrolua-ns pyrolua@stock
      pyrolua call PYRONAME:http.stock note :hello
      pyrolua call PYRONAME:http.stock fail || true]]
    assert.are.equal("hello", run "cat /var/lib/pyrolua-stock/note")
    assert.are.equal("700", run "stat -Lc %a /var/lib/pyrolua-stock":match "%d+")
    assert.are.equal("7 apples", property("pyrolua@stock", "StatusText"))
    assert.matches("\n4 pyrolua.daemon: [^\n]*: stock.fail: RuntimeError: [^\n]*the cellar is flooded",
      journal "pyrolua@stock")
  end)

  it("end running calls, and take their names back, when they are stopped", function()
    put("/etc/pyrolua/stock.lua", STOCK)
    run "systemctl start pyrolua-ns pyrolua@stock"
    local call = process.start(words("SYSTEM", "pyrolua", "call", "PYRONAME:http.stock", "sleep", "2"))
    expect("^asleep\n$", "systemctl show --value --property StatusText pyrolua@stock")
    run "systemctl stop pyrolua@stock"
    assert.are.equal(0, call:wait())
    assert.matches('"slept"', call.out)
    assert.are.equal("success", property("pyrolua@stock", "Result"))
    assert.matches("\n6 The request loop has ended%.\n", journal "pyrolua@stock")
    assert.is_nil(run "pyrolua-nsc list":find "http.stock")
  end)

  it("are started again when they are killed, and their names are there", function()
    edit("pyrolua-ns.service", documented("ini", "sql:/var/lib/pyrolua/names.db"))
    run [[systemctl start pyrolua-ns
      pyrolua-nsc register example PYRO:x@localhost:1
      systemctl kill --signal KILL pyrolua-ns]]
    expect("^2 names, sql:/var/lib/pyrolua/names.db\n$", "systemctl show --value --property StatusText pyrolua-ns")
    assert.matches("example %-%-> PYRO:x@localhost:1\n", run "pyrolua-nsc list")
    assert.are.equal("1", property("pyrolua-ns", "NRestarts"))
  end)

  it("are started again when they hang", function()
    edit("pyrolua-ns.service", "[Service]\nWatchdogSec=1\n")
    -- Longer than WatchdogSec: it is not started again as long as it runs.
    run "systemctl start pyrolua-ns; sleep 1.5; systemctl kill --signal STOP pyrolua-ns"
    expect("^1\nactive\n$", "systemctl show --value --property NRestarts --property ActiveState pyrolua-ns | sort")
    assert.matches("Watchdog timeout", journal "pyrolua-ns")
  end)

  it("are tried again until they start, however long that takes", function()
    put("/etc/pyrolua/stock.lua", [[
      assert(io.open "/etc/pyrolua/disk")
      local pyro = require "pyro"
      pyro.ready()
      pyro.Daemon {}:requestLoop()]])
    edit("pyrolua@stock.service", "[Service]\nRestartSec=50ms\n")
    run "systemctl start --no-block pyrolua@stock"
    expect("^[6-9]\n$", "systemctl show --value --property NRestarts pyrolua@stock")
    assert.matches("\n3 pyrolua: /etc/pyrolua/stock.lua:1: ", journal "pyrolua@stock")
    put("/etc/pyrolua/disk", "")
    expect("^active\n$", "systemctl show --value --property ActiveState pyrolua@stock")
  end)

  it("speak TLS with keys that only root can read", function()
    put("/etc/pyrolua/stock.lua", STOCK)
    run [[cd /etc/pyrolua
      /usr/share/pyrolua/certs -s localhost tls
      cat > service.env <<END
PYROLUA_SSL=1
PYROLUA_SSL_CACERTS=/etc/pyrolua/tls/ca.pem
PYROLUA_SSL_REQUIRECLIENTCERT=1
PYROLUA_SSL_SERVERCERT=/etc/pyrolua/tls/server.pem
PYROLUA_SSL_CLIENTCERT=/etc/pyrolua/tls/client.pem
END
      { cat service.env; cd tls; echo "PYROLUA_SSL_CLIENTKEY=$PWD/client.key"; } > tls.env]]
    for _, unit in ipairs { "pyrolua-ns", "pyrolua-gateway", "pyrolua@stock" } do
      edit(unit .. ".service", documented("ini", "LoadCredential=server.key"))
    end
    run "systemctl start pyrolua-ns pyrolua-gateway pyrolua@stock"
    assert.are.equal("7\n", run "set -a; . /etc/pyrolua/tls.env; pyrolua call PYRONAME:http.stock count")
    local tls = process.file("tls.pem", run "cd /etc/pyrolua/tls; cat client.pem client.key ca.pem")
    assert.are.equal("7", outside("curl", "-sS", "--cert", tls, "--cacert", tls,
      "https://localhost:8080/pyro/http.stock/count"))
    assert.matches("server wants a certificate", outside("curl", "-sS", "--cacert", tls, "https://localhost:8080/pyro/")
      .. run "PYROLUA_SSL=1 PYROLUA_SSL_CACERTS=/etc/pyrolua/tls/ca.pem pyrolua-nsc list 2>&1 || true")
  end)
end)

describe("the Debian package", function()
  local ALL = "pyrolua-ns pyrolua-gateway pyrolua@stock"

  it("leaves services running when it is upgraded, and stops them when it is removed", function()
    put("/etc/pyrolua/stock.lua", STOCK)
    run("systemctl enable --quiet --now " .. ALL)
    local before = run("systemctl show --property MainPID " .. ALL)
    run "dpkg --install /packages/pyrolua.deb"
    assert.are.equal(before, run("systemctl show --property MainPID " .. ALL))
    run "dpkg --purge pyrolua"
    assert.are.equal("inactive\ninactive\ninactive\n", run("systemctl is-active " .. ALL .. " || true"))
    run "rm -r /etc/pyrolua /var/lib/pyrolua-stock /var/lib/private/pyrolua-stock"
  end)
end)
