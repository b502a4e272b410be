--- `pyrolua top`: shows what servers are doing, live on a terminal, or line by line.
local cli = require "pyro.tool.cli"
local config = require "pyro.config"
local core = require "pyro.core"
local finder = require "pyro.tool.top.finder"
local keys_of = require "pyro.tool.top.keys"
local rows = require "pyro.tool.top.rows"
local screen = require "pyro.tool.top.screen"
local servers = require "pyro.tool.top.servers"
local view = require "pyro.tool.top.view"

local REDRAW = "\f" -- control-l
local TERMINAL = 0 -- its descriptor
local WIDEST = 64 -- column of names in lines
local SHORTEST = 0.1 -- seconds between two looks
local TIME_LIMIT = 5 -- seconds for connections and responses, where COMMTIMEOUT sets none

local top = {}

--- Looks at the servers again and again.
---@param all pyro.top.Servers
---@param options {delay: number, count?: integer}
---@param show function is called after each look
local function look(all, options, show)
  local due, left = core.time(), options.count or math.huge
  while true do
    all:look(options.delay)
    show()
    left = left - 1
    if left == 0 then
      return
    end
    local now = core.time()
    due = due + options.delay
    if due < now or due > now + options.delay then -- it is late, or the clock was set
      due = now + options.delay
    end
    core.sleep(due - now)
  end
end

--- Returns a text with blanks up to a width, but not cut. Its own blanks are escaped, so that other
--- programs can split lines at blanks.
local function padded(text, width)
  text = text:gsub(" ", "\\x20")
  return text .. (" "):rep(width - utf8.len(text))
end

--- Returns the width of a column in which all texts are aligned, but for extremely long ones.
local function width_of(list, key, least)
  for _, row in ipairs(list) do
    least = math.max(least, utf8.len(padded(row[key] or "", 0)))
  end
  return math.min(least, WIDEST)
end

--- Prints a line for each row, with the time.
local function print_rows(all, of)
  local columns, list, time = rows.columns(of), rows[of](all.list), os.date "%H:%M:%S"
  local names, places = width_of(list, "name", 32), width_of(list, "server", 24)
  local function line(first, name, server, text)
    name = padded(name, names) .. (of == "methods" and " " .. padded(server, places) or "")
    return padded(first, 8) .. " " .. name .. text .. "\n"
  end
  local lines = { line("time", of == "servers" and "server" or "method", "server",
    rows.text(columns)) }
  rows.sort(list, "calls", false)
  for _, row in ipairs(list) do
    local trouble = row.trouble and "  " .. core.printable(row.trouble, true) or ""
    lines[#lines + 1] = line(time, row.name, row.server, rows.text(columns, row) .. trouble)
  end
  assert(io.stdout:write(table.concat(lines), "\n"))
  assert(io.stdout:flush())
end

--- Prints rows after each look, and once, why no new names are found.
local function on_lines(all, options, of)
  local failed
  look(all, options, function()
    print_rows(all, of)
    if all.failure and not failed then
      cli.complain("name server: " .. all.failure)
    end
    failed = all.failure ~= nil
  end)
end

--- Runs functions in tasks until one of them returns. Raises its error.
local function race(...)
  local over, ok, err = core.new_event(), nil, nil
  local tasks = table.pack(...)
  for i, f in ipairs(tasks) do
    tasks[i] = core.spawn(function()
      local returned, failure = pcall(f)
      if ok == nil then
        ok, err = returned, failure
      end
      over:set()
    end)
  end
  over:wait()
  for _, task in ipairs(tasks) do
    coroutine.close(task)
  end
  return ok or error(err, 0)
end

--- Presses keys of a view as they are typed, until that is to end.
local function read_keys(terminal, scene, draw)
  local watcher <close> = core.watch(TERMINAL)
  local typed = ""
  while true do
    watcher:wait()
    local keys, rest = keys_of(typed .. (terminal.read() or "q"))
    typed = rest
    for _, key in ipairs(keys) do
      if key == "q" then
        return
      end
      scene:press(key)
    end
    draw(keys[#keys] == REDRAW)
  end
end

--- Does what signals ask for, until that is to end.
local function heed_signals(terminal, descriptor, draw)
  local watcher <close> = core.watch(descriptor)
  while true do
    watcher:wait()
    for signal in terminal.signal do
      if signal == "end" then
        return
      elseif signal == "stop" then
        terminal.stop()
      elseif signal == "continued" then
        terminal.take()
      end
    end
    draw(true)
  end
end

local function has_colors()
  return (os.getenv "NO_COLOR" or "") == ""
end

--- Shows rows on the terminal, until the user leaves. Returns false if there is no terminal.
local function on_terminal(all, options, of)
  local found, terminal = pcall(require, "pyro.terminal")
  local descriptor = found and (os.getenv "TERM" or "dumb") ~= "dumb" and terminal.open()
  if not descriptor then
    return false
  end
  local _ <close> = setmetatable({}, { __close = terminal.close })
  local scene, display = view.new(terminal.fit, of), screen.new(has_colors())
  local function draw(anew)
    local width, height = core.terminal_size(TERMINAL)
    if anew then
      display:clear()
    end
    if width then -- else the terminal is gone
      display:draw(scene:lines(width, height), height)
    end
  end
  draw()
  race(function()
    look(all, options, function()
      scene:take(all)
      draw()
    end)
  end, function()
    read_keys(terminal, scene, draw)
  end, function()
    heed_signals(terminal, descriptor, draw)
  end)
  return true
end

local function run(options)
  if config.COMMTIMEOUT == 0 then
    config.COMMTIMEOUT = TIME_LIMIT
  end
  local all = servers.new(finder.new(options.servers))
  local of = options.methods and "methods" or "servers"
  local once = options.count == 1
  if once or not on_terminal(all, options, of) then
    on_lines(all, options, of)
  end
end

local function delay_of(text)
  local seconds = tonumber(text)
  if seconds and seconds >= SHORTEST then
    return seconds
  end
  return nil, ("a delay is %g seconds or more, not '%s'"):format(SHORTEST, text)
end

--- Describes the command line to a parser, or to the generator of completions.
function top.command_line(parser)
  parser:description("Shows live what servers are doing: calls and errors in a second, times that "
    .. "half and 99 % of the calls did not exceed, calls in flight, and memory. The first look "
    .. "shows what was since each server was started.")
  parser:argument("uri", "names of the name server, starts of such names, or URIs; all names by "
    .. "default"):args("*"):target "servers"
  parser:option("-d --delay", "seconds between two looks", "1"):convert(delay_of)
  parser:option("-n --count", "how often to look; without it, until you leave"):convert(cli.count)
  parser:flag("-m --methods", "show methods, not servers")
  return parser
end

--- Runs the program.
---@param ... string command line arguments
---@return integer exit status
function top.main(...)
  return cli.run_remote(run, cli.parser("pyrolua top", top.command_line):parse { ... })
end

return top
