--- Runs an example as its README.md tells, and compares what it shows with what its README.md shows.
local assert = require "luassert"
local blocks = require "spec.support.blocks"
local peers = require "spec.support.peers"
local process = require "spec.support.process"
local uv = require "luv"

local examples = {}

local function read(path)
  local file <close> = assert(io.open(path))
  return file:read "a"
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

--- Returns the command that runs a program: "./name" was compiled from the folder's name.c.
local function command_of(words, folder)
  local compiled = words[1]:match "^%./(.+)$"
  if compiled then
    words[1] = process.build() .. "/examples/" .. folder .. "/" .. compiled
    return words
  end
  return peers.command(table.remove(words, 1) == "pyrolua" and "Lua" or "Pyro4", words)
end

--- Starts the program of a command line in an example's folder. Its standard error goes where its
--- standard output goes: what comes first is first.
---@param command string "pyrolua client.lua 5"
---@param options? {env?: table, input?: string}
---@return spec.Process
function examples.start(folder, command, options)
  options = options or {}
  local words = {}
  for word in command:gmatch "%S+" do
    words[#words + 1] = word
  end
  words.env, words.input = options.env, options.input
  words = absolute(command_of(words, folder))
  words.cwd = "examples/" .. folder
  table.move(words, 1, #words, 5)
  table.move({ "sh", "-c", 'exec "$@" 2>&1', "sh" }, 1, 4, 1, words)
  return process.start(words)
end

--- Where a folder's modules in C are found, which were compiled.
---@return string LUA_CPATH
function examples.modules(folder)
  return ("%s/examples/%s/?.so;;"):format(uv.fs_realpath(process.build()), folder)
end

--- The example does what its README shows.
---@param folder string in examples/
function examples.check(folder)
  local _, env = peers.name_server "Lua"
  env.LUA_CPATH = examples.modules(folder)
  local session = blocks.session(function(command, typed)
    return examples.start(folder, command, { env = env, input = typed })
  end)
  local count = 0
  for _, block in ipairs(blocks.of(read("examples/" .. folder .. "/README.md"))) do
    for _, shown in ipairs(block.commands) do
      session:run(shown)
      count = count + 1
    end
  end
  assert(count > 0, "the README has no command")
  session:finish()
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
