-- The class that is called.
local pyro = require "pyro"

local bench = {}

function bench:length(string)
  return #string
end

function bench:timestwo(value)
  return value * 2
end

function bench:bigreply()
  return ("BIG REPLY"):rep(500)
end

function bench:bigarg(arg)
  return #arg
end

function bench:manyargs(...)
  local sum = 0
  for _, value in ipairs { ... } do
    sum = sum + value
  end
  return sum
end

function bench:noreply(arg) end -- luacheck: ignore arg

function bench:varargs(...)
  return select("#", ...)
end

--- Named arguments that no parameter has come as a table.
function bench:keywords(args)
  return args
end

function bench:echo(...)
  return pyro.tuple(table.pack(...))
end

--- Its callers do not wait.
function bench:oneway(...) end -- luacheck: ignore

return pyro.oneway(bench, "oneway")
