-- client.lua: lists the files. client.lua FILE: fetches one, chunk by chunk, and shows it.
local pyro = require "pyro"

local wanted = ...
local files = pyro.Proxy "PYRONAME:example.files"

if not wanted then
  for _, name in ipairs(files:names()) do
    print(name, files:size(name) .. " bytes")
  end
  return
end

local size, offset = files:size(wanted), 0
while offset < size do
  local chunk = tostring(files:read(wanted, offset, 64))
  io.write(chunk)
  offset = offset + #chunk
end
