--- Parts that specs of rules, and of functions that decide, share: a shop, its log, and
--- what a refusal is.
local assert = require "luassert"
local pyro = require "pyro"
local served = require "spec.support.served"

local guarded = {}

local log

--- Sends what is logged to a file.
function guarded.set_up()
  log = os.tmpname()
  pyro.config.LOGFILE = log
end

--- Puts all settings back, and removes the log.
function guarded.tear_down()
  pyro.config.reset()
  os.remove(log)
end

--- Returns how many lines of the log match.
---@param pattern string
---@return integer
function guarded.logged(pattern)
  local file <close> = assert(io.open(log))
  local _, count = file:read "a":gsub(pattern, "")
  return count
end

--- Returns an object with methods, a oneway one among them, attributes, and an item stream of two.
function guarded.new_shop()
  local shop = { price = 7, cost = 3 }
  pyro.attributes(shop, "price", "cost")
  pyro.oneway(shop, "note")
  function shop:list() return { "bike", "chair" } end -- luacheck: ignore self
  function shop:buy(what) return "a " .. what end -- luacheck: ignore self
  function shop:note() self.noted = true end
  function shop:items() -- luacheck: ignore self
    local i = 0
    return function()
      i = i + 1
      return i <= 2 and i or nil
    end
  end
  return shop
end

--- Expects that a call is refused in these words.
function guarded.refused(message, f, ...)
  local err = served.failure(f, ...)
  assert.are.equal("PermissionError", err.class)
  assert.are.equal(message, err.message)
end

return guarded
