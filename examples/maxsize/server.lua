local pyro = require "pyro"

local texts = {}

function texts:length(text)
  return #text
end

function texts:make(length)
  return ("x"):rep(length)
end

pyro.Daemon.serveSimple { [texts] = "example.maxsize" }
