--- Rows: what is shown of servers or their methods, in columns.
local core = require "pyro.core"

--- A server, or a method of a server. Its fields are those of pyro.top.Rates, and these:
---@class pyro.top.Row: pyro.top.Rates
---@field name string for people
---@field server string|nil of a method: the server's name
---@field memory number|nil of a server
---@field trouble string|nil why it has no rates

local function rate_text(value)
  return (value < 10000 and "%.1f" or "%.0f"):format(value)
end

local function milliseconds_text(seconds)
  local value = seconds * 1000
  return (value < 10 and "%.3f" or value < 1000 and "%.1f" or "%.0f"):format(value)
end

local function mebibytes_text(bytes)
  return ("%.1f"):format(bytes / 2 ^ 20)
end

local function count_text(value)
  return ("%d"):format(value)
end

---@class pyro.top.Column
---@field title string
---@field key string of pyro.top.Row
---@field width integer
---@field text fun(value: number): string

---@type pyro.top.Column[]
local COLUMNS = {
  { title = "calls/s", key = "calls", width = 8, text = rate_text },
  { title = "errs/s", key = "errors", width = 7, text = rate_text },
  { title = "p50_ms", key = "p50", width = 7, text = milliseconds_text },
  { title = "p99_ms", key = "p99", width = 7, text = milliseconds_text },
  { title = "in_flight", key = "in_flight", width = 10, text = count_text },
  { title = "mem_MiB", key = "memory", width = 8, text = mebibytes_text },
}

local rows = {}

--- Returns the columns of servers, or of methods, which have no memory of their own.
---@param of "servers"|"methods"
---@return pyro.top.Column[]
function rows.columns(of)
  return table.move(COLUMNS, 1, of == "servers" and #COLUMNS or #COLUMNS - 1, 1, {})
end

--- Formats the values of a row, one for each column; or the titles, without a row.
---@param columns pyro.top.Column[]
---@param row pyro.top.Row|nil
---@return string
function rows.text(columns, row)
  local parts = {}
  for i, column in ipairs(columns) do
    local value = row and row[column.key]
    local text = not row and column.title or value and column.text(value) or "-"
    parts[i] = (" %" .. column.width - 1 .. "s"):format(text)
  end
  return table.concat(parts)
end

--- Makes a row of rates, with fields of its own.
local function row(values, fields)
  return setmetatable(fields, { __index = values })
end

--- Makes a row for each server.
---@param list pyro.top.Server[]
---@return pyro.top.Row[]
function rows.servers(list)
  local result = {}
  for i, server in ipairs(list) do
    local trouble = server:trouble()
    result[i] = trouble and { name = server.name, trouble = trouble }
      or row(server.total, { name = server.name, memory = server.memory })
  end
  return result
end

--- Makes a row for each method of each server.
---@param list pyro.top.Server[]
---@return pyro.top.Row[]
function rows.methods(list)
  local result = {}
  for _, server in ipairs(list) do
    for name, values in pairs(server:trouble() and {} or server.methods) do
      local fields = { name = core.printable(name, true), server = server.name }
      result[#result + 1] = row(values, fields)
    end
  end
  return result
end

--- Sorts rows: by a column, the highest values first; or by "name".
---@param list pyro.top.Row[]
---@param key string
---@param reversed boolean
function rows.sort(list, key, reversed)
  local function precedes(a, b)
    local x, y = a[key] or -1, b[key] or -1
    if key ~= "name" and x ~= y then
      return x > y
    elseif a.name ~= b.name then
      return a.name < b.name
    end
    return (a.server or "") < (b.server or "")
  end
  table.sort(list, function(a, b)
    if reversed then
      a, b = b, a
    end
    return precedes(a, b)
  end)
end

return rows
