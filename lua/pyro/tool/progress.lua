--- A line on a terminal that says how far long work is. It is written to the standard error, again
--- and again in the same place, and taken away in the end. Needs nothing of pyro's, so that
--- benchmarks can use it.
local DELAY = 0.5 -- seconds that work may take without a word
local PAUSE = 0.1 -- seconds between two writings

local CLEAR = "\r\27[K"

---@class pyro.Progress
---@field columns integer|nil width of the terminal; nil: nobody is watching
---@field now fun(): number seconds
---@field next number when the line may be written again
---@field shown boolean whether the line is there
local Progress = {}
Progress.__index = Progress

local function write(text)
  io.stderr:write(text)
  io.stderr:flush()
end

--- Cuts a text to the width of a terminal, whose last column stays free.
local function fit(text, columns)
  local length = utf8.len(text) or #text
  return length < columns and text or text:sub(1, utf8.offset(text, columns) - 1)
end

--- Shows a text instead of the last one, unless that is too new.
---@param describe fun(): string returns the text
function Progress:show(describe)
  local now = self.now()
  if self.columns and now >= self.next then
    self.next, self.shown = now + PAUSE, true
    write(CLEAR .. fit(describe(), self.columns))
  end
end

--- Takes the line away, for output or for good.
function Progress:clear()
  if self.shown then
    self.shown = false
    write(CLEAR)
  end
end

Progress.__close = Progress.clear

local progress = {}

--- Begins the line of some work.
---@param columns integer|nil width of the terminal that the standard error is; nil: it is none
---@param now fun(): number returns the time, in seconds
---@return pyro.Progress
function progress.start(columns, now)
  local terminal = os.getenv "TERM" or "dumb"
  return setmetatable({
    columns = terminal ~= "dumb" and columns or nil,
    now = now,
    next = now() + DELAY,
    shown = false,
  }, Progress)
end

--- Formats a number with a comma after each three digits.
---@param number number
---@return string
function progress.count(number)
  local digits = ("%.0f"):format(number):reverse():gsub("(%d%d%d)", "%1,"):reverse()
  return (digits:gsub("^,", ""))
end

local UNITS = { "kB", "MB", "GB", "TB" }

--- Formats a number of bytes: "512 bytes", "1.5 MB".
---@param bytes number
---@return string
function progress.size(bytes)
  local unit, text = 0, ("%.0f bytes"):format(bytes)
  while bytes >= 1000 and unit < #UNITS do
    bytes, unit = bytes / 1000, unit + 1
    text = ("%.1f %s"):format(bytes, UNITS[unit])
  end
  return text
end

return progress
