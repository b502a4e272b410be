-- server.lua ID: a calculation server. As many may run as there are processors.
local pyro = require "pyro"
local mandelbrot = require "mandelbrot"

local server_id = math.tointeger((...))
if not server_id then
  io.stderr:write "give argument: server_id number\n"
  os.exit(1)
end

local daemon = pyro.Daemon {}
local calculator = daemon:register(mandelbrot.Mandelbrot)
local color_calculator = daemon:register(mandelbrot.MandelbrotColorPixels)
local ns = pyro.locateNS()
ns:register("mandelbrot_" .. server_id, calculator,
  { safe = true, metadata = pyro.set { "class:mandelbrot_calc" } })
ns:register("mandelbrot_color_" .. server_id, color_calculator,
  { safe = true, metadata = pyro.set { "class:mandelbrot_calc_color" } })
print(("Mandelbrot calculation server #%d ready."):format(server_id))
daemon:requestLoop()
