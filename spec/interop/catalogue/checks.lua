--- Checks that the clients of the catalogue make.
local pyro = require "pyro"

local checks = {}

function checks.thing(at, name)
  return pyro.Proxy(("PYRO:%s@%s"):format(name or "thing", at))
end

--- Checks what a value looks like in Python.
function checks.shows(text, value, level)
  if pyro.repr(value) ~= text then
    error(("expected %s, got %s"):format(text, pyro.repr(value)), level or 2)
  end
end

function checks.equal(expected, got)
  checks.shows(pyro.repr(expected), got, 3)
end

function checks.fails(class, text, f, ...)
  local ok, err = pcall(f, ...)
  if ok or type(err) ~= "table" or err.class ~= class or not tostring(err):find(text, 1, true) then
    error(("expected %s: %s, got %s"):format(class, text, tostring(err)), 2)
  end
  return err
end

--- The items of a list, tuple or set as a list, sorted.
function checks.sorted(items)
  local list = checks.listed(items)
  table.sort(list)
  return list
end

--- The items of a list, tuple or set as a list.
function checks.listed(items)
  return table.move(items, 1, #items, 1, {})
end

function checks.names(set)
  local list = {}
  for name in pairs(set) do
    list[#list + 1] = name
  end
  return checks.sorted(list)
end

return checks
