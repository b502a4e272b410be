--- From a request to its answer.
local access = require "pyro.tool.gateway.access"
local answers = require "pyro.tool.gateway.answers"
local calls = require "pyro.tool.gateway.calls"
local openapi = require "pyro.tool.gateway.openapi"
local overview = require "pyro.tool.gateway.overview"
local page = require "pyro.tool.gateway.page"
local parameters = require "pyro.tool.gateway.parameters"
local refusals = require "pyro.tool.gateway.refusals"
local streams = require "pyro.tool.gateway.streams"

local routes = {}

local METHODS = { GET = true, POST = true, OPTIONS = true }

--- Reads the parameters of a request, and finds out who makes it; then `answer` answers it, which
--- gets these, and what follows.
local function with_client(gateway, request, answer, ...)
  gateway.turns:wait(#request.body)
  local ok, given = pcall(parameters.read, request)
  if not ok then
    return answers.refuse(given.message)
  elseif not given then
    return answers.text(415, "415 Unsupported Media Type - send JSON, or a form")
  end
  local client, why = access.client(gateway, request, given)
  if not client then
    return refusals.key(request, why)
  end
  return answer(gateway, request, client, given, ...)
end

--- Answers with the description of what there is.
local function describe(gateway, _, client)
  return openapi.answer(gateway, client)
end

--- Answers a call of a method.
local function call(gateway, request, client, given, name, method)
  local member = method ~= "$meta" and method or nil
  if not gateway.names:exposes(name) then
    return refusals.name(client, name)
  end
  local allowed, line = access.allows(gateway, client, name, member, given)
  if not allowed then
    return refusals.rule(gateway, client, name, member, line)
  elseif streams.is_repeated(request) then
    return 204
  end
  return calls.answer(gateway, request, client, name, method, given)
end

--- Returns the names of an object and a method in a path: either side of the last slash. One that
--- is escaped is part of a name, unless there is no other.
local function split(request, path)
  if not request.target:find("%", 1, true) then
    return path:match "^(.*)/(.*)$"
  end
  local method = parameters.unescape(request.target:match "^[^?]*/([^?]*)" or "")
  local name = path:sub(1, -#method - 2)
  if name == "" then
    name, method = path:match "^(.*)/(.*)$"
  end
  return name, method
end

--- Answers for what lies below /pyro/.
local function below(gateway, request, path)
  local objection = access.objection(gateway, request)
  if not METHODS[request.method] then
    return answers.text(405, "Error 405: Method Not Allowed")
  elseif path == "" and request.method ~= "OPTIONS" then
    return page.answer(gateway)
  elseif objection then
    return refusals.page(request, objection)
  elseif request.method == "OPTIONS" then
    return answers.text(200, "200 OK")
  elseif path == "openapi.json" then
    return with_client(gateway, request, describe)
  end
  local name, method = split(request, path)
  if (name or "") ~= "" and method ~= "" and utf8.len(path) and not path:find "\n" then
    return with_client(gateway, request, call, name, method)
  end
  return answers.text(404, "Error 404: Not Found")
end

--- Lets pages of an origin that is allowed read the answer.
local function share(gateway, request, status, headers, body)
  if next(gateway.origins) == nil then
    return status, headers, body
  end
  local origin = access.allowed_origin(gateway, request)
  headers = headers or {}
  if origin then
    headers["Access-Control-Allow-Origin"] = origin
    headers["Access-Control-Allow-Methods"] = "GET, POST, OPTIONS"
    headers["Access-Control-Allow-Headers"] =
      "Content-Type, X-Pyro-Options, X-Pyro-Correlation-Id, X-Pyro-Gateway-Key, traceparent"
    headers["Access-Control-Expose-Headers"] = "X-Pyro-Correlation-Id"
  end
  if not gateway.origins["*"] then
    headers.Vary = "Origin"
  end
  return status, headers, body
end

--- Answers a request.
---@param gateway pyro.gateway.Gateway
---@param request table
function routes.answer(gateway, request)
  local root, path = request.path:match "^/*([^/]*/?)(.*)$"
  if not access.is_asked(gateway, request) then
    return refusals.host(request)
  elseif root == "" then
    return 302, { Location = "/pyro/" }
  elseif root == "pyro/" then
    return share(gateway, request, below(gateway, request, path))
  elseif root == "static/" then
    return page.file(path)
  elseif root == "overview/" then
    return overview.answer(gateway, request, path)
  end
  return share(gateway, request, answers.text(404, "Error 404: Not Found"))
end

return routes
