--- Calls of remote objects for clients of the gateway.
local core = require "pyro.core"
local access = require "pyro.tool.gateway.access"
local answers = require "pyro.tool.gateway.answers"
local errors = require("pyro.errors").constructors
local streams = require "pyro.tool.gateway.streams"

local calls = {}

local META = "$meta" -- tells what an object has
local SMALL = 4096 -- bytes of the body of a request whose call may go together with others

local context = core.current_context

--- Returns whether the value of a header, a list, has a word.
local function has_word(list, word)
  return list and ("," .. list .. ","):find(",%s*" .. word .. "%s*,") ~= nil
end

--- Reads a UUID in each form that Python's UUID() takes.
local function read_uuid(text)
  local digits = text:gsub("urn:", ""):gsub("uuid:", ""):match "^[{}]*(.-)[{}]*$":gsub("-", "")
  if #digits ~= 32 or digits:find "%X" then
    error(errors.ValueError "badly formed hexadecimal UUID string", 0)
  end
  local a, b, c, d, e = digits:lower():match "^(........)(....)(....)(....)(............)$"
  return ("%s-%s-%s-%s-%s"):format(a, b, c, d, e)
end

--- Returns a traceparent as version 00 has it. Those of later versions may have more fields.
local function read_trace(text)
  local version = text:match "^[0-9a-f][0-9a-f]"
  if version and version ~= "00" and version ~= "ff" and text:find("^%-", 56) then
    return "00" .. text:sub(3, 55)
  end
  return text
end

--- Makes the calls of this request part of the trace that the header says. A malformed one is
--- ignored.
local function join_trace(header)
  pcall(function()
    context.traceparent = read_trace(header)
  end)
end

--- Gives the calls of this request the id that the header says, or else a new one, which is
--- returned; and annotations that say who the client is.
local function introduce(request, client)
  local header, trace = request.headers["x-pyro-correlation-id"], request.headers.traceparent
  local id = header and header ~= "" and read_uuid(header) or core.new_correlation_id()
  context.correlation_id = id
  if trace then
    join_trace(trace)
  end
  context.annotations = { GWAD = client.address, GWUS = client.user }
  return id
end

--- Connects to an object. Where it is not any more where it was, its name is looked up again.
---@param method? string nil: the call goes alone. A server that refuses a large one ends the
---  connection
---@return pyro.gateway.Link? link nil: too many wait for the object already
local function connect(gateway, name, method)
  local uri, known = gateway.names:lookup(name)
  local ok, link = pcall(gateway.pool.borrow, gateway.pool, uri, method)
  if not ok and known then
    gateway.names:forget(name)
    return gateway.pool:borrow(gateway.names:lookup(name), method)
  elseif not ok then
    error(link, 0)
  end
  return link
end

--- Makes the parameters of a request the arguments of a call, for a function of the core.
local function arguments(parameters)
  local list = parameters.list
  if next(parameters.named) ~= nil then
    list[#list + 1] = setmetatable(parameters.named, core.types.kwargs)
  end
  return table.unpack(list)
end

--- Answers with what an object has, as far as the client may use it.
local function describe(gateway, client, name, link, id)
  local methods, attributes = link.proxy._pyroMethods, link.proxy._pyroAttrs
  gateway.pool:give_back(link, META, false)
  local function list(members)
    table.sort(members)
    return core.format_json(access.usable(gateway, client, name, members))
  end
  return answers.json(200,
    ('{"methods": %s, "attributes": %s}'):format(list(methods), list(attributes)), id)
end

local function unknown_member(proxy, method)
  return errors.AttributeError(("remote object '%s' has no exposed attribute or method '%s'")
    :format(tostring(proxy._pyroUri), method))
end

--- Calls a method, or reads an attribute. Results are those of core.invoke_json().
local function invoke(proxy, method, parameters, oneway)
  local member = core.member(proxy, method)
  if not member then
    error(unknown_member(proxy, method), 0)
  elseif member == "attribute" then
    if next(parameters.named) ~= nil or #parameters.list > 0 then
      error(errors.AssertionError "attribute lookup can't have query parameters", 0)
    end
    return core.invoke_json(proxy, nil, "__getattr__", parameters.kept, method)
  elseif oneway or member == "oneway" then
    core.invoke(proxy, nil, method, true, arguments(parameters))
    return "value", ""
  end
  return core.invoke_json(proxy, nil, method, parameters.kept, arguments(parameters))
end

--- Calls a method of a named object, and answers with what comes of it.
local function call(gateway, request, client, name, method, parameters)
  local id = introduce(request, client)
  local link = connect(gateway, name, #request.body <= SMALL and method or nil)
  if not link then
    return answers.text(503, "503 Service Unavailable - too many wait for this object")
  elseif method == META then
    return describe(gateway, client, name, link, id)
  end
  local oneway = has_word(request.headers["x-pyro-options"], "oneway")
  local began = core.time()
  local ok, kind, result, class = pcall(invoke, link.proxy, method, parameters, oneway)
  if ok and kind == "stream" then
    gateway.pool:leave(link, method)
    return streams.answer(gateway, request, link, result, parameters.kept, id)
  end
  gateway.pool:give_back(link, method, kind == "value" and not oneway and core.time() - began)
  if not ok then
    error(kind, 0)
  elseif kind == "raised" then
    gateway.failures:met(name, method, class, result, gateway.watch:counts(name))
    return answers.json(500, result, id)
  end
  return answers.json(200, oneway and "" or result, id)
end

local function answered(gateway, ok, ...)
  if ok then
    return ...
  end
  local err = ...
  if getmetatable(err) ~= core.error_type then
    error(err, 0) -- a mistake of ours, which is logged
  end
  return answers.exception(err, gateway.names.version, context.correlation_id)
end

--- Adds an error to the recent ones, if it is one.
local function note(gateway, name, method, ok, err, ...)
  if not ok and getmetatable(err) == core.error_type then
    gateway.failures:met(name, method, err.class, core.format_json(err, gateway.names.version),
      false)
  end
  return ok, err, ...
end

--- Calls a method of a named object. Every error is an answer.
---@param gateway pyro.gateway.Gateway
---@param request table
---@param client pyro.gateway.Client
---@param name string
---@param method string
---@param parameters pyro.gateway.Parameters
function calls.answer(gateway, request, client, name, method, parameters)
  return answered(gateway, note(gateway, name, method,
    pcall(call, gateway, request, client, name, method, parameters)))
end

return calls
