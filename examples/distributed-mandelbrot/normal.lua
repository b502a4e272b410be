-- normal.lua [SECONDS]: the animation, calculated here.
local animation = require "animation"
local calculator = require "mandelbrot".Mandelbrot

local function screen(start, width, res_x, res_y)
  local dr = width / res_x
  local di = dr * res_x / res_y * 0.8 -- the aspect is corrected
  local lines = {}
  for i, line in ipairs(calculator:calc_lines(start, res_x, dr, di, 0, res_y)) do
    lines[i] = line[2]
  end
  return table.concat(lines, "\n")
end

animation(tonumber((...) or 30),
  "This is a mandelbrot zoom animation running without Pyro, in a single Lua process.", screen)
