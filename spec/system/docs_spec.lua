--- Each block of the README and of the pages in docs/ does what the page shows.
local Installation = require "spec.support.installation"
local blocks = require "spec.support.blocks"
local pages = require "spec.support.pages"
local process = require "spec.support.process"

--- Pages that are wrong, and what is said of them.
local WRONG = {
  ["```lua\nprint(1)\n```\n\n```\n2\n```\n"] = "wrong.md:1: .*'1\n'",
  ["\n```lua\nprint(1)\n```\n"] = "wrong.md:2: .*'1\n'",
  ["```lua\nerror 'no'\n```\n"] = "line_1.lua:1: no",
  ["```python\n1 +\n```\n"] = "SyntaxError",
  ["```c\nint main(void) { return x; }\n```\n"] = "undeclared",
  ["```c\nint main(void) { return 1; }\n```\n"] = "./line_1",
  ["```json\n{ 1 }\n```\n"] = "JSONDecodeError",
  ["```ini\na b\n```\n"] = "MissingSectionHeader",
  ["```yaml\nscrape_config:\n```\n"] = "field scrape_config not found",
  ["```pascal\nbegin end.\n```\n"] = "nobody knows how to run this",
  ["```console\n$ echo 1\n2\n```\n"] = "echo 1",
  ["```console\n$ nothing here\n```\n"] = "No such file",
  ["```console\n$ false\n```\n"] = "false",
  ["```console\n$ echo 1\n1\n```\n\n```\n2\n```\n"] = "no program shows this:\n2",
  ["`unused.lua`:\n```lua\nprint(1)\n```\n"] = "nothing uses this file",
  ["From `README.md`:\n```lua\nprint(1)\n```\n"] = "nothing uses this file",
  ["From `docs/README.md`:\n```lua\nprint(1)\n```\n"] = "that is no part of docs/README.md",
  ["```lua\nprint(1)\n"] = "a block has no end",
}

--- Blocks that cannot be run here, by their first lines, and why.
local SEVERAL = "spec/system/cluster_spec.lua has this run on several hosts"
local TWO = "spec/system/administration_spec.lua runs this on two hosts"
local EXEMPT = {
  ["make demo    # installs missing packages, builds, and shows a warehouse and its visitors"] =
    "installs packages; the demonstration and the Makefile have specs of their own",
  ['gdb -p PID -ex "source scripts/gdb.py"'] = "spec/system/gdb_spec.lua runs gdb",
  ["pyrolua top  12:30:15  2 without statistics  servers by calls: 1-5 of 5"] =
    "spec/system/top_terminal_spec.lua looks at a terminal",
  ["/var/log/pyrolua-stock/stock.log {"] = "spec/system/log_spec.lua runs logrotate",
  ["$ sudo install -D -m 644 stock.lua /etc/pyrolua/stock.lua"] =
    "the first process is not systemd here; spec/system/service_spec.lua has something in its place",
  ["valgrind build/pyrolua shop.lua"] = "builds everything anew; make asan and make memcheck do the same",
  ["alpha$ mkdir -p /etc/pyrolua; cd /etc/pyrolua"] = TWO,
  ["PYROLUA_SSL=1"] = TWO,
  ["alpha$ mkdir -p /var/lib/pyrolua"] = TWO,
  ["-- The stock of the shop."] = TWO,
  ["beta$ PYROLUA_METRICS=localhost:9464 pyrolua /etc/pyrolua/stock.lua"] = TWO,
  ["beta$ pyrolua-nsc list"] = TWO,
  ["alpha$ pyrolua top --methods -n 1 | sort -n -k 7"] = TWO,
  ["topk(5, histogram_quantile(0.99, sum by (object, method, le) (rate(pyrolua_method_duration_seconds_bucket[5m]))))"]
    = "a query of Prometheus",
  ["nft add table inet pyrolua"] = "changes the firewall of the machine",
  ["pyrolua-ns -s sql:/var/lib/pyrolua/names.db"] = SEVERAL,
  ["alpha$ redis-server --bind alpha --requirepass SESAME --appendonly yes --appendfsync always"] = SEVERAL,
  ["export PYROLUA_NS_HOSTS=alpha:9090,beta:9090"] = SEVERAL,
  ["alpha$ redis-server redis.conf --bind alpha"] = SEVERAL,
  ["requirepass SESAME"] = SEVERAL,
  ["protected-mode no"] = SEVERAL,
  ["alpha$ pyrolua-ns -n alpha -s redis+sentinel://:SESAME@alpha,beta,gamma/names"] = SEVERAL,
}

local function read(path)
  local file <close> = assert(io.open(path))
  return file:read "a"
end

--- Returns whether a page has a section, by the name that a link gives it: "#name-servers".
local function has_section(page, anchor)
  for title in page:gmatch "\n#+ ([^\n]+)" do
    if title:lower():gsub("[^%w _-]", ""):gsub(" ", "-") == anchor then
      return true
    end
  end
end

describe("the page", function()
  local installation

  setup(function()
    installation = Installation.new()
  end)

  teardown(function()
    installation:remove()
  end)

  after_each(process.stop_all)

  for _, path in ipairs(pages.all()) do
    it(path .. " shows what is", function()
      pages.check(path, installation, EXEMPT)
    end)

    it(path .. " links to what is there", function()
      local folder = path:match "^.*/" or ""
      for target, anchor in read(path):gmatch "%]%(([%w/._-]*)#?([%w_-]*)%)" do
        local page = target == "" and read(path) or anchor == "" and "" or read(folder .. target)
        assert(io.open(target == "" and path or folder .. target), target)
        assert(anchor == "" or has_section(page, anchor), target .. "#" .. anchor)
      end
    end)
  end

  it("that is wrong is told what is", function()
    for text, complaint in pairs(WRONG) do
      local ok, err = pcall(pages.check, process.file("wrong.md", text), installation, {})
      assert.is_false(ok, text)
      assert.matches(complaint, type(err) == "table" and err.message or err)
    end
  end)
end)

describe("the blocks that are not run", function()
  it("are there", function()
    local there = {}
    for _, path in ipairs(pages.all()) do
      for _, block in ipairs(blocks.of(read(path))) do
        there[block.text:match "^[^\n]*"] = true
      end
    end
    for line in pairs(EXEMPT) do
      assert(there[line], line)
    end
  end)
end)
