-- client_asciizoom.lua [SECONDS]: the animation, calculated by all servers that there are.
local pyro = require "pyro"
local animation = require "animation"

local servers = {}
for _, uri in pairs(pyro.locateNS():list { metadata_any = { "class:mandelbrot_calc" } }) do
  table.insert(servers, pyro.batch(pyro.Proxy(uri)))
end
print(("%d mandelbrot calculation servers found."):format(#servers))
if #servers == 0 then
  error(pyro.ValueError "launch at least one mandelbrot calculation server before starting this")
end

--- Each server gets every so many lines of the frame, as one batch; they work at the same time.
local function screen(start, width, res_x, res_y)
  local dr = width / res_x
  local di = dr * res_x / res_y * 0.8 -- the aspect is corrected
  for i = 0, res_y - 1 do
    servers[i % #servers + 1]:calc_line(start, res_x, i * di, dr, i)
  end
  local batches, lines = {}, {}
  for i, server in ipairs(servers) do
    batches[i] = server { asynchronous = true }
  end
  for _, batch in ipairs(batches) do
    for result in batch.value do
      lines[result[1] + 1] = result[2]
    end
  end
  return table.concat(lines, "\n")
end

animation(tonumber((...) or 30), "This is a mandelbrot zoom animation running using Pyro, it will "
  .. "use all calculation server processes that are available.", screen)
