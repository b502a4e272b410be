--- Writes a Lua module that holds files as strings, by their names: lua5.4 strings.lua FILE…
print "return {"
for _, path in ipairs(arg) do
  local file <close> = assert(io.open(path, "rb"))
  print(("[%q] = %q,"):format(path:match "[^/]+$", file:read "a"))
end
print "}"
