--- Writes the C source that holds Lua modules: lua5.4 embed.lua name=path …
local out = { '#include "bind/module/modules.h"\n' }
local entries = {}

local function bytes(source)
  local lines = {}
  for i = 1, #source, 20 do
    lines[#lines + 1] = table.concat({ source:byte(i, i + 19) }, ",")
  end
  return table.concat(lines, ",\n")
end

for i, argument in ipairs(arg) do
  local name, path = argument:match "^(.-)=(.*)$"
  local file = assert(io.open(path, "rb"))
  local source = file:read "a"
  file:close()
  out[#out + 1] = ("static const unsigned char source_%d[] = {\n%s};\n"):format(i, bytes(source))
  entries[i] = ('    {"%s", "@%s.lua", (const char *)source_%d, sizeof(source_%d)},\n')
    :format(name, name:gsub("%.", "/"), i, i)
end

out[#out + 1] = "const struct lmodule lmodules[] = {\n" .. table.concat(entries) .. "};\n"
out[#out + 1] = ("const size_t lmodules_count = %d;\n"):format(#entries)
io.write(table.concat(out, "\n"))
