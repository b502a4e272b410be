--- Time that passes, and processor time that processes take.
local uv = require "luv"

local clock = {}

--- Seconds of the wall clock.
function clock.now()
  return uv.hrtime() / 1e9
end

--- Fields of /proc/…/stat, counted from 1 as the manual does. The processor's times are in ticks.
local USER, SYSTEM, USER_OF_CHILDREN, SYSTEM_OF_CHILDREN = 14, 15, 16, 17
local TICKS = 100 -- a second

local function times(pid, user, system)
  local file <close> = assert(io.open(("/proc/%s/stat"):format(pid)))
  local position, total = 2, 0
  for field in file:read("a"):match("%) (.*)"):gmatch "%S+" do
    position = position + 1
    if position == user or position == system then
      total = total + tonumber(field)
    end
  end
  return total / TICKS
end

--- Seconds of processor time, user and system, of a process with all its threads.
function clock.cpu(pid)
  return times(pid, USER, SYSTEM)
end

--- That of this process's children that have ended.
function clock.children()
  return times("self", USER_OF_CHILDREN, SYSTEM_OF_CHILDREN)
end

--- A number of a process in KiB: "VmRSS" is its memory, "VmHWM" the most that it was.
function clock.memory(pid, name)
  local file <close> = assert(io.open(("/proc/%d/status"):format(pid)))
  return tonumber(file:read("a"):match(name .. ":%s*(%d+) kB"))
end

return clock
