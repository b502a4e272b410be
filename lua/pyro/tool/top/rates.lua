--- Rates: what programs counted between two looks at their statistics (docs/statistics.md).
local counted = require "pyro.tool.counted"
local stats = require "pyro.tool.stats"

local UNIT = 0.25e-6 -- seconds: the first bound of histograms
local OWN = "Pyro.Daemon.stats"

local rates = {}

--- Counts of some calls.
---@class pyro.top.Tally
---@field calls integer
---@field errors integer
---@field in_flight integer now
---@field buckets table<number, integer> calls by the upper bound of their times

--- Counts of a server when it was asked.
---@class pyro.top.Sample
---@field at number the time when it came
---@field uptime number
---@field memory integer bytes
---@field calls pyro.top.Tally
---@field methods table<string, pyro.top.Tally>

---@return pyro.top.Tally
local function read_tally(told)
  local tally, errors = counted.calls(told), 0
  for _, count in pairs(tally.errors) do
    errors = errors + count
  end
  return { calls = tally.calls, errors = errors, in_flight = tally.in_flight,
    buckets = tally.buckets }
end

--- Returns the calls of a tally that are not in an earlier one of the same calls; all of them, if
--- it began anew meanwhile.
---@param now pyro.top.Tally
---@param before pyro.top.Tally|nil
---@return pyro.top.Tally
local function difference(now, before)
  if not before or now.calls < before.calls or now.errors < before.errors then
    return now
  end
  local buckets = {}
  for bound, calls in pairs(now.buckets) do
    buckets[bound] = calls - (before.buckets[bound] or 0)
    if buckets[bound] < 0 then
      return now
    end
  end
  return {
    calls = now.calls - before.calls,
    errors = now.errors - before.errors,
    in_flight = now.in_flight,
    buckets = buckets,
  }
end

--- Reads the statistics that a server sent. Leaves out the calls that asked for statistics, where
--- the server tells them.
---@param told table<string, any>
---@param at number the time when it came
---@return pyro.top.Sample
function rates.read(told, at)
  local calls, methods = read_tally(told.calls), {}
  for name, method in counted.methods(told) do
    methods[name] = read_tally(method)
  end
  local own = methods[OWN]
  if own then
    calls = difference(calls, own)
    calls.in_flight = math.max(calls.in_flight - own.in_flight, 0)
    methods[OWN] = nil
  end
  local uptime = counted.seconds(told.uptime)
  return {
    at = at,
    uptime = uptime > 0 and uptime or stats.malformed(),
    memory = counted.count(stats.expect_dict(told.memory).resident),
    calls = calls,
    methods = methods,
  }
end

--- Returns the lower bound of the bucket that has an upper bound: there are four in each octave.
local function lower_bound(bound)
  local octave = math.ceil(math.log(bound / UNIT / 8, 2) - 1e-9)
  return math.max(bound - 2 ^ math.max(octave, 0) * UNIT, 0)
end

--- Returns the time that a part of the calls (0 to 1) did not exceed; nil where there are none.
local function quantile(buckets, part)
  local bounds, total = {}, 0
  for bound, calls in pairs(buckets) do
    if calls > 0 then
      bounds[#bounds + 1] = bound
      total = total + calls
    end
  end
  table.sort(bounds)
  local wanted = part * total
  for _, bound in ipairs(bounds) do
    local calls = buckets[bound]
    if wanted <= calls then
      local lower = lower_bound(bound)
      return lower + (bound - lower) * wanted / calls
    end
    wanted = wanted - calls
  end
end

--- Work done between two looks.
---@class pyro.top.Rates
---@field calls number in a second
---@field errors number likewise
---@field p50 number|nil seconds
---@field p99 number|nil
---@field in_flight integer now

---@return pyro.top.Rates
local function rates_of(tally, seconds)
  return {
    calls = tally.calls / seconds,
    errors = tally.errors / seconds,
    p50 = quantile(tally.buckets, 0.5),
    p99 = quantile(tally.buckets, 0.99),
    in_flight = tally.in_flight,
  }
end

--- Returns whether a server was started after it gave an earlier sample.
local function is_restarted(now, before)
  return now.uptime <= before.uptime or now.uptime < now.at - before.at
end

--- Returns the rates between two samples of a server, in total and by method. Where there is no
--- earlier sample of this run of the server, they are those since it was started.
---@param now pyro.top.Sample
---@param before pyro.top.Sample|nil
---@return pyro.top.Rates, table<string, pyro.top.Rates>
function rates.between(now, before)
  if not before or is_restarted(now, before) then
    before = { uptime = 0, methods = {} }
  end
  local seconds, methods = now.uptime - before.uptime, {}
  for name, tally in pairs(now.methods) do
    methods[name] = rates_of(difference(tally, before.methods[name]), seconds)
  end
  return rates_of(difference(now.calls, before.calls), seconds), methods
end

return rates
