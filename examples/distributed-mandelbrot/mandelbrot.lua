-- The calculations: z = z^2 + c.
local pyro = require "pyro"

local Mandelbrot = { maxiters = 500 }

--- How often the formula can be applied before the result is too large.
local function iterations(real, imaginary, maxiters)
  local x, y = real, imaginary
  for n = 0, maxiters - 1 do
    if x * x + y * y > 4 then
      return n
    end
    x, y = x * x - y * y + real, 2 * x * y + imaginary
  end
  return maxiters
end

local function character(iters, maxiters)
  return iters >= maxiters and " " or string.char(iters % 64 + 32)
end

--- One line of characters, of which the numbers begin after start + ii and are dr apart.
function Mandelbrot:calc_line(start, res_x, ii, dr, line_nr)
  local line = {}
  for r = 1, res_x do
    local iters = iterations(start.real + r * dr, start.imaginary + ii, self.maxiters)
    line[r] = character(iters, self.maxiters)
  end
  return line_nr, table.concat(line)
end

--- Lines of characters, each after its number.
function Mandelbrot:calc_lines(start, res_x, dr, di, start_line_nr, num_lines)
  local lines = {}
  for i = 0, num_lines - 1 do
    local line = {}
    for r = 0, res_x - 1 do
      local iters = iterations(start.real + r * dr, start.imaginary + i * di, self.maxiters)
      line[r + 1] = character(iters, self.maxiters)
    end
    lines[i + 1] = pyro.tuple { i + start_line_nr, table.concat(line) }
  end
  return lines
end

local MandelbrotColorPixels = { maxiters = 500 }

--- One line of a picture: its number, and a color for each pixel as Tk has them, "{#0a0b0c …}".
function MandelbrotColorPixels:calc_photoimage_line(y, res_x, res_y)
  local line = {}
  local imaginary = (y / res_y - 0.5 - 0.9) * res_y / res_x -- the aspect is corrected
  for x = 0, res_x - 1 do
    local iters = iterations(x / res_x - 0.5 - 0.3, imaginary, self.maxiters)
    local inside = iters >= self.maxiters
    line[x + 1] = inside and "#000000"
      or ("#%02x%02x%02x"):format((iters + 32) % 255, iters % 255, (iters + 40) % 255)
  end
  return y, "{" .. table.concat(line, " ") .. "}"
end

return { Mandelbrot = Mandelbrot, MandelbrotColorPixels = MandelbrotColorPixels }
