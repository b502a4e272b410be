--- Recent errors: those that calls through the gateway met, and those that servers have counted.
local core = require "pyro.core"
local texts = require "pyro.tool.gateway.texts"

local MOST = 100
local LONGEST = 8192 -- bytes of an error object
local KINDS = 1000 -- of errors that servers will count

--- Errors of the same kind.
---@class pyro.gateway.Failure
---@field number integer
---@field object string
---@field method string
---@field text string as JSON

---@class pyro.gateway.Failures
---@field list pyro.gateway.Failure[] the oldest first
---@field last integer number of the latest one
---@field own table<string, integer> errors of calls through the gateway that servers will count
---@field kinds integer how many of these there are, and were
local Failures = { __name = "pyro.gateway.Failures" }
Failures.__index = Failures

local function kind_of(name, method, class)
  return name .. "\0" .. method .. "\0" .. class
end

--- Remembers an error that a server will count.
local function expect(self, kind)
  if not self.own[kind] then
    self.kinds = self.kinds + 1
    if self.kinds > KINDS then
      self:forget_own()
    end
  end
  self.own[kind] = (self.own[kind] or 0) + 1
end

local function add(self, fields)
  if #self.list == MOST then
    table.remove(self.list, 1)
  end
  self.last = self.last + 1
  local object, method = fields.object, fields.method
  fields.number, fields.time = self.last, core.time()
  for _, name in ipairs { "object", "method", "class" } do
    fields[name] = texts.beginning(fields[name], texts.SHORT)
  end
  self.list[#self.list + 1] = {
    number = self.last,
    object = object,
    method = method,
    text = core.format_json(setmetatable(fields, core.types.dict)),
  }
end

--- Adds the error of a call through the gateway.
---@param name string of the object
---@param method string
---@param class string
---@param exception string the error object, as JSON
---@param is_counted boolean whether the server counts it, which is asked what it has counted
function Failures:met(name, method, class, exception, is_counted)
  if is_counted then
    expect(self, kind_of(name, method, class))
  end
  add(self, {
    object = name,
    method = method,
    class = class,
    count = 1,
    exception = #exception <= LONGEST and exception or nil,
  })
end

--- Adds errors that a server has counted, less those of calls through the gateway.
---@param name string of the object
---@param method string
---@param class string
---@param count integer
function Failures:counted(name, method, class, count)
  local kind = kind_of(name, method, class)
  local own = math.min(self.own[kind] or 0, count)
  self.own[kind] = self.own[kind] and self.own[kind] > own and self.own[kind] - own or nil
  if count > own then
    add(self, { object = name, method = method, class = class, count = count - own })
  end
end

--- Forgets which errors servers will count, as nobody asks them.
function Failures:forget_own()
  self.own, self.kinds = {}, 0
end

--- Returns the errors after one that somebody may know, as JSON.
---@param number integer
---@param allows fun(object: string, method: string): boolean
---@return string
function Failures:since(number, allows)
  local known = {}
  for _, failure in ipairs(self.list) do
    if failure.number > number and allows(failure.object, failure.method) then
      known[#known + 1] = failure.text
    end
  end
  return "[" .. table.concat(known, ", ") .. "]"
end

--- Makes an empty list.
---@return pyro.gateway.Failures
return function()
  return setmetatable({ list = {}, last = 0, own = {}, kinds = 0 }, Failures)
end
