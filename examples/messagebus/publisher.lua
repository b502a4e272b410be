local pyro = require "pyro"

local bus = pyro.Proxy "PYRONAME:example.messagebus"
bus:publish("weather", { name = "temperature", value = 21.5 })
bus:publish("stocks", { name = "GOOG", value = 101 })
bus:publish("weather", { name = "wind", value = "west" })
bus:publish("sports", { name = "the score", value = "2:1" }) -- nobody listens
