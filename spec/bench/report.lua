--- Results, as text and as tables of Markdown.
local report = {}

local function rate(value)
  if value < 1000 then
    return ("%.4g"):format(value)
  end
  return (("%.0f"):format(value):reverse():gsub("(%d%d%d)(%d)", "%1,%2"):gsub("(%d%d%d)(%d)", "%1,%2"):reverse())
end

local function micros(value)
  return value and (value < 100 and "%.1f" or "%.0f"):format(value) or "–"
end

local function cells(result)
  if result.missing then
    return { result.name, "not measured", "–", "–", "–" }
  end
  return { result.name, rate(result.rate), rate(result.low) .. " to " .. rate(result.high), micros(result.server),
    micros(result.client) }
end

local HEAD = { "", "a second", "slowest to fastest run", "server, CPU µs", "client, CPU µs" }

local function check_cells(check)
  return { check.what, check.shown, check.demand, check.met and "yes" or "**missed**" }
end

local function pad(text, width)
  return text .. (" "):rep(width - utf8.len(text))
end

--- Lines of a row for the terminal.
---@param row bench.Row
function report.text(row)
  local lines = { ("%s (%s CPU%s)"):format(row.title, row.cpus, row.cpus == "two" and "s" or "") }
  for _, result in ipairs(row.results) do
    local cell = cells(result)
    table.insert(lines, result.missing and ("  %s not measured: %s"):format(pad(cell[1], 28), result.missing)
      or ("  %s %s a second (%s), CPU µs: server %s, client %s"):format(pad(cell[1], 28), pad(cell[2], 9), cell[3],
        cell[4], cell[5]))
  end
  for _, check in ipairs(row.checks) do
    table.insert(lines, ("  %s %s %s (must be %s)"):format(check.met and "ok    " or "MISSED", pad(check.what, 58),
      check.shown, check.demand))
  end
  return table.concat(lines, "\n")
end

local function line(cell)
  return "| " .. table.concat(cell, " | ") .. " |"
end

local function rule(count)
  return "|" .. (" --- |"):rep(count)
end

--- All checks, a line each.
function report.summary(rows)
  local lines = { line { "work", "compared", "is", "must be", "reached" }, rule(5) }
  for _, row in ipairs(rows) do
    for _, check in ipairs(row.checks) do
      table.insert(lines, line { row.title, table.unpack(check_cells(check)) })
    end
  end
  return table.concat(lines, "\n")
end

--- A table for each row.
function report.details(rows)
  local parts = {}
  for _, row in ipairs(rows) do
    local pinned = ("Pinned to %s."):format(row.cpus == "one" and "one CPU" or "two CPUs, one a side")
    local lines = { "### " .. row.title, "", row.note and pinned .. " " .. row.note or pinned, "", line(HEAD),
      rule(#HEAD) }
    for _, result in ipairs(row.results) do
      table.insert(lines, line(cells(result)))
    end
    table.insert(parts, table.concat(lines, "\n"))
  end
  return table.concat(parts, "\n\n")
end

--- Fills the template: {{name}} is parts[name].
---@param parts table<string, string>
function report.page(template, parts)
  return (template:gsub("{{(%w+)}}", function(name)
    return parts[name] or error("the template has an unknown part " .. name)
  end))
end

return report
