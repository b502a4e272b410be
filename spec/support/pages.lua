--- Runs the blocks of a page of documentation, in order, in a folder of the page's own, where the
--- programs are those that are installed. `spec.support.blocks` says what commands are.
---
--- A block of code is run as it is; a block without a command right after it is what it prints (else
--- it prints nothing). Where the line before it ends with a name, as "`greeter.lua`:", it is a file
--- of that name, which is run by what follows; a name of a file of this project: a part of that.
--- C is compiled. Port 9999 of a page is one that is free. Python for Pyro5 is run with Pyro4 where
--- there is no Pyro5: it differs in names only.
local assert = require "luassert"
local blocks = require "spec.support.blocks"
local peers = require "spec.support.peers"
local process = require "spec.support.process"
local uv = require "luv"

local pages = {}

local CC = "cc -std=c11 -Wall -Wextra -Wpedantic -Werror"
local GENERATIONS = peers.generations()
local HAS_PYRO5 = GENERATIONS[#GENERATIONS] == "Pyro5"

--- Names that Pyro4 has for the things of Pyro5 that pages use.
local PYRO4_NAMES = {
  { "from Pyro5%.api import SerializerBase", "from Pyro4.util import SerializerBase" },
  { "Pyro5%.api%.locate_ns", "Pyro4.locateNS" },
  { "Pyro5%.nameserver", "Pyro4.naming" },
  { "Pyro5%.nsc", "Pyro4.nsc" },
  { "Pyro5%.api", "Pyro4" },
}

local SHOWS = { [""] = true, console = true }

---@class spec.Kind of blocks: how they are run, where FILE is a file's name, and NAME that without its suffix
---@field suffix string
---@field uses string[] how others use a file of that name
---@field compile? string a command that has to succeed
---@field run? string a command

---@type table<string, spec.Kind>
local KINDS = {
  lua = { suffix = ".lua", uses = { " FILE", 'require "NAME"' }, run = "pyrolua FILE" },
  python = { suffix = ".py", uses = { " FILE", "import NAME" }, run = "python3 FILE" },
  c = { suffix = ".c", uses = { "./NAME" }, run = "./NAME",
    compile = CC .. (process.preload() and " -fsanitize=address,undefined" or "")
      .. " -o NAME FILE $(pkg-config --cflags --libs pyrolua)" },
  allow = { suffix = ".allow", uses = { " FILE" }, compile = "sh -c 'pyrolua allow --check FILE a b; test $? != 2'" },
  yaml = { suffix = ".yml", uses = { "FILE" }, compile = "promtool check config FILE" },
  json = { suffix = ".json", uses = { "FILE" }, compile = "python3 -c 'import json; json.load(open(\"FILE\"))'" },
  ini = { suffix = ".ini", uses = { "FILE" }, compile = "python3 -c 'import configparser;"
    .. " configparser.ConfigParser(strict=False).read_file(open(\"FILE\"))'" },
}

local function fill_in(template, file)
  return (template:gsub("%u+", { FILE = file, NAME = file:match "^[^.]*" }))
end

local function read(path)
  local file <close> = assert(io.open(path))
  return file:read "a"
end

--- A page's text, as it is run here.
local function runnable(path)
  local text = read(path):gsub("9999", tostring(process.free_port()))
  for _, names in ipairs(HAS_PYRO5 and {} or PYRO4_NAMES) do
    text = text:gsub(names[1], names[2])
  end
  return text
end

local function write(path, text)
  local file <close> = assert(io.open(path, "w"))
  file:write(text)
end

---@class spec.Page
---@field folder string
---@field env table<string, string>
---@field session spec.Session
local Page = {}
Page.__index = Page

---@param installation spec.Installation
local function environment(installation, folder)
  local env = installation:environment()
  local command = peers.command("Pyro5", {})
  local python = command[1]:match "^(.*)/"
  env.PYTHONPATH = command.env.PYTHONPATH
  env.PATH = ("%s/bin:%s:%s"):format(installation.prefix, python, os.getenv "PATH")
  env.PYRO_NS_HOST, env.PYRO_NS_PORT = "localhost", tostring(process.free_port())
  env.PYTHONWARNINGS, env.PYTHONUNBUFFERED, env.PYTHONDONTWRITEBYTECODE = "ignore", "1", "1"
  env.HOME = folder
  if process.preload() then
    env.LD_PRELOAD, env.ASAN_OPTIONS = process.preload(), "detect_leaks=0"
  end
  return env
end

--- Starts a command of the page, in the place of the shell: it is what gets signals.
function Page:start(command, typed)
  local program = command:gsub("^curl ", "-u LD_PRELOAD %0") -- hangs with ASan's library
  local shell = "exec 2>&1; exec env " .. program
  return process.start { "sh", "-c", shell, env = self.env, cwd = self.folder, input = typed }
end

--- Returns whether later blocks use a file.
---@param kind spec.Kind
---@param later spec.Block[]
local function is_used(file, kind, later)
  for _, block in ipairs(later) do
    for _, use in ipairs(kind.uses) do
      if block.text:find(fill_in(use, file), 1, true) then
        return true
      end
    end
  end
  return false
end

--- A block of a program: a part of a file that is there, a file that is run later, or run now.
---@param output string what it prints
---@param later spec.Block[]
---@return boolean whether it was run
function Page:run_code(block, output, later)
  if block.file and block.file:find "/" then
    assert(read(block.file):find(block.text, 1, true), "that is no part of " .. block.file)
    return false
  end
  local kind = assert(KINDS[block.kind], "nobody knows how to run this")
  local name = block.file or ("line_%d%s"):format(block.line, kind.suffix)
  write(self.folder .. "/" .. name, block.text)
  if kind.compile then
    local compiler = self:start(fill_in(kind.compile, name), "")
    assert.are.equal(0, compiler:wait(), compiler.output)
  end
  if block.file or not kind.run then
    assert(not block.file or is_used(name, kind, later), "nothing uses this file")
    return false
  end
  self.session:run { command = fill_in(kind.run, name), output = output, typed = "" }
  return true
end

--- Runs a block; returns whether the next block was its output.
---@param later spec.Block[]
function Page:run(block, later)
  if not SHOWS[block.kind] then
    local shown = later[1] and SHOWS[later[1].kind] and #later[1].commands == 0
    return self:run_code(block, shown and later[1].text or "", later) and shown
  end
  if #block.commands == 0 then
    self.session:await_more(block.text)
  end
  for _, shown in ipairs(block.commands) do
    self.session:run(shown)
  end
end

local function new_page(installation)
  local folder = assert(uv.fs_mkdtemp(installation.root .. "/page_XXXXXX"))
  for _, name in ipairs { "examples", "scripts" } do
    assert(uv.fs_symlink(uv.fs_realpath(name), folder .. "/" .. name))
  end
  local page = setmetatable({ folder = folder, env = environment(installation, folder) }, Page)
  page.session = blocks.session(function(command, typed)
    return page:start(command, typed)
  end)
  return page
end

--- All blocks of a page do what the page says.
---@param path string
---@param installation spec.Installation
---@param exempt table<string, string> blocks that are not run, by their first lines
function pages.check(path, installation, exempt)
  local page = new_page(installation)
  local list = blocks.of(runnable(path))
  while list[1] do
    local block = table.remove(list, 1)
    local ok, used = xpcall(function()
      return not exempt[block.text:match "^[^\n]*"] and page:run(block, list)
    end, function(err)
      return ("%s:%d: %s"):format(path, block.line, type(err) == "table" and err.message or err)
    end)
    assert(ok, used)
    if used then
      table.remove(list, 1)
    end
  end
  page.session:finish()
end

--- The pages there are.
---@return string[]
function pages.all()
  local list = {}
  for name in uv.fs_scandir_next, uv.fs_scandir "docs" do
    list[#list + 1] = name:match "%.md$" and "docs/" .. name
  end
  table.sort(list)
  return table.move(list, 1, #list, 5, { "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md" })
end

return pages
