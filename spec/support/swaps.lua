--- Pyro's examples, played with some of their programs in Lua and the others as Pyro has them.
---
--- spec/interop/swaps/FOLDER.lua returns the plays of examples/FOLDER. Many are played at the same
--- time, as some of Pyro's programs sleep a lot.
local peers = require "spec.support.peers"
local process = require "spec.support.process"
local shown = require "spec.support.shown"
local uv = require "luv"

local swaps = {}

local ORIGINALS = { -- where Debian's pyro4-examples has them, and Pyro5's sources
  Pyro4 = "/usr/share/doc/pyro4/examples",
  Pyro5 = (os.getenv "PYRO5_PATH" or "") .. "/examples",
}
local AT_ONCE = 10
-- Seconds for a program that is run to its end, and for the others to show the rest: ceilings.
local PATIENCE = tonumber(os.getenv "PATIENCE" or 20)
local LIMIT = 4 * PATIENCE

---@class spec.Part a program; what differs by its language is in fields of its name
---@field [1] string the program: "server" is server.lua or server.py
---@field command? string[] what to run instead: arguments of the interpreter
---@field arguments? string[] arguments of the program
---@field typed? string what is typed into it; may have names that are known by then, as in `shows`
---@field serves? boolean nothing is typed into it before its daemon serves
---@field last? string what is typed into it in the end; then it ends by itself
---@field replaces? integer the part whose program is ended before
---@field shows string its whole standard output, with the marks of spec.support.shown; with <ready>
---  it goes on while those after it are run, without that it is run to its end
---@field language? spec.Language that it always has: one that only prepares something
---@field Lua? spec.Part
---@field Pyro4? spec.Part
---@field Pyro5? spec.Part

---@class spec.Play
---@field [integer] spec.Part in the order in which they are started
---@field name? string what distinguishes it from the folder's other plays
---@field folder? string of the programs, where it is one inside the folder: "warehouse/phase2"
---@field originals? table<spec.Language, string> the folder's name there, where it is another one
---@field only? spec.Language the generation of Pyro that can play it
---@field env? table<string, string>
---@field Pyro4? {env: table<string, string>} where it is played with Pyro4's
---@field port? integer that it needs: not played while another play uses it

--- The part as it is in a language.
local function part_in(part, language)
  return setmetatable(part[language] or {}, { __index = part })
end

--- The languages of parts of which the i-th is in another one; and a title of that.
local function casting_of(parts, i, others, another)
  local casting, key = {}, {}
  for j, part in ipairs(parts) do
    casting[j] = part.language or casting[part.replaces] or i == j and another or others
    if not part.language then
      key[#key + 1] = part[1] .. " in " .. casting[j]
    end
  end
  return casting, table.concat(key, ", ")
end

--- Which parts are in which language: each alone is theirs, and each alone is ours. A program that
--- is started again stays in its language.
local function castings(parts, generation)
  local list, known = {}, {}
  for _, pair in ipairs { { "Lua", generation }, { generation, "Lua" } } do
    for i, part in ipairs(parts) do
      local casting, key = casting_of(parts, i, pair[1], pair[2])
      if not part.language and not part.replaces and not known[key] then
        list[#list + 1] = { languages = casting, title = key }
        known[key] = true
      end
    end
  end
  return list
end

local function cut(folder, play, generation, casting)
  local title = folder .. (play.name and (" (" .. play.name .. ")") or "") .. ": " .. casting.title
  return { title = title, folder = folder, play = play, generation = generation,
    languages = casting.languages, known = {}, programs = {} }
end

--- Where Pyro's programs of a play are.
local function originals(folder, play, generation)
  return ORIGINALS[generation] .. "/" .. ((play.originals or {})[generation] or play.folder or folder)
end

local function has_originals(folder, play, generation)
  return (play.only or generation) == generation and uv.fs_stat(originals(folder, play, generation)) ~= nil
end

--- All swaps of a folder.
function swaps.of(folder, generation)
  local list = {}
  for _, play in ipairs(require("spec.interop.swaps." .. folder)) do
    if has_originals(folder, play, generation) then
      for _, casting in ipairs(castings(play, generation)) do
        list[#list + 1] = cut(folder, play, generation, casting)
      end
    end
  end
  return list
end

--- The folders that have swaps.
local function all_folders()
  local folders = {}
  for name in uv.fs_scandir_next, uv.fs_scandir "spec/interop/swaps" do
    folders[#folders + 1] = name:match "^(.*)%.lua$"
  end
  table.sort(folders)
  return folders
end

--- The folders to swap: all, or the one that SWAPS names, to try it alone.
function swaps.folders()
  return os.getenv "SWAPS" and { os.getenv "SWAPS" } or all_folders()
end

--- Pyro's examples of which no folder of ours has a swap.
function swaps.missing(generation)
  local swapped, missing = {}, {}
  for _, folder in ipairs(all_folders()) do
    for _, play in ipairs(require("spec.interop.swaps." .. folder)) do
      swapped[(play.originals or {})[generation] or folder] = true
    end
  end
  for name, kind in uv.fs_scandir_next, uv.fs_scandir(ORIGINALS[generation]) do
    if kind == "directory" and not swapped[name] then
      missing[#missing + 1] = name
    end
  end
  table.sort(missing)
  return missing
end

--- A directory with the programs of both: what they write is gone with it.
local function stage(swap)
  local directory = assert(uv.fs_mkdtemp "/tmp/pyrolua_swap_XXXXXX")
  local theirs = originals(swap.folder, swap.play, swap.generation)
  assert(os.execute(("cp -r examples/%s/. '%s' && cp -r '%s/.' '%s' && find '%s' -name '*.gz' -exec gunzip {} +")
    :format(swap.play.folder or swap.folder, directory, theirs, directory, directory)))
  return directory
end

local function absolute(words)
  for i, word in ipairs(words) do
    if word:find "/" and uv.fs_stat(word) then
      words[i] = uv.fs_realpath(word)
    end
  end
  return words
end

--- The environment of its programs.
local function environment(swap)
  local env = { PYTHONPATH = uv.fs_realpath "spec/interop/python/whole_lines", PYTHONUNBUFFERED = false }
  if swap.generation == "Pyro5" then
    env.PYTHONPATH = env.PYTHONPATH .. ":" .. os.getenv "PYRO5_PATH"
  end
  for _, more in ipairs { swap.env, swap.play.env or {}, (swap.play[swap.generation] or {}).env } do
    for name, value in pairs(more) do
      env[name] = value
    end
  end
  return env
end

--- Starts the program of a part.
local function start(swap, part, language)
  local command = { env = environment(swap), cwd = swap.directory }
  table.move(part.command or { part[1] .. (language == "Lua" and ".lua" or ".py") }, 1, 20, 1, command)
  table.move(part.arguments or {}, 1, 20, #command + 1, command)
  for i, word in ipairs(command) do
    command[i] = shown.filled(word, swap.known)
  end
  return process.start(absolute(peers.command(language, command)))
end

--- Types what a user would; more may follow where the program goes on.
local function type_in(swap, part, program)
  if part.typed then
    program:write(shown.filled(part.typed, swap.known))
  end
  if not (part.typed and part.shows:find("<ready>", 1, true)) then
    program:close_input()
  end
end

local function report(swap, program, expected)
  local texts = { swap.title, ("--- %s (exit code %s, signal %s) should have shown:\n%s"):format(program.command,
    program.code, program.signal, shown.filled(expected, swap.known)), "--- but showed:\n" .. program.out }
  for _, entry in ipairs(swap.programs) do
    texts[#texts + 1] = ("--- and on stderr of %s:\n%s"):format(entry.program.command, entry.program.err)
  end
  return table.concat(texts, "\n")
end

local function has_ended(program)
  return program.code and program.open == 0
end

--- Waits, while other swaps go on, until the condition holds; without it, something else was shown.
local function await(swap, program, expected, seconds, condition)
  local deadline = uv.hrtime() + seconds * 1e9
  while not condition() do
    if uv.hrtime() > deadline or has_ended(program) and not condition() then
      error(report(swap, program, expected), 0)
    end
    coroutine.yield()
  end
end

--- The TCP port that a program listens on: the kernel lists it, with the socket that it has open.
local function port_of(program)
  local ports = {}
  for line in io.lines(("/proc/%d/net/tcp"):format(program.pid)) do
    local port, inode = line:match "^%s*%d+: %x+:(%x+) %S+ 0A %S+ %S+ %S+ +%d+ +%d+ (%d+)"
    if port then
      ports["socket:[" .. inode .. "]"] = tonumber(port, 16)
    end
  end
  local folder, found = ("/proc/%d/fd/"):format(program.pid), nil
  for name in uv.fs_scandir_next, uv.fs_scandir(folder) do -- to its end: else luv leaks it
    found = ports[uv.fs_readlink(folder .. name) or ""] or found
  end
  return found
end

--- Returns whether a program serves: then it closes the connection of somebody who speaks no Pyro.
local function serving(program)
  local socket, serves
  return function()
    local port = not has_ended(program) and not socket and port_of(program)
    if port then
      socket = uv.new_tcp()
      socket:connect("127.0.0.1", port, function()
        socket:write(("?"):rep(64))
        socket:read_start(function(err, data)
          if err or not data then
            socket:close()
            serves = true
          end
        end)
      end)
    end
    return serves
  end
end

local function await_text(swap, program, expected, beginning)
  await(swap, program, beginning or expected, beginning and LIMIT or PATIENCE, function()
    return shown.fits(beginning or expected, program.out, swap.known, beginning)
  end)
end

local function await_end(swap, program, expected)
  await(swap, program, expected, LIMIT, function()
    return has_ended(program)
  end)
end

--- Ends a program, as a user does.
local function interrupt(swap, entry)
  entry.program:kill "sigint"
  await_end(swap, entry.program, entry.expected)
end

local function run_part(swap, part, language)
  if part.replaces then
    interrupt(swap, swap.programs[part.replaces])
  end
  local expected, beginning = shown.split(shown.in_language(part.shows, language))
  local program = start(swap, part, language)
  table.insert(swap.programs, { program = program, expected = expected, last = part.last })
  if part.serves then
    await(swap, program, expected, PATIENCE, serving(program))
  end
  type_in(swap, part, program)
  if beginning then
    await_text(swap, program, expected, beginning)
  else
    await_end(swap, program, expected)
    await_text(swap, program, expected)
  end
end

local function finish_part(swap, entry)
  if entry.last then
    entry.program:write(entry.last)
    await_end(swap, entry.program, entry.expected)
  end
  await_text(swap, entry.program, entry.expected)
end

local function play(swap)
  swap.directory = stage(swap)
  swap.names, swap.env = peers.name_server "Lua"
  for i, part in ipairs(swap.play) do
    run_part(swap, part_in(part, swap.languages[i]), swap.languages[i])
  end
  for i = #swap.programs, 1, -1 do
    finish_part(swap, swap.programs[i])
  end
end

--- Ends its programs.
local function clear(swap)
  local programs = { swap.names }
  for _, entry in ipairs(swap.programs) do
    programs[#programs + 1] = entry.program
  end
  for _, program in ipairs(programs) do
    program:kill "sigterm"
  end
  for _, program in ipairs(programs) do
    await_end(swap, program, "")
  end
  os.execute(("rm -rf '%s'"):format(swap.directory))
end

local function play_and_clear(swap)
  local ok, err = pcall(play, swap)
  clear(swap)
  swap.failure = not ok and err or nil
end

--- Lets the swaps that are played go on, and starts others; the wanted one first.
local function advance(all, wanted)
  local count, busy = 0, {}
  local function step(swap)
    local port = swap.play.port or 0
    if swap.done or count == AT_ONCE or busy[port] then
      return
    end
    count, busy[port] = count + 1, port ~= 0
    swap.thread = swap.thread or coroutine.create(play_and_clear)
    local ok, err = coroutine.resume(swap.thread, swap)
    swap.done = coroutine.status(swap.thread) == "dead"
    swap.failure = not ok and err or swap.failure
  end
  for _, swap in ipairs(all) do
    if swap.thread then
      step(swap)
    end
  end
  step(wanted)
  for _, swap in ipairs(all) do
    if not swap.thread then
      step(swap)
    end
  end
end

--- Waits until a swap has been played; raises an error if it failed.
---@param all table[] what is played meanwhile
function swaps.check(all, wanted)
  local clock = uv.new_timer()
  clock:start(100, 100, function() end) -- for deadlines
  process.run_until(function()
    advance(all, wanted)
    return wanted.done
  end, 1e6)
  clock:close()
  if wanted.failure then
    error(wanted.failure, 0)
  end
end

return swaps
