local pyro = require "pyro"

local FORECASTS = { "sunny", "cloudy", "storm", "rainy", "hail", "thunder", "calm", "mist", "cold",
  "hot" }

io.write "Give city or country to use as location: "
local location = (io.read() or ""):match "%S+" or "Amsterdam"

local bus = pyro.Proxy "PYRONAME:Pyro.MessageBus"
bus:add_topic "weather-forecast"

while true do
  pyro.sleep(0.01)
  local forecast = pyro.tuple { location, FORECASTS[math.random(#FORECASTS)] }
  print("Forecast: " .. pyro.repr(forecast))
  local ok, err = pcall(bus.send, bus, "weather-forecast", forecast)
  if not ok and err.class == "ConnectionClosedError" then
    print "connection to the messagebus is lost, reconnecting..."
    bus:_pyroReconnect()
  elseif not ok then
    error(err)
  end
end
