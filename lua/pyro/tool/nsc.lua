--- The name server control program: `pyrolua -m pyro.nsc`, with the commands and output of
--- Pyro4.nsc and Pyro5.nsc, for the name servers of both.
local cli = require "pyro.tool.cli"
local core = require "pyro.core"
local pyro = require "pyro"
local progress = require "pyro.tool.progress"
local sorted = require "pyro.sorted"
local transfer = require "pyro.tool.transfer"

local BATCH = 1000 -- names that are removed together

local nsc = {}

--- Prints a line, with characters that are not seen as escapes: anyone can register names and URIs,
--- and none may steer the terminal.
local function say(format, ...)
  print(core.printable(format:format(...), true))
end

--- Returns what a name server sent, which has to be of that type.
local function expect(kind, value)
  if math.type(value) ~= kind and type(value) ~= kind then
    error(pyro.ProtocolError "malformed answer of the name server")
  end
  return value
end

--- Returns the URI and the metadata that a name server sent for a name.
local function expect_entry(entry)
  expect("table", entry)
  return entry[1], expect("table", entry[2])
end

--- Returns the names in a list, sorted.
local function names_of(list)
  for name in pairs(expect("table", list)) do
    expect("string", name)
  end
  return sorted(list)
end

--- Says since when a name is registered, and who keeps it for how long.
local function describe_lease(lease)
  local owner, age, left = table.unpack(expect("table", lease), 1, 3)
  local parts = { ("registered %d s ago"):format(expect("integer", age)) }
  if owner ~= pyro.null then
    parts[2] = "kept by " .. expect("string", owner)
  end
  if left ~= pyro.null then
    parts[3] = ("%.0f s left"):format(expect("number", left))
  end
  return table.concat(parts, ", ")
end

--- Prints a list; with leases (by name), what they say, too.
local function print_list(result, title, leases)
  local names = names_of(result)
  say("--------START LIST %s", title)
  for _, name in ipairs(names) do
    local uri, metadata = expect_entry(result[name])
    say("%s --> %s", name, uri)
    if #metadata > 0 then
      say("    metadata: %s", pyro.repr(metadata))
    end
    if leases and leases[name] then
      say("    %s", describe_lease(leases[name]))
    end
  end
  say("--------END LIST %s", title)
end

--- Asks for names, with their metadata. Shows how many bytes of them have come.
local function fetch(ns, filter)
  local _ <close> = transfer.watch()
  filter.return_metadata = true
  return ns:list(filter)
end

---@type table<string, fun(ns: pyro.NameServer, ...: string)>
local commands = {}

function commands.ping(ns)
  ns:ping()
  print "Name server ping ok."
end

local function list(ns, prefix, leases)
  local title = prefix and ("- prefix '%s'"):format(prefix) or ""
  print_list(fetch(ns, { prefix = prefix }), title, leases)
end

function commands.list(ns, prefix)
  list(ns, prefix)
end

function commands.listmatching(ns, pattern)
  print_list(fetch(ns, { regex = pattern }), ("- regex '%s'"):format(pattern))
end

function commands.listmeta_all(ns, ...)
  print_list(fetch(ns, { metadata_all = { ... } }), " - searched by metadata")
end

function commands.listmeta_any(ns, ...)
  print_list(fetch(ns, { metadata_any = { ... } }), " - searched by metadata")
end

commands.yplookup_all = commands.listmeta_all -- Pyro5's words
commands.yplookup_any = commands.listmeta_any

function commands.lookup(ns, name)
  local uri, metadata = expect_entry(ns:lookup(name, { return_metadata = true }))
  say("%s", uri)
  if #metadata > 0 then
    say("metadata: %s", pyro.repr(metadata))
  end
end

function commands.register(ns, name, uri)
  ns:register(name, uri, { safe = true })
  say("Registered %s", name)
end

function commands.remove(ns, name)
  say(expect("integer", ns:remove(name)) > 0 and "Removed %s" or "Nothing removed", name)
end

--- Removes names. Returns how many existed.
local function remove_batch(ns, names)
  local batch, count = pyro.batch(ns.proxy), 0
  for _, name in ipairs(names) do
    if name == "" then -- which to remove() is none
      batch:remove(pyro.kwargs { regex = "\\Z" })
    else
      batch:remove(name)
    end
  end
  for removed in batch() do
    count = count + expect("integer", removed)
  end
  return count
end

--- Removes any number of names, and shows how many are left. Returns how many existed.
local function remove_all(ns, names)
  local line <close> = cli.progress()
  local count = 0
  for first = 1, #names, BATCH do
    local last = math.min(first + BATCH - 1, #names)
    count = count + remove_batch(ns, table.move(names, first, last, 1, {}))
    line:show(function()
      return ("removed %s of %s"):format(progress.count(last), progress.count(#names))
    end)
  end
  return count
end

--- Lists the names that match, asks for confirmation, and removes these and no other.
function commands.removematching(ns, pattern)
  local found = expect("table", fetch(ns, { regex = pattern }))
  found["Pyro.NameServer"] = nil -- stays
  local names = names_of(found)
  if #names == 0 then
    print "Nothing removed"
    return
  end
  print_list(found, ("- to be removed by regex '%s'"):format(pattern))
  io.write "Potentially removing lots of items from the Name server. Are you sure (y/n)?"
  io.stdout:flush()
  local sure = (io.read "l" or ""):match "^%s*(.-)%s*$"
  if sure == "y" or sure == "Y" then
    print(("%d items removed."):format(remove_all(ns, names)))
  end
end

function commands.setmeta(ns, name, ...)
  ns:set_metadata(name, { ... })
  print(select("#", ...) > 0 and "Metadata updated" or "Metadata cleared")
end

--- Returns whether a name server has a method: Pyro's have fewer.
local function has(ns, method)
  return (pcall(function()
    return ns.proxy[method]
  end))
end

--- Prints changes as they come, without end.
function commands.watch(ns, prefix)
  if not has(ns, "watch") then
    error(pyro.NamingError "this name server tells of no changes; pyrolua's does")
  end
  local timeout = pyro.config.COMMTIMEOUT
  local seconds = timeout > 0 and math.min(timeout / 2, 30) or 30
  local revision
  while true do
    local told = expect("table", ns:watch(revision, prefix, seconds))
    revision = told[1]
    if not told[3] then
      print "(some changes were missed)"
    end
    for _, change in ipairs(expect("table", told[2])) do
      say("%s %s --> %s", table.unpack(expect("table", change), 1, 3))
    end
    io.stdout:flush()
  end
end

--- Commands that do something else with --verbose.
local verbose = {}

function verbose.list(ns, prefix)
  list(ns, prefix, has(ns, "leases") and expect("table", ns:leases(prefix)) or nil)
end

--- Number of arguments of each command: least, most, and the message for any other number.
local arity = {
  ping = { 0, 0, "takes no arguments" },
  list = { 0, 1, "takes at most one argument: prefix" },
  listmatching = { 1, 1, "requires one argument: pattern" },
  listmeta_all = { 1, math.huge, "requires at least one metadata tag argument" },
  listmeta_any = { 1, math.huge, "requires at least one metadata tag argument" },
  yplookup_all = { 1, math.huge, "requires at least one metadata tag argument" },
  yplookup_any = { 1, math.huge, "requires at least one metadata tag argument" },
  lookup = { 1, 1, "requires one argument: name" },
  register = { 2, 2, "requires two arguments: name uri" },
  remove = { 1, 1, "requires one argument: name" },
  removematching = { 1, 1, "requires one argument: pattern" },
  watch = { 0, 1, "takes at most one argument: prefix" },
  setmeta = { 1, math.huge, "requires at least 2 arguments: uri and zero or more meta tags" },
}

--- Returns the names of the commands, sorted.
---@return string[]
function nsc.commands()
  return sorted(commands)
end

--- Describes the options to a parser, or to the generator of completions.
function nsc.command_line(parser)
  parser:description "Pyro name server control."
  parser:option("-n --host", "hostname of the NS")
  parser:option("-p --port", "port of the NS (or bc-port if host isn't specified)")
    :convert(cli.port)
  parser:option("-u --unixsocket", "Unix domain socket name of the NS")
  cli.add_key_option(parser)
  parser:flag("-v --verbose", "verbose output")
  return parser
end

local function parse(arguments)
  local parser = cli.parser("pyrolua-nsc", nsc.command_line)
  parser:argument("command", "register remove removematching lookup list listmatching "
    .. "listmeta_all listmeta_any yplookup_all yplookup_any setmeta ping watch")
  parser:argument("arguments"):args "*"
  local options = parser:parse(arguments)
  if not commands[options.command] then
    parser:error(("invalid or missing command '%s'"):format(options.command))
  end
  return options
end

local function locate(options)
  local host = options.unixsocket and "./u:" .. options.unixsocket or options.host
  return pyro.locateNS(host, options.port)
end

local function report(err)
  if getmetatable(err) == core.error_type then
    say("Error: %s - %s", err.class, err.message)
  else
    say("Error: %s", tostring(err))
  end
end

--- Runs the program.
---@param ... string command line arguments
---@return integer exit status
function nsc.main(...)
  local options = parse { ... }
  if not cli.use_key(options) then
    return 1
  end
  local least, most, usage = table.unpack(arity[options.command])
  if #options.arguments < least or #options.arguments > most then
    cli.complain(("%s %s"):format(options.command, usage))
    return 1
  end
  if options.verbose then
    print "Locating name server..."
  end
  local found, ns = pcall(locate, options)
  if not found then
    say("Error: %s", cli.message(ns))
    return 1
  end
  if options.verbose then
    say("Name server found: %s", tostring(ns._pyroUri))
  end
  local run = options.verbose and verbose[options.command] or commands[options.command]
  local ok, err = pcall(run, ns, table.unpack(options.arguments))
  if not ok then
    report(err)
  end
  if options.verbose then
    print "Done."
  end
  return ok and 0 or 1
end

return nsc
