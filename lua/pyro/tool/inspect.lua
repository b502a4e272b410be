--- `pyrolua inspect URI`: prints what a server tells about a remote object.
local cli = require "pyro.tool.cli"
local core = require "pyro.core"

local inspect = {}

---@class pyro.Description
---@field uri string address of the object
---@field protocol integer 48 (Pyro4) or 502 (Pyro5)
---@field methods string[] sorted, as are the others
---@field oneway string[] methods that send no response
---@field attributes string[]

local function sorted(names)
  table.sort(names)
  return setmetatable(names, core.types.list)
end

--- Describes the object of a connected proxy.
---@param proxy pyro.Proxy
---@return pyro.Description
function inspect.describe(proxy)
  return {
    uri = tostring(proxy._pyroUri),
    protocol = proxy._pyroProtocol,
    methods = sorted(proxy._pyroMethods),
    oneway = sorted(proxy._pyroOneway),
    attributes = sorted(proxy._pyroAttrs),
  }
end

local function print_names(title, names, marks)
  print(title .. (#names == 0 and " none" or ""))
  for _, name in ipairs(names) do
    print("  " .. core.printable(name, true) .. (marks[name] and " (oneway)" or ""))
  end
end

local function run(options)
  local proxy <close> = cli.connect(options)
  local object = inspect.describe(proxy)
  if options.json then
    print(cli.json(object))
    return
  end
  local oneway = {}
  for _, name in ipairs(object.oneway) do
    oneway[name] = true
  end
  print(("%s (protocol %d)"):format(core.printable(object.uri, true), object.protocol))
  print_names("methods:", object.methods, oneway)
  print_names("attributes:", object.attributes, {})
end

--- Describes the command line to a parser, or to the generator of completions.
function inspect.command_line(parser)
  parser:description("Lists the methods and attributes of a remote object. Callers of oneway "
    .. "methods do not wait. Servers tell the names only.")
  cli.add_proxy_options(parser)
  parser:flag("-j --json", "print it as JSON")
  return parser
end

--- Runs the program.
---@param ... string command line arguments
---@return integer exit status
function inspect.main(...)
  return cli.run_remote(run, cli.parser("pyrolua inspect", inspect.command_line):parse { ... })
end

return inspect
