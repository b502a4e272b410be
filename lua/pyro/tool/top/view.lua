--- The view of a terminal: which rows are seen, in which order, and what keys change of that.
local core = require "pyro.core"
local rows = require "pyro.tool.top.rows"

local HEAD = 3 -- lines above the rows

local HELP = {
  "  c     sort by calls in a second      m     by memory, in MiB",
  "  e     by errors in a second          n     by name",
  "  5     by p50, in milliseconds        r     reverse the order",
  "  p     by p99, likewise               Tab   servers, or their methods",
  "  f     by calls in flight             Space pause, or go on",
  "",
  "  Up, Down, Page Up, Page Down, Home, End   other rows",
  "  Control-l   draw the screen anew",
  "  q           quit",
  "",
  "  p50 and p99 are times that half and 99 % of the calls since the last look did",
  "  not exceed. The first look shows what was since a server was started.",
}

local HINT = "h help  Tab %s  c e 5 p f m n sort  r reverse  Space pause  q quit"
local OTHER = { servers = "methods", methods = "servers" }

local SORT = {
  c = "calls", e = "errors", ["5"] = "p50", p = "p99", f = "in_flight", m = "memory", n = "name",
}

---@class pyro.top.View
---@field fit fun(text: string, columns: integer): string, integer as much of it as fits
---@field of "servers"|"methods"
---@field key string of pyro.top.Row, by which rows are sorted
---@field reversed boolean
---@field paused boolean
---@field helps boolean whether help is shown
---@field offset integer rows above the first one that is shown
---@field page integer rows that are shown
---@field package rows table<string, pyro.top.Row[]>
---@field package status string
---@field package notice string|nil
local View = {}
View.__index = View

--- Takes the results of a look.
---@param servers pyro.top.Servers
function View:take(servers)
  if self.paused then
    return
  end
  self.rows = { servers = rows.servers(servers.list), methods = rows.methods(servers.list) }
  local silent = 0
  for _, row in ipairs(self.rows.servers) do
    silent = silent + (row.trouble and 1 or 0)
  end
  self.status = os.date "%H:%M:%S"
    .. (silent > 0 and ("  %d without statistics"):format(silent) or "")
    .. (servers.left_out > 0 and ("  %d left out"):format(servers.left_out) or "")
  self.notice = servers.failure and core.printable("name server: " .. servers.failure, true)
end

--- Returns a text with blanks up to a width, or what fits of it.
local function padded(view, text, width)
  local cut, used = view.fit(text, width)
  return cut .. (" "):rep(width - used)
end

--- Formats a row in so many columns; the titles, without a row.
local function row_text(view, row, columns, width)
  local room = width - #rows.text(columns)
  local name = row and row.name or view.of == "servers" and "server" or "method"
  if view.of == "servers" then
    name = padded(view, name, room)
  else
    local right = room * 2 // 5
    name = padded(view, name, room - right - 1) .. " "
      .. padded(view, row and row.server or "server", right)
  end
  return name .. (row and row.trouble and "  " .. core.printable(row.trouble, true)
    or rows.text(columns, row))
end

--- Shows rows so many further down, as far as there are any.
local function scroll(view, by)
  local most = #view.rows[view.of] - view.page
  view.offset = math.max(math.min(view.offset + by, most), 0)
end

local function status_line(view, list)
  local last = math.min(view.offset + view.page, #list)
  return ("pyrolua top  %s%s  %s by %s: %d-%d of %d"):format(view.paused and "PAUSED  " or "",
    view.status, view.of, view.key, math.min(view.offset + 1, last), last, #list)
end

--- A line of the screen.
---@class pyro.top.Line
---@field text string
---@field style? "title"|"trouble"

--- Returns the lines of a screen.
---@param width integer
---@param height integer
---@return pyro.top.Line[]
function View:lines(width, height)
  local columns, list = rows.columns(self.of), self.rows[self.of]
  self.page = math.max(height - HEAD, 1)
  scroll(self, 0)
  rows.sort(list, self.key, self.reversed)
  local lines = {
    { text = status_line(self, list) },
    self.notice and { text = self.notice, style = "trouble" }
      or { text = HINT:format(OTHER[self.of]) },
    { text = padded(self, row_text(self, nil, columns, width), width), style = "title" },
  }
  for i = 1, self.page do
    local row = list[self.offset + i]
    if self.helps then
      lines[HEAD + i] = { text = HELP[i] or "" }
    elseif row then
      local style = row.trouble and "trouble"
      lines[HEAD + i] = { text = row_text(self, row, columns, width), style = style }
    end
  end
  for _, line in ipairs(lines) do
    line.text = self.fit(line.text, width)
  end
  return table.move(lines, 1, height, 1, {})
end

--- Effects of keys, but for those that sort.
local ACTIONS = {
  h = function(view)
    view.helps = true
  end,
  r = function(view)
    view.reversed = not view.reversed
  end,
  ["\t"] = function(view)
    view.of, view.offset = OTHER[view.of], 0
  end,
  [" "] = function(view)
    view.paused = not view.paused
  end,
  up = function(view)
    scroll(view, -1)
  end,
  down = function(view)
    scroll(view, 1)
  end,
  ["page up"] = function(view)
    scroll(view, -view.page)
  end,
  ["page down"] = function(view)
    scroll(view, view.page)
  end,
  home = function(view)
    view.offset = 0
  end,
  ["end"] = function(view)
    scroll(view, #view.rows[view.of])
  end,
}
ACTIONS["?"] = ACTIONS.h

--- Does what a key says. Any key ends the help.
---@param key string
function View:press(key)
  local helped = self.helps
  self.helps = false
  if SORT[key] then
    self.key = SORT[key]
  elseif ACTIONS[key] and not helped then
    ACTIONS[key](self)
  end
end

local view = {}

--- Makes a view.
---@param fit fun(text: string, columns: integer): string, integer
---@param of "servers"|"methods"
---@return pyro.top.View
function view.new(fit, of)
  return setmetatable({
    fit = fit,
    of = of,
    key = "calls",
    reversed = false,
    paused = false,
    helps = false,
    offset = 0,
    page = 1,
    rows = { servers = {}, methods = {} },
    status = "asking…",
  }, View)
end

return view
