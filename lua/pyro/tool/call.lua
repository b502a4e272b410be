--- `pyrolua call URI METHOD ARGUMENT…`: calls a method of a remote object, and prints its result.
local cli = require "pyro.tool.cli"
local pretty = require "pyro.tool.pretty"
local pyro = require "pyro"
local transfer = require "pyro.tool.transfer"

local call = {}

--- The names that expressions may use: Lua's globals and pyro. Any other word is probably meant as
--- a string.
local environment = setmetatable({ pyro = pyro }, {
  __index = function(_, name)
    local value = _G[name]
    if value == nil then
      error(("no global is named '%s'; a string begins with a colon, as in :text"):format(name), 0)
    end
    return value
  end,
})

--- Returns the value of an argument: a string after a colon, or else a Lua expression.
---@param word string
---@return any
local function value_of(word)
  if word:sub(1, 1) == ":" then
    return word:sub(2)
  end
  local f, message = load("return " .. word, "=expression", "t", environment)
  local results = f and table.pack(pcall(f))
  if not f or not results[1] then
    error(("argument '%s': %s"):format(word, f and tostring(results[2]) or message), 0)
  elseif results.n ~= 2 then
    error(("argument '%s' must be one value, not %d"):format(word, results.n - 1), 0)
  end
  return results[2]
end

local function named(words)
  local kwargs = {}
  for _, word in ipairs(words) do
    local name, expression = word:match "^([%a_][%w_]*)=(.*)$"
    if not name then
      error(("named argument '%s': it has no '='; write NAME=VALUE"):format(word), 0)
    end
    kwargs[name] = value_of(expression)
  end
  return pyro.kwargs(kwargs)
end

--- Returns all arguments of the method.
local function arguments_of(options)
  local arguments = { n = #options.arguments }
  for i, word in ipairs(options.arguments) do
    arguments[i] = value_of(word)
  end
  if #options.named > 0 then
    arguments.n = arguments.n + 1
    arguments[arguments.n] = named(options.named)
  end
  return table.unpack(arguments, 1, arguments.n)
end

--- Prints a result; of a stream, each item as it arrives.
local function print_result(text_of, watch, result, ...)
  local function show(value)
    local text = text_of(value)
    watch:clear()
    print(text)
  end
  local metatable = getmetatable(result)
  if metatable and metatable.__name == "pyro.Stream" then
    watch.items = 0
    for item in result, ... do
      watch.items = watch.items + 1
      show(item)
    end
  else
    show(result)
  end
end

local function run(options)
  local arguments = table.pack(arguments_of(options))
  local proxy <close> = cli.connect(options)
  local method = proxy[options.method]
  if type(method) ~= "function" then
    error(("'%s' is an attribute, not a method; pyrolua inspect shows what there is"):format(
      options.method), 0)
  end
  local watch <close> = transfer.watch()
  print_result(options.json and cli.json or pretty, watch,
    method(proxy, table.unpack(arguments, 1, arguments.n)))
end

--- Describes the command line to a parser, or to the generator of completions.
function call.command_line(parser)
  parser:description "Calls a method of a remote object, and prints its result."
  cli.add_proxy_options(parser)
  parser:argument("method", "the method's name")
  parser:argument("arguments", "its arguments: each a Lua expression, which may use pyro (5, "
    .. "'\"text\"', '{ 1, 2 }', 'pyro.bytes \"x\"'), or a string after a colon (:text)"):args "*"
  parser:option("-n --named", "a named argument, NAME=VALUE; repeat for several")
    :count("*"):argname "<name=value>"
  parser:flag("-j --json", "print the result as JSON")
  return parser
end

local function parse(arguments)
  for i, word in ipairs(arguments) do
    -- A negative number is no option: to argparse, nothing is that starts with a space.
    arguments[i] = word:gsub("^%-[%d.]", " %0")
  end
  return cli.parser("pyrolua call", call.command_line):parse(arguments)
end

--- Runs the program.
---@param ... string command line arguments
---@return integer exit status
function call.main(...)
  return cli.run_remote(run, parse { ... })
end

return call
