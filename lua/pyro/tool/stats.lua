--- `pyrolua stats URI`: prints what the server of a remote object has counted.
local cli = require "pyro.tool.cli"
local core = require "pyro.core"
local pyro = require "pyro"
local sorted = require "pyro.sorted"

local stats = {}

--- Raises the error that a server sent something else than that.
---@param what? string what was expected; by default, statistics
function stats.malformed(what)
  error(pyro.ProtocolError("malformed " .. (what or "statistics")))
end

--- Returns a table with string keys that a server sent.
---@param value any
---@param what? string what it should be, for stats.malformed()
---@return table<string, any>
function stats.expect_dict(value, what)
  for name in pairs(type(value) == "table" and value or stats.malformed(what)) do
    if type(name) ~= "string" then
      stats.malformed(what)
    end
  end
  return value
end

--- Connects to the daemon at a location.
---@param location string "localhost:4711" or "./u:path"
---@param options {timeout?: number, serializer?: string}
---@return pyro.Proxy
function stats.connect(location, options)
  return cli.connect {
    uri = "PYRO:Pyro.Daemon@" .. location,
    timeout = options.timeout,
    serializer = options.serializer,
  }
end

--- Asks a daemon for its statistics. Returns nil if it has none, as Pyro's.
---@param daemon pyro.Proxy
---@param buckets? boolean histograms, too
---@return table<string, any>|nil
function stats.ask(daemon, buckets)
  local ok, answer = pcall(function()
    return daemon:stats(buckets or false)
  end)
  if ok then
    return stats.expect_dict(answer)
  elseif getmetatable(answer) ~= core.error_type or answer.class ~= "AttributeError" then
    error(answer, 0)
  end
end

--- Adds the values in a table to a list, each with its path: "calls.errors.ValueError".
local function add_values(list, path, value)
  if type(value) ~= "table" then
    local text = math.type(value) == "float" and ("%.6f"):format(value) or tostring(value)
    list[#list + 1] = { path, text }
    return
  end
  for _, name in ipairs(sorted(stats.expect_dict(value))) do
    add_values(list, path and path .. "." .. name or name, value[name])
  end
end

--- Prints values in lines of two columns.
local function print_values(list)
  local width = 0
  for _, entry in ipairs(list) do
    width = math.max(width, #entry[1])
  end
  for _, entry in ipairs(list) do
    print(core.printable(entry[1] .. (" "):rep(width + 1 - #entry[1]) .. entry[2], true))
  end
end

--- Formats counts by class: "ValueError 2, KeyError 1".
local function errors_text(errors)
  local parts = {}
  for i, class in ipairs(sorted(stats.expect_dict(errors))) do
    parts[i] = class .. " " .. tostring(errors[class])
  end
  return table.concat(parts, ", ")
end

local ROW = "%9s %9s %11s %11s %11s  %s"

local function seconds_text(value)
  return ("%.6f"):format(type(value) == "number" and value or stats.malformed())
end

local function method_row(name, method)
  local errors = errors_text(stats.expect_dict(method).errors)
  return ROW:format(method.calls, method.in_flight, seconds_text(method.p50),
    seconds_text(method.p99), seconds_text(method.p999),
    errors == "" and name or name .. ": " .. errors)
end

--- Prints a row for each method that was called.
local function print_methods(methods)
  local names = sorted(stats.expect_dict(methods))
  if #names > 0 then
    print("\n" .. ROW:format("calls", "in_flight", "p50", "p99", "p999", "method: errors"))
  end
  for _, name in ipairs(names) do
    print(core.printable(method_row(name, methods[name]), true))
  end
end

--- Returns the location of an object, which has to be there.
local function location_of(options)
  local object <close> = cli.connect(options)
  return object._pyroUri.location
end

local function run(options)
  local daemon <close> = stats.connect(location_of(options), options)
  local counted = stats.ask(daemon)
    or error("this server has no statistics; pyrolua's servers have", 0)
  if options.json then
    print(cli.json(counted))
    return
  end
  local methods, values = counted.methods, {}
  counted.methods = nil
  add_values(values, nil, counted)
  print_values(values)
  print_methods(methods)
end

local function uri_of(word)
  return word:find "^PYRO%u*:" and word or "PYRONAME:" .. word
end

--- Describes the command line to a parser, or to the generator of completions.
function stats.command_line(parser)
  parser:description("Prints what the server of a remote object has counted: calls, errors, times "
    .. "in seconds, and more.")
  parser:argument("uri", "URI of the object, or its name in the name server"):convert(uri_of)
  cli.add_connection_options(parser)
  parser:flag("-j --json", "print it as JSON")
  return parser
end

--- Runs the program.
---@param ... string command line arguments
---@return integer exit status
function stats.main(...)
  return cli.run_remote(run, cli.parser("pyrolua stats", stats.command_line):parse { ... })
end

return stats
