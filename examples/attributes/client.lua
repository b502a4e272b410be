local pyro = require "pyro"

io.write "enter attribute server object uri: "
local thingy <close> = pyro.Proxy(io.read():match "%S+")

--- Shows how something fails that has to.
local function try(f)
  local ok, err = pcall(f)
  assert(not ok, "this should not be possible!")
  print("ok, got expected error: " .. err.message)
end

print "\nDirect attribute access:"
print("p.prop_value= " .. thingy.prop_value)
print "adding 500 to p.prop_value"
thingy.prop_value = thingy.prop_value + 500
print("p.prop_value= " .. thingy.prop_value)
print("actual remote value:  " .. thingy:getValue() .. "  (via p.getValue() remote method call)")
print()
print("calling p.__dunder__()....:  " .. thingy:__dunder__())

print "\nAccessing unexposed attributes:"
for _, name in ipairs { "sub", "value", "_value", "__value" } do
  print(("accessing p.%s..."):format(name))
  try(function()
    return thingy[name]
  end)
end

-- The value is a copy: changing it changes nothing there.
print "\nTrying dotted name traversal:"
print("value gotten from p.prop_sub= " .. pyro.repr(thingy.prop_sub))
print "\nTrying to update the dictionary directly on the remote object..."
thingy.prop_sub.test = "nope"
print("value gotten from p.prop_sub= " .. pyro.repr(thingy.prop_sub) .. "   (should be unchanged!)")
print "\nTrying longer dotted name: p.prop_sub.foobar.attribute"
local ok, err = pcall(function()
  return thingy.prop_sub.foobar.attribute
end)
assert(not ok and type(err) == "string", "this should be a local error only")
print("ok, got expected error (local only): " .. err)
