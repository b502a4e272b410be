--- docs/settings.md lists the settings that there are, as they are.
local pyro = require "pyro"

local ORIGIN = { own = "pyrolua", pyro4 = "Pyro4", pyro5 = "Pyro5", both = "Pyro4, Pyro5" }
local UNIT = { seconds = "seconds", bytes = "bytes", port = "port" }

local function read(path)
  local file <close> = assert(io.open(path))
  return file:read "a"
end

local function shown(value)
  if type(value) == "table" then
    local quoted = {}
    for i, element in ipairs(value) do
      quoted[i] = ("%q"):format(element)
    end
    return #quoted == 0 and "{}" or ("{ %s }"):format(table.concat(quoted, ", "))
  end
  return type(value) == "string" and ("%q"):format(value) or tostring(value)
end

--- The rows of the page's tables: name -> its other cells.
local function rows()
  local found = {}
  for name, default, origin, meaning in read "docs/settings.md"
    :gmatch "\n| `([%u_]+)` | `([^\n|]+)` | ([^\n|]+) | ([^\n]+) |" do
    assert.is_nil(found[name])
    found[name] = { default = default, origin = origin, meaning = meaning }
  end
  return found
end

describe("the page of settings", function()
  it("has a row for each setting, with its default, its origin and its unit", function()
    pyro.config.reset(false)
    local page, count = rows(), 0
    for name, range, origin in read "core/base/config.h":gmatch "\n    X%(%l+, ([%u_]+), .-, ([%l_]+), ([%l%d]+)%)" do
      local row = assert(page[name], name)
      assert.are.equal(name .. ": " .. shown(pyro.config[name]), name .. ": " .. row.default)
      assert.are.equal(name .. ": " .. ORIGIN[origin], name .. ": " .. row.origin)
      assert(row.meaning:find(UNIT[range] or "", 1, true), name)
      page[name] = nil
      count = count + 1
    end
    assert.is_nil(next(page))
    local items = 0
    for _ in pairs(pyro.config) do
      items = items + 1
    end
    assert.are.equal(items, count)
  end)
end)
