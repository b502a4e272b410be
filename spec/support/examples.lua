--- Runs an example as its README.md tells, and compares what it shows with what its README.md shows.
---
--- Each console block of a README is a command and its output. A program that says that it is
--- running goes on; any other is run to its end, before the next begins. What a user types is
--- marked in the README. Addresses, ports and ids are others in each run, but within a run they are
--- the same wherever the README has the same: also in the next program's arguments.
local assert = require "luassert"
local peers = require "spec.support.peers"
local process = require "spec.support.process"
local uv = require "luv"

local examples = {}

local STARTED = "^.-running%.\n"
local TYPED = "   # typed in"
local VARIABLE = { "0x%x%x%x%x%x%x+", "obj_%x+", "%x+%-%x+%-%x+%-%x+%-%x+", "localhost:%d+", "'localhost', %d+",
  "127%.0%.0%.1:%d+" }

---@class spec.Block
---@field command string
---@field output string
---@field typed? string

local function read(path)
  local file <close> = assert(io.open(path))
  return file:read "a"
end

---@return spec.Block[]
local function blocks_of(readme)
  local blocks = {}
  for command, lines in readme:gmatch "\n```\n%$ ([^\n]+)\n(.-)```\n" do
    local typed = {}
    local output = lines:gsub("[^\n]*\n", function(line)
      local text = line:match("^(.*)" .. TYPED .. "\n$")
      if text then
        typed[#typed + 1] = text .. "\n"
        return ""
      end
    end)
    blocks[#blocks + 1] = { command = command, output = output, typed = table.concat(typed) }
  end
  return blocks
end

--- Replaces what is another in each run by a mark; returns these parts, too.
local function skeleton(text)
  local parts = {}
  for _, pattern in ipairs(VARIABLE) do
    text = text:gsub(pattern, function(part)
      parts[#parts + 1] = part
      return "<>"
    end)
  end
  return text, parts
end

--- Whether the output is the expected one. Learns what the README's variable parts are in this run.
---@param known table<string, string>
local function fits(expected, output, known)
  local wanted, theirs = skeleton(expected)
  local got, ours = skeleton(output)
  if wanted ~= got then
    return false
  end
  for i, part in ipairs(theirs) do
    if (known[part] or ours[i]) ~= ours[i] then
      return false
    end
    known[part] = ours[i]
  end
  return true
end

--- Makes the paths of a command absolute: it runs in another folder.
local function absolute(words)
  for i, word in ipairs(words) do
    if word:find "/" and uv.fs_stat(word) then
      words[i] = uv.fs_realpath(word)
    end
  end
  return words
end

--- What runs a program: "./name" was compiled from the folder's name.c.
local function command_of(words, folder)
  local compiled = words[1]:match "^%./(.+)$"
  if compiled then
    words[1] = process.build() .. "/examples/" .. folder .. "/" .. compiled
    return words
  end
  return peers.command(table.remove(words, 1) == "pyrolua" and "Lua" or "Pyro4", words)
end

--- Starts the program of a command line in an example's folder.
---@param command string "pyrolua client.lua 5"
---@param options? {env?: table, input?: string, known?: table<string, string>}
---@return spec.Process
function examples.start(folder, command, options)
  options = options or {}
  local words = {}
  for word in command:gmatch "%S+" do
    for part, ours in pairs(options.known or {}) do
      local first, last = word:find(part, 1, true)
      word = first and word:sub(1, first - 1) .. ours .. word:sub(last + 1) or word
    end
    words[#words + 1] = word
  end
  words.env, words.input = options.env, options.input
  words = absolute(command_of(words, folder))
  words.cwd = "examples/" .. folder
  return process.start(words)
end

--- Waits until a program has shown what its block shows.
local function await_output(program, block, known)
  process.run_until(function()
    return fits(block.output, program.output, known) or program.code and program.open == 0
  end)
  if not fits(block.output, program.output, known) then
    assert.are.equal(skeleton(block.output), skeleton(program.output), block.command)
    error(block.command .. ": an address or id is not the one that was shown before:\n" .. program.output)
  end
end

--- Starts a block's program; waits until it runs, or for its end.
local function run(folder, block, env, known)
  local program = examples.start(folder, block.command, { env = env, known = known, input = block.typed })
  local start = block.output:match(STARTED)
  if start then
    program:expect(STARTED)
    fits(start, program.output:match(STARTED), known)
  else
    assert.are.equal(0, program:wait(), program.output)
    await_output(program, block, known)
  end
  return program
end

--- The example does what its README shows.
---@param folder string in examples/
function examples.check(folder)
  local _, env = peers.name_server "Lua"
  local blocks = blocks_of(read("examples/" .. folder .. "/README.md"))
  assert(#blocks > 0, "the README has no console block")
  local known, running = {}, {}
  for _, block in ipairs(blocks) do
    running[block] = run(folder, block, env, known)
  end
  for _, block in ipairs(blocks) do
    await_output(running[block], block, known)
  end
end

--- The folders of the index, by name; the tutorial has a spec of its own.
---@return string[]
function examples.indexed()
  local folders = {}
  for name in read "examples/README.md":gmatch "\n| %[(.-)%]%(%1/README%.md%) | [^\n]+ |" do
    folders[#folders + 1] = name
  end
  return folders
end

--- The folders that there are.
---@return string[]
function examples.folders()
  local folders = {}
  for name in uv.fs_scandir_next, uv.fs_scandir "examples" do
    if uv.fs_stat("examples/" .. name .. "/README.md") then
      folders[#folders + 1] = name
    end
  end
  table.sort(folders)
  return folders
end

return examples
