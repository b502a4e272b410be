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

--- Returns the body of a request. Forms are left out: tools would choose them, and lose types.
local function body_of(parameters)
  return {
    required = false,
    content = {
      ["application/json"] = {
        schema = { oneOf = list { schema_of(parameters), { type = "array" } } },
      },
    },
  }
end

--- Returns the responses of an operation that answers with `success`.
local function responses_with(success)
  return {
    ["200"] = reference("responses/" .. success),
    ["204"] = reference "responses/Ended",
    ["4XX"] = reference "responses/Refused",
    ["500"] = reference "responses/Exception",
    ["503"] = reference "responses/Refused",
  }
end

local RESPONSES, ONEWAY_RESPONSES = responses_with "Result", responses_with "Sent"

--- Splits a text into its first line and the rest.
local function summary_of(text)
  local first, rest = (text or ""):match "^([^\n]*)\n*(.*)$"
  return first ~= "" and first or nil, rest ~= "" and rest or nil
end

--- Returns the id of an operation, in characters that URLs have. `=` escapes others, because tools
--- refuse `%` in ids.
local function id_of(name, member, verb)
  return (("%s/%s:%s"):format(encode(name), encode(member), verb):gsub("%%", "="))
end

--- Returns an operation. Its arguments are described by `fields`.
local function operation(name, member, verb, has, fields)
  local summary, description = summary_of(has.docs[member])
  fields.operationId = id_of(name, member, verb)
  fields.tags = list { name }
  fields.summary, fields.description = summary or member, description
  fields["x-pyro-oneway"] = has.oneway[member]
  fields.responses = has.oneway[member] and ONEWAY_RESPONSES or RESPONSES
  return fields
end

local CORRELATION, TRACE = reference "parameters/Correlation", reference "parameters/Trace"
local OPTIONS = reference "parameters/Options"

local function method_path(name, method, has)
  local parameters = has.parameters[method]
  return {
    parameters = list { CORRELATION, TRACE, OPTIONS },
    get = operation(name, method, "get", has, { parameters = query_of(parameters) }),
    post = operation(name, method, "post", has, { requestBody = body_of(parameters) }),
  }
end

local function attribute_path(name, attribute, has)
  return {
    parameters = list { CORRELATION, TRACE },
    get = operation(name, attribute, "get", has, {}),
  }
end

--- Adds the paths of an object, as far as the client may use them.
local function add_object(gateway, client, paths, name, has)
  local prefix = "/pyro/" .. encode(name) .. "/"
  for _, method in ipairs(access.usable(gateway, client, name, has.methods)) do
    paths[prefix .. encode(method)] = method_path(name, method, has)
  end
  for _, attribute in ipairs(access.usable(gateway, client, name, has.attributes)) do
    paths[prefix .. encode(attribute)] = attribute_path(name, attribute, has)
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

local UUID = { type = "string", format = "uuid" }

local PARAMETERS = {
  Correlation = { name = "X-Pyro-Correlation-Id", ["in"] = "header", schema = UUID,
    description = "The correlation id of the call. Without it, the gateway makes one." },
  Trace = { name = "traceparent", ["in"] = "header", schema = { type = "string" },
    description = "The trace that the call is part of, in the form of the W3C." },
  Options = { name = "X-Pyro-Options", ["in"] = "header", schema = { const = "oneway" },
    description = "Do not wait for the result." },
}

local CORRELATED = { ["X-Pyro-Correlation-Id"] =
  { description = "The correlation id of the call.", schema = UUID } }

--- Returns the content of a response.
local function content_of(kind, schema)
  return { [kind] = { schema = schema } }
end

local COMPONENT_RESPONSES = {
  Result = {
    description = "The result. A call with the option oneway has none.",
    headers = CORRELATED,
    content = {
      ["application/json"] = { schema = dict {} },
      ["application/x-ndjson"] = { schema = { type = "string" } },
      ["text/event-stream"] = { schema = { type = "string" } },
    },
  },
  Sent = { description = "The call was sent. It has no result.", headers = CORRELATED },
  Ended = { description = "The events have ended. They do not begin again." },
  Exception = {
    description = "The exception that was raised.",
    headers = CORRELATED,
    content = content_of("application/json", reference "schemas/Exception"),
  },
  Refused = {
    description = "The reason why nothing was called.",
    content = content_of("text/plain", { type = "string" }),
  },
}

--- Returns what all operations have in common.
local function components(gateway)
  return {
    parameters = PARAMETERS,
    responses = COMPONENT_RESPONSES,
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
    servers = list { { url = ".." } }, -- from where the document is, perhaps behind a proxy
    tags = tags,
    paths = paths,
    components = components(gateway),
    security = list { gateway.keys and { key = list {} } or nil },
  }
end

--- Answers with the description.
---@param gateway pyro.gateway.Gateway
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
