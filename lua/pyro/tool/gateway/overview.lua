--- Contents of the page, at /overview/: events of all objects, and what one of them has. Clients
--- are told what they may use.
local access = require "pyro.tool.gateway.access"
local answers = require "pyro.tool.gateway.answers"
local core = require "pyro.core"
local errors = require("pyro.errors").constructors
local metadata = require "pyro.tool.gateway.metadata"
local new_view = require "pyro.tool.gateway.view"
local refusals = require "pyro.tool.gateway.refusals"

local overview = {}

--- Returns who makes the request; nothing if the gateway needs a key, and the header has none.
local function client_of(gateway, request)
  return access.client(gateway, request, { named = {} })
end

--- Sends what has changed, again and again, while the client is there and its key is one.
local function send(gateway, request, client, write)
  local watch <close> = gateway.watch:enter()
  local view = new_view(watch, function(object, member)
    return access.allows(gateway, client, object, member)
  end)
  local is_there = true
  while is_there and client_of(gateway, request) do
    is_there = view:tell(write)
  end
end

local function events(gateway, request, client)
  return 200, {
    ["Content-Type"] = "text/event-stream; charset=utf-8",
    ["Cache-Control"] = "no-store",
    ["X-Accel-Buffering"] = "no",
    ["X-Content-Type-Options"] = "nosniff",
  }, function(write)
    send(gateway, request, client, write)
  end
end

--- Returns the values of a table that belong to an object itself, or to members that a client may
--- use.
local function known(gateway, client, name, values)
  local found = setmetatable({}, core.types.dict)
  for member, value in pairs(values) do
    if member == "" or access.allows(gateway, client, name, member) then
      found[member] = value
    end
  end
  return found
end

--- Returns what an object has, as JSON.
local function describe(gateway, client, name)
  local has, failure = metadata.of(gateway, name, (gateway.names:lookup(name)))
  if not has and getmetatable(failure) == core.error_type then
    error(failure, 0)
  elseif not has then
    error(errors.CommunicationError(("the metadata of '%s' makes no sense"):format(name)), 0)
  end
  return core.format_json(setmetatable({
    methods = access.usable(gateway, client, name, has.methods),
    attributes = access.usable(gateway, client, name, has.attributes),
    oneway = known(gateway, client, name, has.oneway),
    docs = known(gateway, client, name, has.docs),
    parameters = known(gateway, client, name, has.parameters),
  }, core.types.dict))
end

local function object(gateway, client, name)
  if type(name) ~= "string" or not utf8.len(name) then
    return answers.refuse "the name of an object is missing"
  elseif not gateway.names:exposes(name) then
    return refusals.name(client, name)
  end
  local allowed, line = access.allows(gateway, client, name)
  if not allowed then
    return refusals.rule(gateway, client, name, nil, line)
  end
  local ok, result = pcall(describe, gateway, client, name)
  if not ok and getmetatable(result) == core.error_type then
    return answers.exception(result, gateway.names.version)
  elseif not ok then
    error(result, 0)
  end
  return answers.json(200, result)
end

--- Answers for what lies below /overview/.
---@param gateway pyro.gateway.Gateway
---@param request table
---@param path string
function overview.answer(gateway, request, path)
  local client, why = client_of(gateway, request)
  local objection = access.objection(gateway, request)
  if request.method ~= "GET" then
    return answers.text(405, "Error 405: Method Not Allowed")
  elseif objection then
    return refusals.page(request, objection)
  elseif not client then
    return refusals.key(request, why)
  elseif path == "events" then
    return events(gateway, request, client)
  elseif path == "object" then
    return object(gateway, client, request.query.name)
  end
  return answers.text(404, "Error 404: Not Found")
end

return overview
