--- bind: the keys of dicts that come in. Those that come again and again are kept, by a mark that
--- several may share.
local pyro = require "pyro"
local served = require "spec.support.served"

--- Keys of the same length, with the same first, middle and last byte.
local ALIKE = { "abcde", "axcye", "a\0c\0e", "azcze" }
local OTHERS = { "", "x", "__class", ("k"):rep(31), ("k"):rep(32), ("k"):rep(33), ("k"):rep(32) .. "l",
  ("long"):rep(1000), "\u{e9}" }

describe("keys of dicts", function()
  local proxy, seen

  setup(function()
    proxy = served.open {
      see = function(_, dict)
        seen = dict
        return dict
      end,
    }
  end)

  teardown(served.close)

  local function comes_back(keys)
    local dict = {}
    for i, key in ipairs(keys) do
      dict[key] = i
    end
    local back = proxy:see(pyro.dict(dict))
    for i, key in ipairs(keys) do
      assert.are.equal(i, seen[key], key)
      assert.are.equal(i, back[key], key)
      back[key] = nil
    end
    assert.is_nil(next(back))
  end

  it("arrive as they are, though they look alike", function()
    for i = 1, 100 do
      comes_back(ALIKE)
      comes_back { ALIKE[i % 4 + 1] }
      comes_back(OTHERS)
      if i % 10 == 0 then
        collectgarbage()
      end
    end
  end)
end)
