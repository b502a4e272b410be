--- A description of the exposed objects in the form of OpenAPI 3.1, made from what they tell of
--- themselves at the time.
local access = require "pyro.tool.gateway.access"
local answers = require "pyro.tool.gateway.answers"
local core = require "pyro.core"
local metadata = require "pyro.tool.gateway.metadata"

local openapi = {}

local MOST = 200 -- objects that are described

local function list(items)
  return setmetatable(items, core.types.list)
end

local function dict(pairs_)
  return setmetatable(pairs_, core.types.dict)
end

local function reference(to)
  return { ["$ref"] = "#/components/" .. to }
end

--- Formats a name as a part of a path.
local function encode(text)
  return (text:gsub("[^%w._~$-]", function(character)
    return ("%%%02X"):format(character:byte())
  end))
end

--- Returns the schema of named arguments: those of known parameters, or any.
local function schema_of(parameters)
  local properties, any = dict {}, parameters == nil
  for _, name in ipairs(parameters or {}) do
    if name == "..." then
      any = true
    else
      properties[name] = dict {}
    end
  end
  return { type = "object", properties = properties, additionalProperties = any }
end

--- Returns the parameters of a query that are known.
local function query_of(parameters)
  local query = list {}
  for _, name in ipairs(parameters or {}) do
    if name ~= "..." then
      query[#query + 1] = { name = name, ["in"] = "query", required = false,
        schema = { type = "string" } }
    end
  end
  return query
end

local function body_of(parameters)
  return {
    required = false,
    content = {
      ["application/json"] = {
        schema = { oneOf = list { schema_of(parameters), { type = "array" } } },
      },
      ["application/x-www-form-urlencoded"] = { schema = schema_of(parameters) },
    },
  }
end

local RESPONSES = {
  ["200"] = reference "responses/Result",
  ["403"] = reference "responses/Forbidden",
  ["500"] = reference "responses/Exception",
}

--- Splits a text into its first line and the rest.
local function summary_of(text)
  local first, rest = (text or ""):match "^([^\n]*)\n*(.*)$"
  return first ~= "" and first or nil, rest ~= "" and rest or nil
end

--- Returns an operation. Its arguments are described by `fields`.
local function operation(name, member, verb, has, fields)
  local summary, description = summary_of(has.docs[member])
  fields.operationId = ("%s/%s:%s"):format(name, member, verb)
  fields.tags = list { name }
  fields.summary, fields.description = summary, description
  fields["x-pyro-oneway"] = has.oneway[member]
  fields.responses = RESPONSES
  return fields
end

local function method_path(name, method, has)
  local parameters = has.parameters[method]
  return {
    get = operation(name, method, "get", has, { parameters = query_of(parameters) }),
    post = operation(name, method, "post", has, { requestBody = body_of(parameters) }),
  }
end

local function attribute_path(name, attribute, has)
  return { get = operation(name, attribute, "get", has, {}) }
end

--- Adds the paths of an object, as far as the client may use them.
local function add_object(gateway, client, paths, name, has)
  local prefix = "/pyro/" .. encode(name) .. "/"
  for _, method in ipairs(has.methods) do
    if access.allows(gateway, client, name, method) then
      paths[prefix .. encode(method)] = method_path(name, method, has)
    end
  end
  for _, attribute in ipairs(has.attributes) do
    if access.allows(gateway, client, name, attribute) then
      paths[prefix .. encode(attribute)] = attribute_path(name, attribute, has)
    end
  end
end

local EXCEPTION = {
  type = "object",
  properties = {
    __class__ = { type = "string" },
    __exception__ = { const = true },
    args = { type = "array" },
    attributes = { type = "object" },
  },
  required = list { "__class__", "__exception__", "args" },
}

--- Returns what all operations have in common.
local function components(gateway)
  return {
    responses = {
      Result = {
        description = "The result",
        content = {
          ["application/json"] = { schema = dict {} },
          ["application/x-ndjson"] = { schema = { type = "string" } },
          ["text/event-stream"] = { schema = { type = "string" } },
        },
      },
      Exception = {
        description = "The exception that was raised",
        content = { ["application/json"] = { schema = reference "schemas/Exception" } },
      },
      Forbidden = {
        description = "The client may not do this",
        content = { ["text/plain"] = { schema = { type = "string" } } },
      },
    },
    schemas = { Exception = EXCEPTION },
    securitySchemes = gateway.keys
      and { key = { type = "apiKey", ["in"] = "header", name = "X-Pyro-Gateway-Key" } } or nil,
  }
end

--- Returns the names of objects that a client may use.
local function usable(gateway, client)
  local names = {}
  for _, name in ipairs(gateway.names:list()) do
    if #names < MOST and access.allows(gateway, client, name) then
      names[#names + 1] = name
    end
  end
  return names
end

--- Describes the exposed objects, as far as a client may use them.
local function document(gateway, client)
  local names, paths, tags = usable(gateway, client), dict {}, list {}
  local found = metadata.of_all(gateway, names)
  for _, name in ipairs(names) do
    local has = found[name]
    tags[#tags + 1] = { name = name, description = has and has.docs[""] or nil }
    if has then
      add_object(gateway, client, paths, name, has)
    end
  end
  return {
    openapi = "3.1.0",
    info = { title = "Remote objects", version = "1" },
    servers = list { { url = "/" } },
    tags = tags,
    paths = paths,
    components = components(gateway),
    security = gateway.keys and list { { key = list {} } } or nil,
  }
end

--- Answers with the description.
---@param gateway pyro.Gateway
---@param client pyro.gateway.Client
function openapi.answer(gateway, client)
  local ok, result = pcall(document, gateway, client)
  if not ok and getmetatable(result) == core.error_type then
    return answers.exception(result, gateway.names.version)
  elseif not ok then
    error(result, 0)
  end
  return answers.json(200, core.format_json(result))
end

return openapi
