-- Allocates resources, and closes those of clients that are gone.
local pyro = require "pyro"

local context = pyro.current_context
local daemon <close> = pyro.Daemon {}

--- Only tells of it: what a client's connection tracks is closed without that.
function daemon:clientDisconnect(connection)
  print("client disconnects: " .. connection.address)
  local names = {}
  for resource in pairs(connection.tracked_resources) do
    table.insert(names, resource.name)
  end
  print("    resources:  " .. pyro.repr(names))
end

local Resource = {}
Resource.__index = Resource

function Resource:close()
  print("Resource: closing " .. self.name)
  self.collection[self] = nil
end

local Service = { __name = "Service" }
Service.__index = Service
pyro.behavior(Service, { instance_mode = "single" })

function Service.new()
  return setmetatable({ resources = {} }, Service)
end

function Service:allocate(name)
  local resource = setmetatable({ name = name, collection = self.resources }, Resource)
  self.resources[resource] = true
  context:track_resource(resource) -- closed when the connection ends
  print(("service: allocated resource %s  for client %s"):format(name, context.client_sock_addr))
end

function Service:free(name)
  for resource in pairs(self.resources) do
    if resource.name == name then
      resource:close()
      context:untrack_resource(resource)
    end
  end
end

function Service:list()
  local names = {}
  for resource in pairs(self.resources) do
    table.insert(names, resource.name)
  end
  return names
end

pyro.Daemon.serveSimple({ [Service] = "service" }, { ns = false, daemon = daemon })
