--- Refusals of requests for who asks, or for what: the answer, and a line in the log. Strangers can
--- cause them as often as they like, so that those of a kind are only counted once they are many.
local answers = require "pyro.tool.gateway.answers"
local core = require "pyro.core"

local LONGEST = 255 -- bytes of a text in a line that a client has sent
local DENIED = "access to the requested object has been denied" -- Pyro's words for either reason

local refusals = {}

local function shorten(text)
  return #text > LONGEST and text:sub(1, LONGEST) .. "..." or text
end

--- Logs a line, with shortened texts in it.
local function log(level, counted, peer, line, ...)
  if not core.is_logged(level) then
    return
  end
  local texts = { ... }
  for i, text in ipairs(texts) do
    texts[i] = shorten(text)
  end
  core.log_http(level, line:format(table.unpack(texts)), peer, counted)
end

--- Refuses a request without a key of the gateway.
---@param request table
---@param why string
function refusals.key(request, why)
  log("WARNING", "requests refused, as they have no key of the gateway", request.peer, "403: %s",
    why)
  return answers.forbid "incorrect gateway api key"
end

--- Returns the header by which a request was found to come from another page.
local function mark_of(headers)
  for _, name in ipairs { "Origin", "Sec-Fetch-Site", "Referer" } do
    local value = headers[name:lower()]
    if value then
      return name .. ": " .. value
    end
  end
  return "no Referer"
end

--- Refuses a request that may come from a page of somebody else.
---@param request table
---@param why string
function refusals.page(request, why)
  log("INFO", "requests refused, as they may come from other pages", request.peer, "403: %s (%s)",
    why, mark_of(request.headers))
  return answers.forbid(why)
end

--- Refuses a request for another host.
---@param request table
function refusals.host(request)
  log("INFO", "requests refused, as they are for other hosts", request.peer,
    "421: this gateway is not '%s'", request.headers.host)
  return answers.text(421, "421 Misdirected Request - this is not the host that was asked for")
end

--- Refuses a request for an object whose name is not exposed.
---@param client pyro.gateway.Client
---@param object string
function refusals.name(client, object)
  log("INFO", "requests refused, as names are not exposed", client.address,
    "403: '%s' is not exposed", object)
  return answers.forbid(DENIED)
end

--- Refuses a call that the rules do not allow.
---@param gateway pyro.gateway.Gateway
---@param client pyro.gateway.Client
---@param object string
---@param member? string
---@param line? integer of the rule that denies it; nil: none allows it
function refusals.rule(gateway, client, object, member, line)
  log("WARNING", "calls refused, as they are not allowed", client.address,
    "403: not allowed to call %s.%s%s: %s", object, member or "$meta",
    client.user and " as " .. client.user or "",
    line and ("%s:%d denies it"):format(gateway.allow, line)
      or ("no rule of %s allows it"):format(gateway.allow))
  return answers.forbid(DENIED)
end

return refusals
