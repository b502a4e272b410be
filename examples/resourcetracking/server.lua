-- Lends tools, and takes back what a client that is gone did not return.
local pyro = require "pyro"

local context = pyro.current_context
local lent = {} -- name -> tool
local store = {}

local Tool = {}
Tool.__index = Tool

function Tool:close()
  print("taken back: " .. self.name)
  lent[self.name] = nil
end

function store:lend(name)
  local tool = setmetatable({ name = name }, Tool)
  lent[name] = tool
  context:track_resource(tool) -- closed when the connection ends
  print("lent: " .. name)
end

function store:give_back(name)
  context:untrack_resource(lent[name])
  lent[name]:close()
end

pyro.Daemon.serveSimple { [store] = "example.resourcetracking" }
