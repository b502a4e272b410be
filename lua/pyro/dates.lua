--- Python's date and datetime. A datetime is a local time without a time zone.
local core = require "pyro.core"

local dates = {}

local function malformed(what, text)
  error(core.new_error("ValueError", ("malformed %s: %s"):format(what, tostring(text))), 3)
end

--- Days before each month in a year that starts in March, so that the leap day is the last.
local function days_before(month_index)
  return (153 * month_index + 2) // 5
end

--- Returns the ordinal of a day, "2026-01-31", or nil if there is no such day.
local function ordinal_of(text)
  local year, month, day = text:match "^(%d%d%d%d)-(%d%d)-(%d%d)$"
  if not year then
    return nil
  end
  year, month = math.tointeger(year), math.tointeger(month)
  year = month <= 2 and year - 1 or year
  local ordinal = year * 365 + year // 4 - year // 100 + year // 400 + days_before((month + 9) % 12)
    + math.tointeger(day) - 306
  return core.format_date(ordinal) == text and ordinal or nil
end

---@class pyro.date
---@field ordinal integer days, counted from 0001-01-01, which is 1 (Python's toordinal())

--- Makes a date from "2020-02-29" or from Python's ordinal.
---@param day string|integer
---@return pyro.date
function dates.date(day)
  local ordinal = math.type(day) == "integer" and core.format_date(day) and day
    or type(day) == "string" and ordinal_of(day)
  if not ordinal then
    malformed("date", day)
  end
  return setmetatable({ ordinal = ordinal }, core.types.date)
end

--- Returns the seconds since 1970 of a local time, "2026-01-31T23:59:59", or nil if there is no
--- such time. Adds the seconds itself, because os.time() cannot return -1.
local function seconds_of(text)
  local year, month, day, hour, minute, rest =
    text:match "^(%d%d%d%d)-(%d%d)-(%d%d)[T ](%d%d):(%d%d)(.*)$"
  local second = rest == "" and 0 or tonumber((rest or ""):match "^:(%d%d%.?%d*)$")
  if not second or not ordinal_of(text:sub(1, 10)) or second >= 60 or tonumber(hour) > 23
    or tonumber(minute) > 59 then
    return nil
  end
  return second + os.time { year = year, month = month, day = day, hour = hour, min = minute }
end

---@class pyro.datetime
---@field seconds number since 1970, like os.time(), with a fraction

--- Makes a local time from "2020-02-29T12:30:00.25" (or with a space), or from seconds since 1970,
--- as of os.time().
---@param time string|number
---@return pyro.datetime
function dates.datetime(time)
  local seconds = type(time) == "number" and time or type(time) == "string" and seconds_of(time)
  if not seconds or not core.format_datetime(seconds) then
    malformed("datetime", time)
  end
  return setmetatable({ seconds = seconds + 0.0 }, core.types.datetime)
end

function core.types.datetime:__tostring()
  return (core.format_datetime(self.seconds):gsub("T", " "))
end

--- Returns the numbers in a string, without leading zeros, and without zeros at the end after the
--- fifth number.
local function numbers_in(text)
  local list = {}
  for digits in text:gmatch "%d+" do
    list[#list + 1] = math.tointeger(digits)
  end
  while #list > 5 and list[#list] == 0 do
    list[#list] = nil
  end
  return table.concat(list, ", ")
end

function core.types.datetime:__repr()
  return ("datetime.datetime(%s)"):format(numbers_in(core.format_datetime(self.seconds)))
end

function core.types.date:__tostring()
  return core.format_date(self.ordinal)
end

function core.types.date:__repr()
  return ("datetime.date(%s)"):format(numbers_in(core.format_date(self.ordinal)))
end

--- Makes values of a type compare as their numbers do.
local function make_comparable(metatable, field)
  function metatable.__eq(a, b)
    return getmetatable(a) == getmetatable(b) and a[field] == b[field]
  end
  function metatable.__lt(a, b)
    return a[field] < b[field]
  end
  function metatable.__le(a, b)
    return a[field] <= b[field]
  end
end

make_comparable(core.types.datetime, "seconds")
make_comparable(core.types.date, "ordinal")

return dates
