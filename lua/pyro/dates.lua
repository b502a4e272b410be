--- Python's datetime and date, as far as they travel: a datetime is of the local time, and has no
--- zone.
local core = require "pyro.core"

local dates = {}

local EPOCH = 719163 -- the ordinal of 1970-01-01
local LAST = 3652059 -- of 9999-12-31

--- Days from 1970-01-01 to a day. Years begin in March, so that the leap day ends them.
local function days_to(year, month, day)
  year = month <= 2 and year - 1 or year
  local era, month_index = year // 400, (month + 9) % 12
  local year_of_era = year - era * 400
  local day_of_year = (153 * month_index + 2) // 5 + day - 1
  return era * 146097 + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year
    - 719468
end

--- The year, month and day that are so many days after 1970-01-01.
local function day_after(days)
  days = days + 719468
  local era = days // 146097
  local day_of_era = days - era * 146097
  local year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36524
    - day_of_era // 146096) // 365
  local day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
  local month_index = (5 * day_of_year + 2) // 153
  local month = month_index < 10 and month_index + 3 or month_index - 9
  local year = year_of_era + era * 400 + (month <= 2 and 1 or 0)
  return year, month, day_of_year - (153 * month_index + 2) // 5 + 1
end

local function malformed(what, text)
  error(core.newerror("ValueError", ("malformed %s: %s"):format(what, tostring(text))), 3)
end

--- The numbers in the text of a day that there is.
local function parse_day(text)
  local year, month, day = text:match "^(%d%d%d%d)-(%d%d)-(%d%d)$"
  if not year then
    return nil
  end
  year, month, day = math.tointeger(year), math.tointeger(month), math.tointeger(day)
  local y, m, d = day_after(days_to(year, month, day))
  if year >= 1 and y == year and m == month and d == day then
    return year, month, day
  end
end

---@class pyro.date
---@field ordinal integer days, of which 1 is 0001-01-01 (Python's toordinal())
--- A day: "2020-02-29", or Python's ordinal.
---@param day string|integer
---@return pyro.date
function dates.date(day)
  local ordinal = math.type(day) == "integer" and day or nil
  if type(day) == "string" then
    local year, month, number = parse_day(day)
    ordinal = year and days_to(year, month, number) + EPOCH
  end
  if not ordinal or ordinal < 1 or ordinal > LAST then
    malformed("date", day)
  end
  return setmetatable({ ordinal = ordinal }, core.types.date)
end

--- Seconds since 1970 of a local time's text. os.time() cannot return -1, so the text's seconds are
--- added here.
local function parse_datetime(text)
  local day, hour, minute, rest = text:match "^(%S+)[T ](%d%d):(%d%d)(.*)$"
  local year, month, number = parse_day(day or "")
  local second = rest == "" and 0 or tonumber((rest or ""):match "^:(%d%d%.?%d*)$")
  if not year or not second or second >= 60 or tonumber(hour) > 23 or tonumber(minute) > 59 then
    return nil
  end
  return second + os.time { year = year, month = month, day = number, hour = hour, min = minute }
end

---@class pyro.datetime
---@field seconds number since 1970, as os.time() counts them; with a fraction
--- A local time: "2020-02-29T12:30:00.25" (or with a space), or seconds as os.time() has them.
---@param time string|number
---@return pyro.datetime
function dates.datetime(time)
  local seconds = type(time) == "number" and time or nil
  if type(time) == "string" then
    seconds = parse_datetime(time)
  end
  local days = seconds and seconds / 86400 + EPOCH
  if not days or not (days >= 1 and days < LAST + 1) then -- NaN is not
    malformed("datetime", time)
  end
  return setmetatable({ seconds = seconds + 0.0 }, core.types.datetime)
end

--- The fields of the local time, and its microseconds.
local function local_time(self)
  local whole = math.floor(self.seconds)
  local microseconds = math.floor((self.seconds - whole) * 1e6 + 0.5)
  if microseconds == 1000000 then
    whole, microseconds = whole + 1, 0
  end
  return os.date("*t", whole), microseconds
end

function core.types.datetime:__tostring()
  local t, microseconds = local_time(self)
  local text = ("%04d-%02d-%02d %02d:%02d:%02d"):format(t.year, t.month, t.day, t.hour, t.min,
    t.sec)
  return microseconds > 0 and ("%s.%06d"):format(text, microseconds) or text
end

function core.types.datetime:__repr()
  local t, microseconds = local_time(self)
  local last = microseconds > 0 and (", %d, %d"):format(t.sec, microseconds)
    or t.sec > 0 and (", %d"):format(t.sec) or ""
  return ("datetime.datetime(%d, %d, %d, %d, %d%s)"):format(t.year, t.month, t.day, t.hour, t.min,
    last)
end

function core.types.date:__tostring()
  return ("%04d-%02d-%02d"):format(day_after(self.ordinal - EPOCH))
end

function core.types.date:__repr()
  return ("datetime.date(%d, %d, %d)"):format(day_after(self.ordinal - EPOCH))
end

--- Values of a type compare as their numbers do.
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
