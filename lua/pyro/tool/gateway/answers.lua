--- Answers of the gateway: status, headers and body, as core.serve_http() takes them. Their words
--- and types are those of Pyro's gateways.
local core = require "pyro.core"

local answers = {}

--- Answers with a line of text.
---@param status integer
---@param text string
function answers.text(status, text)
  return status, { ["Content-Type"] = "text/plain", ["X-Content-Type-Options"] = "nosniff" }, text
end

--- Refuses a request that the client may not make.
---@param why string
function answers.forbid(why)
  return answers.text(403, "403 Forbidden - " .. why)
end

--- Refuses a request that makes no sense.
---@param why string
function answers.refuse(why)
  return answers.text(400, "400 Bad Request - " .. why)
end

--- Answers with JSON.
---@param status integer
---@param text string
---@param correlation? string id of the call that led to it
function answers.json(status, text, correlation)
  return status, {
    ["Content-Type"] = "application/json; charset=utf-8",
    ["Cache-Control"] = "no-store",
    ["X-Content-Type-Options"] = "nosniff",
    ["X-Pyro-Correlation-Id"] = correlation,
  }, text
end

--- Answers with an error object, as Pyro's json serializer writes it.
---@param err pyro.Error
---@param version integer of the protocol whose names classes have
---@param correlation? string id of the call that led to it
function answers.exception(err, version, correlation)
  return answers.json(500, core.format_json(err, version), correlation)
end

return answers
