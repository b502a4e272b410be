--- The section of docs/administration.md that takes two hosts from nothing to a watched server: its
--- blocks are run there, in namespaces.
local hosts = require "spec.support.hosts"
local process = require "spec.support.process"
local uv = require "luv"

local SECTIONS = { "Two hosts", "Which method is slow?" }

local function read(path)
  local file <close> = assert(io.open(path))
  return file:read "a"
end

local function write(path, text)
  local file <close> = assert(io.open(path, "w"))
  file:write(text)
end

---@class spec.Pair two hosts, with files of their own
local Pair = {}
Pair.__index = Pair

function Pair.new()
  local self = setmetatable({ folder = process.file("administration", "") .. ".d", settings = "" }, Pair)
  self.alpha, self.beta = hosts.two()
  for _, name in ipairs { "alpha", "beta" } do
    assert(os.execute(("mkdir -p %s/%s/etc"):format(self.folder, name)))
  end
  return self
end

--- Returns what a block of the page is called on a host here.
function Pair:localized(name, text)
  local own = self.folder .. "/" .. name
  return (text:gsub("%f[%w]alpha%f[%W]", self.alpha.address):gsub("%f[%w]beta%f[%W]", self.beta.address)
    :gsub("scp %-r (%S+) [%d.]+:/etc/pyrolua", "cp -r %1 " .. self.folder .. "/beta/etc")
    :gsub("ssh [%d.]+ ", ""):gsub("/usr/share/pyrolua/", uv.cwd() .. "/scripts/")
    :gsub("/etc/pyrolua", own .. "/etc"):gsub("/var/lib/pyrolua", own .. "/lib"))
end

--- Starts a command line on a host, with the settings that were written there.
function Pair:start(name, command)
  local text = self:localized(name, self.settings .. command):gsub("pyrolua%-(nsc?) ", "pyrolua -m pyro.%1 ")
    :gsub("pyro%.ns ", "pyro.naming "):gsub("%f[%w.]pyrolua ", table.concat(process.pyrolua(), " ") .. " ")
  return self[name]:start { "sh", "-c", "set -e; " .. text }
end

function Pair:run(name, command)
  local run = self:start(name, command)
  return run:wait(), run.output
end

--- The blocks of the sections, with the name of the file in front of one that is a file.
local function blocks()
  local page, found = read "docs/administration.md", {}
  for _, title in ipairs(SECTIONS) do
    local first = select(2, assert(page:find("\n## " .. title .. "\n", 1, true)))
    local section = page:sub(first, page:find("\n## ", first, true))
    for before, block in section:gmatch "([^\n]*)\n\n```\n(.-\n)```" do
      found[#found + 1] = { file = before:match "`(/%S+)`:$", text = block }
    end
  end
  return found
end

describe("two hosts of the manual", function()
  after_each(process.stop_all)

  it("have a name server and a server that know each other, and show which method is slow", function()
    local pair, shown = Pair.new(), {}
    for _, block in ipairs(blocks()) do
      if block.file then
        for _, name in ipairs { "alpha", "beta" } do
          write(pair:localized(name, block.file), pair:localized(name, block.text))
        end
        if block.file:find "%.env$" then
          pair.settings = ("set -a; . %s; set +a\n"):format(block.file)
        end
      else
        shown[#shown + 1] = block.text
      end
    end
    local certificates, naming, server, try, top = table.unpack(shown)
    assert.are.equal(6, #shown) -- the last is for Prometheus
    pair.settings, certificates = "", certificates:gsub("alpha%$ ", "")
    local code, output = pair:run("alpha", certificates)
    assert.are.equal(0, code, output)
    pair.settings = "set -a; . /etc/pyrolua/tls.env; set +a\n"

    pair:start("alpha", (naming:gsub("alpha%$ ", ""))):expect "NS running on"
    pair:start("beta", (server:gsub("beta%$ ", "")))
    assert(process.eventually(function()
      return select(2, pair:run("beta", "pyrolua-nsc list")):find "shop.stock"
    end))
    local expected = { "shop%.stock %-%-> PYRO:shop%.stock@10%.77%.0%.2:9990", "^7\n$" }
    for command in try:gmatch "beta%$ ([^\n]+)\n" do
      code, output = pair:run("beta", command)
      assert.are.equal(0, code, output)
      assert.matches(table.remove(expected, 1), output)
    end
    assert.are.equal(0, #expected)
    code, output = pair:run("alpha", "env -u PYROLUA_SSL_CLIENTCERT -u PYROLUA_SSL_CLIENTKEY pyrolua-nsc list")
    assert.are_not.equal(0, code)
    assert.matches("wants a certificate of its clients", output)

    for _ = 1, 3 do
      assert.are.equal(0, (pair:run("alpha", "pyrolua call PYRONAME:shop.stock order 1")))
      assert.are.equal(0, (pair:run("alpha", "pyrolua call PYRONAME:shop.stock count")))
    end
    code, output = pair:run("alpha", (top:gsub("alpha%$ ", "")))
    assert.are.equal(0, code, output)
    assert.matches("%.order [^\n]+\n$", output) -- the slowest is last
    code, output = pair:run("beta", "curl -s --cacert /etc/pyrolua/tls/ca.pem https://localhost:9464/metrics"
      .. " --cert /etc/pyrolua/tls/client.pem --key /etc/pyrolua/tls/client.key")
    assert.are.equal(0, code, output)
    assert.matches('object="shop.stock",method="order"} 3\n', output)
    os.execute("rm -r " .. pair.folder)
  end)
end)
