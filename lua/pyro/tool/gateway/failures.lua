--- Recent errors: those that calls through the gateway met, and those that servers have counted.
--- Errors of a method that have the same class are of one kind, and one entry.
local core = require "pyro.core"
local texts = require "pyro.tool.texts"

local MOST = 100 -- entries
local MOST_OF_ONE = 20 -- entries of an object
local LONGEST = 8192 -- bytes of an error object
local MOST_COUNTED = 1 << 53 -- errors of an entry: what JavaScript can count
local KINDS = 1000 -- of errors that servers will count

--- Errors of the same kind.
---@class pyro.gateway.Failure
---@field kind string
---@field number integer of the latest one
---@field object string
---@field method string
---@field fields table<string, any> what is told of it
---@field text string the same, as JSON

---@class pyro.gateway.Failures
---@field list pyro.gateway.Failure[] the one that was not met for the longest time first
---@field last integer number of the latest error
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

--- Removes the entry of a kind, which is returned, or else one that makes room for it.
local function remove(self, kind, object)
  local of_object = {}
  for i, failure in ipairs(self.list) do
    if failure.kind == kind then
      return table.remove(self.list, i)
    elseif failure.object == object then
      of_object[#of_object + 1] = i
    end
  end
  if #of_object == MOST_OF_ONE then
    table.remove(self.list, of_object[1])
  elseif #self.list == MOST then
    table.remove(self.list, 1)
  end
end

local function new_entry(kind, name, method, class)
  return { kind = kind, object = name, method = method, fields = setmetatable({
    object = texts.beginning(name, texts.SHORT),
    method = texts.beginning(method, texts.SHORT),
    class = texts.beginning(class, texts.SHORT),
    count = 0,
  }, core.types.dict) }
end

--- Sets the error object that is told, or its size, if it is long.
local function set_exception(fields, exception)
  local is_short = #exception <= LONGEST
  fields.exception = is_short and exception or nil
  fields.left_out = not is_short and #exception or nil
end

--- Adds errors of a kind, with the error object of the last one, if that is known.
local function add(self, name, method, class, count, exception)
  local kind = kind_of(name, method, class)
  local failure = remove(self, kind, name) or new_entry(kind, name, method, class)
  local fields = failure.fields
  self.last = self.last + 1
  failure.number, fields.number, fields.time = self.last, self.last, core.time()
  fields.count = math.min(fields.count + count, MOST_COUNTED)
  if exception then
    set_exception(fields, exception)
  end
  failure.text = core.format_json(fields)
  self.list[#self.list + 1] = failure
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
  add(self, name, method, class, 1, exception)
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
    add(self, name, method, class, count - own)
  end
end

--- Forgets which errors servers will count, as nobody asks them.
function Failures:forget_own()
  self.own, self.kinds = {}, 0
end

--- Returns the entries with errors after one that somebody may know, as JSON.
---@param number integer
---@param allows fun(object: string, method: string): boolean
---@return string
function Failures:since(number, allows)
  local found = {}
  for _, failure in ipairs(self.list) do
    if failure.number > number and allows(failure.object, failure.method) then
      found[#found + 1] = failure.text
    end
  end
  return "[" .. table.concat(found, ", ") .. "]"
end

--- Makes an empty list.
---@return pyro.gateway.Failures
return function()
  return setmetatable({ list = {}, last = 0, own = {}, kinds = 0 }, Failures)
end
