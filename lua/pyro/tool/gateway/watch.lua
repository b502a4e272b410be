--- The state of all exposed objects: where they are, whether their servers are there,
--- and what these have counted. Looks each second, while somebody wants to know.
local core = require "pyro.core"
local new_server = require "pyro.tool.gateway.server"
local sorted = require "pyro.sorted"
local texts = require "pyro.tool.texts"

local PERIOD = 1 -- seconds between two looks
local PROMPT = 0.5 -- seconds that a look waits for servers
local SHARE = 20 -- times as long as the name server took for the list, it is left alone
local SILENCE = 2 -- seconds after which it does not answer
local MOST = 1000 -- objects that are shown
local LARGEST = 256 * 1024 -- bytes of what is told of one
local LARGEST_LOOK = 3 * 1024 * 1024 -- bytes of what is told of all; the page reads 8 Mi
local MOST_SERVERS = 200 -- that are asked

--- An object, as it was seen.
---@class pyro.gateway.Seen
---@field entry pyro.gateway.Entry
---@field registered? number the time when it was
---@field ends? number the time when its lease does
---@field location? string nil: the URI has none
---@field id? string
---@field fields table<string, any> what is told of it
---@field text string the same, as JSON
---@field revision integer of the look that saw it change

---@class pyro.gateway.Watch
---@field revision integer of the last look
---@field names pyro.gateway.Names
---@field failures pyro.gateway.Failures
---@field objects table<string, pyro.gateway.Seen> by name
---@field list string[] the names
---@field left_out integer objects that are not shown
---@field servers table<string, pyro.gateway.Server> by location
---@field trouble? string why there is no name server
---@field watchers integer
---@field answered userdata event of an answer
---@field listing? thread that waits for the name server
---@field listing_since number
---@field next_listing number the time when it is asked again
---@field done userdata event of the next look
---@field task? thread
local Watch = { __name = "pyro.gateway.Watch" }
Watch.__index = Watch

local function forget(self)
  for _, server in pairs(self.servers) do
    server:close()
  end
  if self.listing then
    coroutine.close(self.listing)
  end
  self.objects, self.list, self.servers, self.left_out = {}, {}, {}, 0
  self.listing, self.trouble, self.next_listing = nil, nil, 0
  self.failures:forget_own()
end

--- Returns where the object of a URI is; nothing where it does not say so.
local function parse(uri)
  local ok, parsed = pcall(core.new_uri, uri)
  if ok and parsed.protocol == "PYRO" then
    return parsed.location, parsed.object
  end
end

--- Takes what the name server says of a name. Times are kept as moments that move only when the
--- name is registered or its lease renewed.
local function update(seen, entry)
  seen = seen or { text = "", revision = 0 }
  if not seen.entry or seen.entry.uri ~= entry.uri then
    seen.location, seen.id = parse(entry.uri)
  end
  local registered = entry.age and core.time() - entry.age
  if registered and math.abs(registered - (seen.registered or 0)) > 2 then
    seen.registered = registered
  end
  seen.ends = entry.left and core.time() + entry.left
  seen.entry = entry
  return seen
end

--- Says which objects are at which server.
local function place(self)
  local servers, count = {}, 0
  for _, name in ipairs(self.list) do
    local seen = self.objects[name]
    local server = servers[seen.location]
    if seen.location and not server and count < MOST_SERVERS then
      server = self.servers[seen.location] or new_server(seen.location, self.failures)
      server.ids, servers[seen.location], count = {}, server, count + 1
    end
    if server then
      server.ids[seen.id] = server.ids[seen.id] or {}
      table.insert(server.ids[seen.id], name)
    end
  end
  for location, server in pairs(self.servers) do
    if not servers[location] then
      server:close()
    end
  end
  self.servers = servers
end

--- Takes what the name server says of all names. For calls, those that have moved are looked up
--- anew.
local function update_all(self, entries)
  local list, before = sorted(entries), self.objects
  self.left_out = math.max(#list - MOST, 0)
  list, self.objects = table.move(list, 1, math.min(#list, MOST), 1, {}), {}
  for _, name in ipairs(list) do
    if before[name] and before[name].entry.uri ~= entries[name].uri then
      self.names:forget(name)
    end
    self.objects[name] = update(before[name], entries[name])
  end
  self.list = list
  place(self)
end

--- Returns whether a failure means that there is no name server.
local function is_gone(failure)
  return getmetatable(failure) == core.error_type and failure.class == "NamingError"
end

--- Asks the name server, in a task, not more often than it can bear. While it is gone, objects
--- stay, and each look seeks it.
local function list(self)
  local started = core.time()
  if self.listing or started < self.next_listing then
    return
  end
  self.listing_since = started
  self.listing = core.spawn(function()
    local ok, failure = pcall(function()
      update_all(self, self.names:entries())
    end)
    self.trouble = not ok and texts.beginning(tostring(failure)) or nil
    local share = not ok and is_gone(failure) and 1 or SHARE
    self.next_listing = started + (core.time() - started) * share
    self.listing = nil
    self.answered:set()
  end)
end

--- Returns whether the name server has not answered for the first time.
local function is_new(self)
  return self.listing and self.next_listing == 0
end

--- Returns whether a server that is up has not answered yet.
local function is_waiting(self)
  for _, server in pairs(self.servers) do
    if server.asked and server:health() ~= "down" then
      return true
    end
  end
  return false
end

--- Waits for answers while a condition holds, but not long.
local function wait_while(self, condition)
  local deadline = core.time() + PROMPT
  while condition(self) and core.time() < deadline do
    self.answered:clear()
    self.answered:wait(math.min(math.max(deadline - core.time(), 0), PROMPT))
  end
end

local function ask_all(self)
  for _, server in pairs(self.servers) do
    server:ask(self.answered)
  end
  wait_while(self, is_waiting)
end

--- Returns what is told of an object.
local function describe(self, seen)
  local server = self.servers[seen.location]
  local health, reason = "unknown", nil
  if server then
    health, reason = server:health()
  end
  return setmetatable({
    uri = texts.beginning(seen.entry.uri, texts.SHORT),
    tags = seen.entry.tags,
    owner = seen.entry.owner,
    registered = seen.registered and math.floor(seen.registered),
    ends = seen.ends and math.floor(seen.ends),
    health = health,
    reason = reason and texts.beginning(reason, 300),
    tally = server and server:tally(seen.id),
  }, core.types.dict)
end

--- Formats what is told of an object.
local function format(self, seen)
  local fields = describe(self, seen)
  return { seen = seen, fields = fields, text = core.format_json(fields) }
end

--- Leaves out what may be long.
local function shorten(told)
  told.fields.tally, told.fields.tags = nil, setmetatable({}, core.types.list)
  told.text = core.format_json(told.fields)
end

--- Returns what is told of all objects: the less of those of which there is too much.
local function format_all(self)
  local all, size = {}, 0
  for _, seen in pairs(self.objects) do
    all[#all + 1] = format(self, seen)
  end
  table.sort(all, function(a, b)
    return #a.text < #b.text
  end)
  for _, told in ipairs(all) do
    if #told.text > LARGEST or size + #told.text > LARGEST_LOOK then
      shorten(told)
    end
    size = size + #told.text
  end
  return all
end

--- Publishes what was seen.
local function publish(self)
  self.revision = self.revision + 1
  for _, told in ipairs(format_all(self)) do
    local seen = told.seen
    seen.fields = told.fields
    if told.text ~= seen.text then
      seen.text, seen.revision = told.text, self.revision
    end
  end
  local done = self.done
  self.done = core.new_event()
  done:set()
end

--- Looks once.
local function look(self)
  list(self)
  wait_while(self, is_new)
  ask_all(self)
  publish(self)
end

--- Looks as long as somebody watches.
local function keep_looking(self)
  while self.watchers > 0 do
    local started = core.time()
    local ok, failure = pcall(look, self)
    if not ok then
      core.log_http("WARNING", "cannot see all objects: " .. tostring(failure))
    end
    core.sleep(math.max(started + PERIOD - core.time(), PERIOD / 10))
  end
  self.task = nil
  forget(self)
end

--- Lets somebody watch, until what it returns is closed.
function Watch:enter()
  self.watchers = self.watchers + 1
  self.task = self.task or core.spawn(keep_looking, self)
  return setmetatable({}, {
    __index = self,
    __close = function()
      self.watchers = self.watchers - 1
    end,
  })
end

--- Waits until there is something newer than a look.
---@param revision integer
function Watch:wait(revision)
  while self.revision <= revision do
    self.done:wait()
  end
end

--- Returns why there is no name server, if there is none.
---@return string|nil
function Watch:failure()
  local silent = self.listing and core.time() - self.listing_since > SILENCE
  return self.trouble or silent and "The name server does not answer." or nil
end

--- Returns whether the server of an object is asked what it has counted.
---@param name string
function Watch:counts(name)
  local seen = self.objects[name]
  local server = seen and self.servers[seen.location]
  return server ~= nil and server:tally(seen.id) ~= nil
end

--- Ends all watching.
function Watch:close()
  if self.task then
    coroutine.close(self.task)
  end
  forget(self)
end

--- Makes a watch of names.
---@param names pyro.gateway.Names
---@param failures pyro.gateway.Failures
---@return pyro.gateway.Watch
return function(names, failures)
  local self = setmetatable({
    names = names,
    failures = failures,
    servers = {},
    revision = 0,
    watchers = 0,
    answered = core.new_event(),
    done = core.new_event(),
  }, Watch)
  forget(self)
  return self
end
