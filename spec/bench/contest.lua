--- Measures contenders in turns: what disturbs the machine disturbs all of them alike.
local process = require "spec.support.process"

local contest = { quick = false, results = {} }

--- Of a contender that could not be measured there is only `name` and `missing`.
---@class bench.Result
---@field name string
---@field missing? string why it could not be measured
---@field rate number times a second; the median of the runs
---@field low number the slowest run
---@field high number the fastest
---@field seconds number[] that a time took, of each run
---@field server? number processor microseconds a time, over all runs
---@field client? number
---@field runner bench.Runner

---@class bench.Target
---@field of string a contender
---@field against string another
---@field least? number so many times as fast it must be
---@field within? number or: its time may be so many times the other's

local runners = {} -- since the last stop

local CPUS = { one = { server = 0, client = 0 }, two = { server = 0, client = 1 } }

local function median(list)
  local sorted = table.move(list, 1, #list, 1, {})
  table.sort(sorted)
  local middle = (#sorted + 1) // 2
  return #sorted % 2 == 1 and sorted[middle] or (sorted[middle] + sorted[middle + 1]) / 2
end

local function aim()
  return contest.quick and 0.15 or 0.3 -- seconds a run
end

--- Finds how often a runner must work for a run of the right length; warms it up.
local function calibrate(runner, unit)
  local count = unit
  while true do
    local seconds = runner.run(count)
    if seconds >= aim() / 3 then
      return math.max(unit, math.floor(count * aim() / seconds / unit + 0.5) * unit)
    end
    count = count * (seconds < aim() / 30 and 8 or 3)
  end
end

--- Does work for a contender. What is wrong with it costs that one alone.
local function attempt(entry, work)
  if not entry.missing then
    local ok, failure = pcall(work, entry)
    entry.missing = not ok and tostring(failure):match "[^\n]*" or nil
  end
end

local function measure(entry)
  local seconds, served, called = entry.runner.run(entry.count)
  table.insert(entry.seconds, seconds / entry.count)
  entry.served = entry.served + (served or 0)
  entry.called = entry.called + (called or 0)
end

---@return bench.Result
local function result(entry)
  if entry.missing then
    return { name = entry.name, missing = entry.missing }
  end
  local times = entry.seconds
  local done = entry.count * #times
  return {
    name = entry.name,
    rate = 1 / median(times),
    low = 1 / math.max(table.unpack(times)),
    high = 1 / math.min(table.unpack(times)),
    seconds = times,
    server = entry.runner.server and entry.served / done * 1e6,
    client = entry.called / done * 1e6,
    runner = entry.runner,
  }
end

--- The median of the rounds' ratios: how many times as fast one is as the other.
local function ratio(a, b)
  local ratios = {}
  for i, seconds in ipairs(a.seconds) do
    ratios[i] = b.seconds[i] / seconds
  end
  return median(ratios)
end

---@param target bench.Target
local function judge(results, target)
  local of, against = results[target.of], results[target.against]
  local what = ("%s%s / %s"):format(target.least and "" or "cost: ", of.name, against.name)
  local demand = target.least and ("≥ %g×"):format(target.least) or ("≤ %g×"):format(target.within)
  if of.missing or against.missing then
    return { what = what, demand = demand, shown = "not measured", met = false }
  end
  local value = ratio(of, against)
  if target.within then
    value = 1 / value
  end
  return { what = what, demand = demand, shown = ("%.2f×"):format(value),
    met = value >= (target.least or 0) and value <= (target.within or math.huge) }
end

---@class bench.Row
---@field title string
---@field note? string what one has to know of it
---@field cpus "one"|"two"
---@field contenders bench.Contender[]
---@field targets? bench.Target[]
---@field unit? integer times that are always done together
---@field extra? fun(results: table<string, bench.Result>): table[] further checks
---@field rounds? integer
---@field checks? table[]
---@field results? bench.Result[]

--- Measures without stopping the processes, and without keeping the results.
---@return table<string, bench.Result>
function contest.compare(row)
  local entries = {}
  for i, contender in ipairs(row.contenders) do
    entries[i] = { name = contender.name, seconds = {}, served = 0, called = 0 }
    contest.begins(row, contender.name, "warming up")
    attempt(entries[i], function(entry)
      entry.runner = contender.start(CPUS[row.cpus])
      table.insert(runners, entry.runner)
      entry.count = calibrate(entry.runner, row.unit or 1)
    end)
  end
  local rounds = contest.quick and 3 or row.rounds or 5
  for round = 1, rounds do
    for _, entry in ipairs(entries) do
      contest.begins(row, entry.name, ("run %d of %d"):format(round, rounds))
      attempt(entry, measure)
    end
  end
  row.results = {}
  local by_name = {}
  for i, entry in ipairs(entries) do
    row.results[i] = result(entry)
    by_name[entry.name] = row.results[i]
  end
  return by_name
end

local function check(row, by_name)
  row.checks = {}
  for i, target in ipairs(row.targets or {}) do
    row.checks[i] = judge(by_name, target)
  end
  for _, further in ipairs(row.extra and row.extra(by_name) or {}) do
    table.insert(row.checks, further)
  end
end

--- Measures a row and keeps its results for the report, which is told of it. What cannot be
--- measured has missed what it must reach; the others go on.
---@param row bench.Row
function contest.run(row)
  local ok, failure = pcall(function()
    check(row, contest.compare(row))
  end)
  if not ok then
    row.results = {}
    local why = failure:match "[^\n]*"
    row.checks = { { what = "it cannot be measured", shown = why, demand = "measured", met = false } }
  end
  table.insert(contest.results, row)
  contest.told(row)
end

--- Stops all processes. Clients end when nothing more comes.
function contest.stop()
  for _, runner in ipairs(runners) do
    if runner.client then
      runner.client:close_input()
    end
  end
  runners = {}
  process.stop_all()
end

--- Measures a row, and stops its processes.
function contest.play(row)
  contest.run(row)
  contest.stop()
end

--- Hears of each row when it is done.
function contest.told(_) end

--- Hears of each run of a contender before it: the row, the contender's name, and which run.
function contest.begins(_, _, _) end

return contest
