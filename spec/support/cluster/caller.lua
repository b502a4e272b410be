-- Calls objects by name, again and again, and tells how each call ended. usage: caller.lua NAME…
local pyro = require "pyro"
local uv = require "luv"

pyro.config.COMMTIMEOUT = 3
local proxies = {}
while true do
  for _, name in ipairs(arg) do
    proxies[name] = proxies[name] or pyro.Proxy("PYRONAME:" .. name)
    local ok, result = pcall(proxies[name].whoami, proxies[name])
    print(("%s %s %.3f %s"):format(ok and result == name and "called" or "failed", name, uv.hrtime() / 1e9,
      ok and "" or tostring(result)))
  end
  io.stdout:flush()
  pyro.sleep(0.1)
end
