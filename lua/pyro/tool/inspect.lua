--- `pyrolua inspect URI`: prints what a server tells about a remote object.
local cli = require "pyro.tool.cli"
local description = require "pyro.tool.description"

local inspect = {}

local function run(options)
  local proxy <close> = cli.connect(options)
  local object = description.of(proxy)
  print(options.json and cli.json(object) or description.text(object))
end

--- Describes the command line to a parser, or to the generator of completions.
function inspect.command_line(parser)
  parser:description("Lists the methods and attributes of a remote object. Callers of oneway "
    .. "methods do not wait. Servers in Lua and C can say what each does.")
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
