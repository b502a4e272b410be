-- client_graphics.lua [FILE [WIDTH HEIGHT]]: a picture, calculated by all servers that there are.
local pyro = require "pyro"

local path, res_x, res_y = ...
res_x, res_y = math.tointeger(res_x or 1000), math.tointeger(res_y or 800)

local servers = {}
for _, uri in pairs(pyro.locateNS():list { metadata_any = { "class:mandelbrot_calc_color" } }) do
  table.insert(servers, pyro.async(pyro.Proxy(uri)))
end
print(("%d mandelbrot calculation servers found."):format(#servers))
if #servers == 0 then
  error(pyro.ValueError "launch at least one mandelbrot calculation server before starting this")
end

local begin = pyro.time()
local lines = {}
for y = 0, res_y - 1 do
  lines[y + 1] = servers[y % #servers + 1]:calc_photoimage_line(y, res_x, res_y)
end

--- A pixel's color as three bytes.
local function bytes_of(color)
  return string.char(tonumber(color:sub(1, 2), 16), tonumber(color:sub(3, 4), 16),
    tonumber(color:sub(5, 6), 16))
end

local file <close> = assert(io.open(path or "mandelbrot.ppm", "wb"))
file:write(("P6\n%d %d\n255\n"):format(res_x, res_y))
for _, line in ipairs(lines) do
  for color in line.value[2]:gmatch "#(%x+)" do
    file:write(bytes_of(color))
  end
end
print(("Calculation took: %.2f seconds"):format(pyro.time() - begin))
