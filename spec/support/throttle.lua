--- A slow network on this machine: passes bytes on to a port, both ways, so many a second.
local uv = require "luv"

local TURN = 20 -- milliseconds

--- Passes bytes on until either side is at its end.
local function pump(from, to, bytes)
  local waiting, over = "", false
  local timer = uv.new_timer()
  timer:start(TURN, TURN, function()
    if #waiting > 0 and not to:is_closing() then
      to:write(waiting:sub(1, bytes))
      waiting = waiting:sub(bytes + 1)
    elseif over then
      timer:close()
      if not to:is_closing() then
        to:close()
      end
    end
  end)
  from:read_start(function(_, data)
    waiting, over = waiting .. (data or ""), data == nil
  end)
end

--- Listens; returns its port.
---@param port integer where bytes are passed on to
---@param rate integer bytes a second, of each connection in each direction
---@return integer
return function(port, rate)
  local server, bytes = uv.new_tcp(), rate * TURN // 1000
  server:bind("127.0.0.1", 0)
  server:listen(16, function()
    local client, target = uv.new_tcp(), uv.new_tcp()
    server:accept(client)
    target:connect("127.0.0.1", port, function(err)
      assert(not err, err)
      pump(client, target, bytes)
      pump(target, client, bytes)
    end)
  end)
  return server:getsockname().port
end
