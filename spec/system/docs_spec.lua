--- Each block of the README and of the pages in docs/ does what the page shows.
local Installation = require "spec.support.installation"
local blocks = require "spec.support.blocks"
local pages = require "spec.support.pages"
local process = require "spec.support.process"

--- Blocks that cannot be run here, by their first lines, and why.
local EXEMPT = {
  ["make demo    # installs what is missing, builds, and shows a warehouse with its visitors"] =
    "installs packages; the demonstration and the Makefile have specs of their own",
}

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
      for target in assert(io.open(path)):read "a":gmatch "%]%(([%w/._-]+)%f[#)]" do
        assert(io.open(folder .. target))
      end
    end)
  end
end)

describe("the blocks that are not run", function()
  it("are there", function()
    local there = {}
    for _, path in ipairs(pages.all()) do
      for _, block in ipairs(blocks.of(assert(io.open(path)):read "a")) do
        there[block.text:match "^[^\n]*"] = true
      end
    end
    for line in pairs(EXEMPT) do
      assert(there[line], line)
    end
  end)
end)
