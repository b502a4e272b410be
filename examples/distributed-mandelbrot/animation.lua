-- An animation in characters that zooms into the Mandelbrot set.
local pyro = require "pyro"

local RES_X, RES_Y = 100, 40

local function clear_screen()
  io.write "\27[2J\27[1;1H"
end

--- Shows frames as fast as they come, each made by screen(start, width, res_x, res_y).
return function(duration, greeting, screen)
  clear_screen()
  print(greeting)
  local begin, frames, fps = pyro.time(), 0, 0
  while true do
    local time = pyro.time() - begin
    if time >= duration then
      break
    end
    local width = 3 * (1 - time / duration / 1.1)
    local start = pyro.complex(-2 + 0.06 * time, -1 - 0.002 * time)
    local frame = screen(start, width, RES_X, RES_Y)
    clear_screen()
    fps = frames / time
    print(("%.1f FPS time=%.2f width=%.2f"):format(fps, time, width))
    print(frame)
    frames = frames + 1
  end
  print(("Final FPS: %.2f"):format(fps))
end
