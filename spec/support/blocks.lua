--- The fenced blocks of a page, and whether programs show what the page shows.
---
--- Commands follow "$ " (and go on after "> "), then comes their output. What a user types is marked
--- in it; before that may be a prompt, which ends in a colon, or in one of "?>)" and a blank.
--- A program that says that it is running goes on, and so does one where a line marks that, or
--- whose output ends in "..."; any other is run to its end, before the next begins. A block without
--- a command is what a program that goes on shows next.
--- Addresses, ports and ids are others in each run, but within a run they are the same wherever the
--- page has the same: also in commands, and in what is typed.
local assert = require "luassert"
local process = require "spec.support.process"

local blocks = {}

local TYPED = "   # typed in"
local MARKED = "   # goes on\n"
local GOES_ON = "^(.*)%.%.%.\n$"
local STARTED = { "^.-running%.[^\n]*\n", "^.-running on http[^\n]*\n", "^.-URI = PYRO:Pyro%.NameServer[^\n]*\n" }
local VARIABLE = { "0x%x%x%x%x%x%x+", "obj_%x+", "%x+%-%x+%-%x+%-%x+%-%x+", "localhost:%d+", "'localhost', %d+",
  "127%.0%.0%.1:%d+" }
-- Values for which the stock markets of the tutorial and others throw dice, times, and names of processes.
local RANDOM = { "%d+%-%d+%-%d+[T ]%d+:%d+:%d+%f[%D]%.?%d*%+?%d*:?%d*", "datetime%.datetime%b()", "zone %+%d+:%d+",
  "%d+%.%d+ m?sec", "= %d+ %l+/sec", "%(%d+/sec%)", "times%.%.%. %d+%.%d+",
  "%u%l+_%d+@[%w.-]+", "factorized %d+: %b[]", "received for %d+\n    %-%-> %b[]",
  "%d+%.%d%d%d s%f[%W]", "of process %d+",
  "N%u+%.%u+: %-?%d+%.%d+", "quotes generated for N%u+", "%l+ market example[%w.]+",
  "Symbols: %b[]", "stock symbols: %b[]", "%[%d+%-%d+%-%d+ %d+:%d+:%d+%.%d+," }

---@class spec.Block
---@field kind string what follows the fence: "lua", "console", ""
---@field text string
---@field line integer
---@field file? string the name that the line before it ends with: "`greeter.lua`:"
---@field commands spec.Shown[]

---@class spec.Shown
---@field command string
---@field output string
---@field typed string
---@field start? string the output until it goes on, where that is marked

--- A line of what a program shows: output, or what is typed.
local function add_line(shown, line)
  if line == MARKED then
    shown.start = shown.output
    return
  end
  local text = line:match("^(.*)" .. TYPED .. "\n$")
  if not text then
    shown.output = shown.output .. line
    return
  end
  local prompt, typed = text:match "^(.-[:?>)] +)(.*)$"
  if not prompt then
    prompt, typed = text:match "^([^:]*[%l)]:)(.*)$"
  end
  shown.output = shown.output .. (prompt or "")
  shown.typed = shown.typed .. (typed or text) .. "\n"
end

---@return spec.Shown[]
local function commands_of(text)
  local commands, shown = {}, nil
  for line in text:gmatch "[^\n]*\n" do
    local command = line:match "^%$ (.*)\n$"
    local more = shown and shown.output == "" and line:match "^> (.*)\n$"
    if command then
      shown = { command = command, output = "", typed = "" }
      commands[#commands + 1] = shown
    elseif more then
      shown.command = shown.command .. "\n" .. more
    elseif shown then
      add_line(shown, line)
    end
  end
  return commands
end

--- The blocks of a page, in order.
---@return spec.Block[]
function blocks.of(page)
  local list, block, before, number = {}, nil, "", 0
  for line in page:gmatch "([^\n]*)\n" do
    number = number + 1
    local fence = line:match "^```(.*)$"
    if block and fence then
      block.commands = commands_of(block.text)
      list[#list + 1], block, before = block, nil, ""
    elseif block then
      block.text = block.text .. line .. "\n"
    elseif fence then
      block = { kind = fence, line = number, text = "", file = before:match "`([%w/._-]+)`:$" }
    elseif line ~= "" then
      before = line
    end
  end
  assert(not block, "a block has no end")
  return list
end

--- Replaces what is another in each run by a mark, and drops blanks and orders to terminals, which
--- nobody sees; returns these parts, too, by their patterns.
local function skeleton(text)
  local parts = {}
  text = text:gsub("\27%[[%d;]*%a", ""):gsub(" +\n", "\n")
  for _, pattern in ipairs(RANDOM) do
    text = text:gsub(pattern, "<random>")
  end
  for i, pattern in ipairs(VARIABLE) do
    local of_pattern = {}
    text = text:gsub(pattern, function(part)
      of_pattern[#of_pattern + 1] = part
      return "<>"
    end)
    parts[i] = of_pattern
  end
  return text, parts
end

--- Returns whether the output is the expected one, or begins so. Learns what its variable parts are in this run.
---@param known table<string, string>
local function fits(expected, output, known)
  local start = expected:match(GOES_ON)
  local wanted, theirs = skeleton(start or expected)
  local got, ours = skeleton(output)
  if wanted ~= (start and got:sub(1, #wanted) or got) then
    return false
  end
  for i, parts in ipairs(theirs) do
    for j, part in ipairs(parts) do
      if (known[part] or ours[i][j]) ~= ours[i][j] then
        return false
      end
      known[part] = ours[i][j]
    end
  end
  return true
end

--- The output of a program that goes on, as far as it shows that it does.
---@return string|nil
---@param shown spec.Shown
local function beginning(shown)
  local output = shown.output
  if shown.start then
    return shown.start .. "...\n"
  end
  for _, pattern in ipairs(STARTED) do
    local start = output:match(pattern)
    if start then
      return start .. "...\n"
    end
  end
  return output:find(GOES_ON) and output
end

--- The programs of a page.
---@class spec.Session
---@field package start fun(command: string, typed: string): spec.Process
---@field package known table<string, string>
---@field package programs {program: spec.Process, command: string, output: string}[]
local Session = {}
Session.__index = Session

---@param start fun(command: string, typed: string): spec.Process starts the program of a command line
---@return spec.Session
function blocks.session(start)
  return setmetatable({ start = start, known = {}, programs = {} }, Session)
end

--- Returns what a text of the page is in this run.
function Session:translate(text)
  for _, pattern in ipairs(VARIABLE) do
    text = text:gsub(pattern, self.known)
  end
  return text
end

--- Waits until a program has shown what it shall.
---@package
function Session:await(program, command, output)
  process.run_until(function()
    return fits(output, program.output, self.known) or program.code and program.open == 0
  end)
  if not fits(output, program.output, self.known) then
    assert.are.equal(skeleton(output), skeleton(program.output), command)
    error(command .. ": an address or id is not the one that was shown before:\n" .. program.output)
  end
end

--- Starts a command's program; waits until it runs, or for its end.
---@param shown spec.Shown
function Session:run(shown)
  local program = self.start(self:translate(shown.command), self:translate(shown.typed))
  table.insert(self.programs, { program = program, command = shown.command, output = shown.output })
  local start = beginning(shown)
  if start then
    self:await(program, shown.command, start)
  else
    program:wait()
    self:await(program, shown.command, shown.output)
    assert(program.code == 0 or shown.output:find "Error: ", shown.command .. ": " .. program.output)
  end
end

--- Waits until a program that goes on shows this.
function Session:await_more(text)
  local found, running
  process.run_until(function()
    running = false
    for _, entry in ipairs(self.programs) do
      running = running or not entry.program.code
      found = fits(entry.output .. text, entry.program.output, self.known) and entry or found
    end
    return found or not running
  end)
  assert(found, "no program shows this:\n" .. text)
  found.output = found.output .. text
end

--- Waits until all programs have shown what they shall.
function Session:finish()
  for _, entry in ipairs(self.programs) do
    self:await(entry.program, entry.command, entry.output)
  end
end

return blocks
