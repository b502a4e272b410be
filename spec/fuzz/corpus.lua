--- Writes what a table of recordings in C has as hexadecimal digits into files, for a fuzz target to
--- begin with. usage: corpus.lua HEADER DIRECTORY
local header, directory = table.unpack(arg)
local source = assert(io.open(header)):read "a"

local function bytes(digits)
  return (digits:gsub("%x%x", function(byte)
    return string.char(tonumber(byte, 16))
  end))
end

assert(os.execute(("mkdir -p '%s'"):format(directory)))
local count = 0
for literals in source:gmatch '{(["%x%s]+),' do
  count = count + 1
  local file <close> = assert(io.open(("%s/%d"):format(directory, count), "wb"))
  file:write(bytes((literals:gsub('["%s]', ""))))
end
assert(count > 0, "no recordings in " .. header)
