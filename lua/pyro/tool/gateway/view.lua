--- News for a client of the page: what has changed since it was told last, of the objects and
--- members that it may use.
local core = require "pyro.core"

--- Returns whether the client may use an object, or a member of it.
---@alias pyro.gateway.Allows fun(object: string, member?: string): boolean

---@class pyro.gateway.View
---@field watch pyro.gateway.Watch
---@field allows pyro.gateway.Allows
---@field revision integer of the last look that it was told
---@field failure integer number of the last error
---@field shown table<string, true> names that it was told
---@field names string the same, as JSON
local View = { __name = "pyro.gateway.View" }
View.__index = View

local function dict(fields)
  return setmetatable(fields, core.types.dict)
end

local function copy(fields)
  local copied = {}
  for name, value in pairs(fields) do
    copied[name] = value
  end
  return dict(copied)
end

--- Formats an object, without methods that the client may not use.
local function describe(view, name, seen)
  local fields, hidden, methods = seen.fields, false, dict {}
  for method, tally in pairs(fields.tally and fields.tally.methods or {}) do
    local allowed = view.allows(name, method)
    methods[method] = allowed and tally or nil
    hidden = hidden or not allowed
  end
  if not hidden then
    return seen.text
  end
  fields = copy(fields)
  fields.tally = copy(fields.tally)
  fields.tally.methods = methods
  return core.format_json(fields)
end

--- Returns the names of the objects that the client may use, in a list and as a set.
local function usable(view)
  local names, set = setmetatable({}, core.types.list), {}
  for _, name in ipairs(view.watch.list) do
    if view.watch.objects[name].revision > 0 and view.allows(name) then
      names[#names + 1] = name
      set[name] = true
    end
  end
  return names, set
end

--- Formats what is said before the objects.
local function head(view, names)
  local watch = view.watch
  return ('data: {"time": %.3f, "nameserver": %s, "trouble": %s, "left_out": %d, "names": %s, '
    .. '"objects": {'):format(core.time(), core.format_json(watch.names:location()),
    core.format_json(watch:failure()), watch.left_out, names ~= view.names and names or "null")
end

--- Writes the objects that have changed, or that the client has not been told. Others may change
--- meanwhile.
local function write_changes(view, names, revision, write)
  local objects, comma, is_there = view.watch.objects, "", true
  for _, name in ipairs(names) do
    local seen = objects[name]
    if is_there and (seen.revision > revision or not view.shown[name]) then
      is_there = write(comma .. core.format_json(name) .. ": " .. describe(view, name, seen))
      comma = ", "
    end
  end
end

--- Waits for the next look; writes an event of what is new to the client. It comes in pieces, so
--- that little waits to be read.
---@param write fun(piece: string): boolean returns whether the client is there
---@return boolean is_there
function View:tell(write)
  local watch, told = self.watch, self.revision
  watch:wait(told)
  local names, set = usable(self)
  local text, errors = core.format_json(names), watch.failures:since(self.failure, self.allows)
  self.revision, self.failure = watch.revision, watch.failures.last
  write(head(self, text))
  write_changes(self, names, told, write)
  self.names, self.shown = text, set
  return write('}, "errors": ' .. errors .. "}\n\n")
end

--- Makes a view for a client that has been told nothing.
---@param watch pyro.gateway.Watch
---@param allows pyro.gateway.Allows
---@return pyro.gateway.View
return function(watch, allows)
  return setmetatable({ watch = watch, allows = allows, revision = 0, failure = 0, shown = {},
    names = "" }, View)
end
