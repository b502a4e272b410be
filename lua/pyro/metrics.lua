--- Metrics for Prometheus: what a program has counted (docs/statistics.md), in Prometheus' text
--- format, at the address that the setting METRICS says. Names begin with pyrolua_; units are
--- seconds and bytes.
local core = require "pyro.core"
local sorted = require "pyro.sorted"

--- Metrics that are numbers: name, what it is, and where it is in the statistics. Where that is a
--- table of numbers, its keys are the values of the label that follows. Names that end with _total
--- are counters, the others gauges.
local NUMBERS = {
  { "uptime_seconds", "Time since the program was started", "uptime" },
  { "connections", "Open connections of clients", "connections.open" },
  { "connections_accepted_total", "Connections of clients", "connections.accepted" },
  { "connections_refused_total", "Connections refused or cut, by reason", "connections.refused",
    "reason" },
  { "handshakes_total", "Handshakes with clients", "handshakes.completed" },
  { "handshake_failures_total", "Failed handshakes with clients", "handshakes.failed" },
  { "tls_handshakes_total", "TLS handshakes", "tls.completed" },
  { "tls_resumptions_total", "TLS handshakes that resumed a session", "tls.resumed" },
  { "tls_failures_total", "Failed TLS handshakes", "tls.failed" },
  { "received_bytes_total", "Bytes received", "bytes.received" },
  { "sent_bytes_total", "Bytes sent", "bytes.sent" },
  { "calls_total", "Calls served", "calls.calls" },
  { "calls_in_flight", "Calls being served", "calls.in_flight" },
  { "errors_total", "Calls that failed, by class of the error", "calls.errors", "class" },
  { "oneway_calls_total", "Oneway calls served", "calls.oneway" },
  { "batches_total", "Batches of calls served", "calls.batches" },
  { "calls_refused_total", "Calls that the client may not make", "calls.refused" },
  { "item_streams", "Open item streams", "streams.open" },
  { "item_streams_made_total", "Item streams made", "streams.made" },
  { "proxy_connections_total", "Connections made by proxies", "proxies.connections" },
  { "proxy_calls_total", "Calls made by proxies", "proxies.calls" },
  { "proxy_exceptions_total", "Calls by proxies that raised an exception", "proxies.raised" },
  { "proxy_lost_calls_total", "Calls by proxies without a reply, by class of the error",
    "proxies.lost", "class" },
  { "proxy_retries_total", "Attempts to repeat calls by proxies", "proxies.retries" },
  { "tasks", "Tasks that have not ended", "tasks.running" },
  { "tasks_started_total", "Tasks started", "tasks.started" },
  { "loop_steps_total", "Steps of the event loop", "loop.steps" },
  { "loop_lag_max_seconds", "Longest wait of events for the event loop", "loop.lag.max" },
  { "resident_memory_bytes", "Resident memory of the process", "memory.resident" },
  { "lua_memory_bytes", "Memory of the Lua state", "memory.lua" },
  { "names", "Names registered in the name server", "names.registered" },
  { "leases", "Names with a lease", "leases.held" },
  { "lease_renewals_total", "Renewals of leases", "leases.renewed" },
  { "leases_ended_total", "Leases that ended without a renewal", "leases.ended" },
  { "storage_changes_total", "Changes of names stored", "storage.changes" },
  { "storage_failures_total", "Changes of names that could not be stored", "storage.failed" },
  { "storage_pending_changes", "Changes of names being stored", "storage.pending" },
}

--- The upper bounds of the buckets of histograms, from 64 microseconds to 16.8 seconds: every
--- fourth of those that the statistics have.
local BOUNDS = {}
for power = 6, 24 do
  BOUNDS[#BOUNDS + 1] = 2 ^ power / 1e6
end

local ESCAPES = { ["\\"] = "\\\\", ['"'] = '\\"', ["\n"] = "\\n" }

--- Formats labels: pairs of a name and a value.
local function labels_of(...)
  local parts = {}
  for i = 1, select("#", ...), 2 do
    local name, value = select(i, ...)
    parts[#parts + 1] = ('%s="%s"'):format(name, (value:gsub('[\\"\n]', ESCAPES)))
  end
  return table.concat(parts, ",")
end

---@class pyro.Exposition lines of text
local Exposition = {}
Exposition.__index = Exposition

function Exposition:begin(name, type, help)
  self[#self + 1] = ("# HELP pyrolua_%s %s."):format(name, help)
  self[#self + 1] = ("# TYPE pyrolua_%s %s"):format(name, type)
end

function Exposition:add(name, labels, value)
  labels = labels == "" and "" or "{" .. labels .. "}"
  self[#self + 1] = ("pyrolua_%s%s %s"):format(name, labels, value)
end

--- Adds a metric of NUMBERS.
function Exposition:add_number(stats, name, help, path, label)
  local value = stats
  for key in path:gmatch "[%w_]+" do
    value = value[key]
  end
  self:begin(name, name:find "_total$" and "counter" or "gauge", help)
  if not label then
    self:add(name, "", value)
    return
  end
  for _, key in ipairs(sorted(value)) do
    self:add(name, labels_of(label, key), value[key])
  end
end

--- Adds a histogram of times. `count` is how many there were; nil: as many as are in buckets.
function Exposition:add_times(name, labels, times, count)
  local separator = labels == "" and "" or ","
  local sum, i = 0, 1
  for _, bound in ipairs(BOUNDS) do
    while times.buckets[i] and times.buckets[i][1] <= bound * 1.001 do
      sum, i = sum + times.buckets[i][2], i + 1
    end
    self:add(name .. "_bucket", ("%s%sle=\"%s\""):format(labels, separator, bound), sum)
  end
  for j = i, #times.buckets do
    sum = sum + times.buckets[j][2]
  end
  count = count or sum
  self:add(name .. "_bucket", labels .. separator .. 'le="+Inf"', count)
  self:add(name .. "_sum", labels, times.seconds)
  self:add(name .. "_count", labels, count)
end

--- Returns the labels of a method: its object and its name. Those that are not told apart are one.
local function labels_of_method(key)
  local object, method = key:match "^(.*)%.([^.]*)$"
  return labels_of("object", object or "(other)", "method", method or "(other)")
end

function Exposition:add_methods(methods)
  local names = sorted(methods)
  self:begin("method_duration_seconds", "histogram", "Time that methods took")
  for _, name in ipairs(names) do
    local calls = methods[name]
    self:add_times("method_duration_seconds", labels_of_method(name), calls, calls.calls)
  end
  self:begin("method_calls_in_flight", "gauge", "Calls of methods being served")
  for _, name in ipairs(names) do
    self:add("method_calls_in_flight", labels_of_method(name), methods[name].in_flight)
  end
  self:begin("method_errors_total", "counter", "Failed calls of methods, by class of the error")
  for _, name in ipairs(names) do
    local errors = methods[name].errors
    for _, class in ipairs(sorted(errors)) do
      local labels = labels_of_method(name) .. "," .. labels_of("class", class)
      self:add("method_errors_total", labels, errors[class])
    end
  end
end

--- Formats what the program has counted.
local function expose()
  local stats = core.stats(nil, true)
  local lines = setmetatable({}, Exposition)
  lines:begin("info", "gauge", "Version of pyrolua")
  lines:add("info", labels_of("version", core.version), 1)
  for _, metric in ipairs(NUMBERS) do
    lines:add_number(stats, table.unpack(metric))
  end
  lines:begin("loop_lag_seconds", "histogram", "Time that events had to wait for the event loop")
  lines:add_times("loop_lag_seconds", "", stats.loop.lag)
  lines:add_methods(stats.methods)
  lines[#lines + 1] = ""
  return table.concat(lines, "\n")
end

local PLAIN = "text/plain; charset=utf-8"
local EXPOSITION = "text/plain; version=0.0.4; charset=utf-8"

--- Answers a request. C serves by this function where METRICS is set.
return function(request)
  if request.path ~= "/metrics" then
    return 404, { ["Content-Type"] = PLAIN }, "Not Found: the metrics are at /metrics\n"
  elseif request.method ~= "GET" and request.method ~= "HEAD" then
    return 405, { ["Content-Type"] = PLAIN, Allow = "GET, HEAD" }, "Method Not Allowed\n"
  end
  return 200, { ["Content-Type"] = EXPOSITION }, expose()
end
