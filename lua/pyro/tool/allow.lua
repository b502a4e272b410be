--- `pyrolua allow --check FILE OBJECT METHOD`: says which rule of a file decides whether a client
--- may make a call.
local cli = require "pyro.tool.cli"
local core = require "pyro.core"

local allow = {}

--- Returns a line of a file, without blanks around it.
local function line_of(path, number)
  local count = 0
  for line in io.lines(path) do
    count = count + 1
    if count == number then
      return line:match "^%s*(.-)%s*$"
    end
  end
end

--- Prints which rule decides. Returns whether that allows the call.
local function check(options)
  local allowed, number = core.open_rules(options.check):decide {
    object = options.object,
    method = options.method,
    address = options.from,
    subject = options.cert,
    user = options.user,
    name = options.name,
  }
  local verdict = ("denied: no rule of %s matches"):format(options.check)
  if number then
    verdict = ("%s by %s:%d: %s"):format(allowed and "allowed" or "denied", options.check, number,
      line_of(options.check, number))
  end
  print(core.printable(verdict, true))
  return allowed
end

--- Describes the command line to a parser, or to the generator of completions.
function allow.command_line(parser)
  parser:description("Says which rule of a file (see the setting ALLOW) decides whether a client "
    .. "may call a method. The exit status is 0 if it may, 1 if not, 2 if the file or the command "
    .. "is wrong.")
  parser:option("--check", "file of rules"):count(1)
  parser:argument("object", "id of the object, such as Pyro.NameServer")
  parser:argument("method", "name of the method")
  parser:option("--from", "address of the client: 10.1.2.3, fd00::1 or unix; without it, rules "
    .. "with 'from' do not match")
  parser:option("--cert", "subject of the client's certificate: CN=worker1,O=Example; without it, "
    .. "the client has none")
  parser:option("--user", "user of an HTTP gateway; without it, the client is none")
  parser:option("--name", "name that a call of the name server is about; without it, about none")
  return parser
end

--- Runs the program.
---@param ... string command line arguments
---@return integer exit status
function allow.main(...)
  local options = cli.parser("pyrolua allow", allow.command_line, 2):parse { ... }
  local ok, result = pcall(check, options)
  if ok then
    return result and 0 or 1
  end
  cli.complain(cli.message(result))
  return 2
end

return allow
