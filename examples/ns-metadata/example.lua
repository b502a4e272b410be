-- Registers resources with tags that tell what they are, and finds them by these.
local pyro = require "pyro"

local RESOURCES = {
  { name = "laserprinter", class = "LaserPrinter", "resource:printer", "performance:fast" },
  { name = "matrixprinter", class = "MatrixPrinter", "resource:printer", "performance:slow" },
  { name = "photoprinter", class = "PhotoPrinter", "resource:printer", "performance:slow" },
  { name = "tapestorage", class = "TapeStorage", "resource:storage", "performance:slow" },
  { name = "diskstorage", class = "DiskStorage", "resource:storage", "performance:fast" },
  { name = "telephone", class = "Telephone", "resource:communication" },
  { name = "faxmachine", class = "Faxmachine", "resource:communication" },
}

local ns = pyro.locateNS()
local daemon <close> = pyro.Daemon {}
for _, resource in ipairs(RESOURCES) do
  local uri = daemon:register(pyro.behavior { __name = resource.class })
  local metadata = { "class:resources." .. resource.class, "class:resources.Resource",
    table.unpack(resource) }
  ns:register("example.resource." .. resource.name, uri, { metadata = metadata })
end

local function sorted_keys(t)
  local keys = {}
  for key in pairs(t) do
    table.insert(keys, key)
  end
  table.sort(keys)
  return keys
end

local function show(title, devices)
  print("\n" .. title)
  for _, name in ipairs(sorted_keys(devices)) do
    print(("   %s -> %s"):format(name, devices[name]))
  end
end

-- With its metadata, each name comes with a pair.
local entries = ns:list { return_metadata = true }
for _, name in ipairs(sorted_keys(entries)) do
  local uri, metadata = table.unpack(entries[name])
  print(name)
  print("   uri: " .. uri)
  print("   meta: " .. table.concat(metadata, ", "))
  print()
end

show("all storage:", ns:list { metadata_all = { "resource:storage" } })
show("all FAST printers:", ns:list { metadata_all = { "resource:printer", "performance:fast" } })
show("all storage OR communication devices :",
  ns:list { metadata_any = { "resource:storage", "resource:communication" } })

ns:set_metadata("example.resource.photoprinter", { "class:resources.PhotoPrinter",
  "class:resources.Resource", "resource:printer", "performance:fast" })
show("all FAST printers (after photoprinter upgrade):",
  ns:list { metadata_all = { "resource:printer", "performance:fast" } })
show("all resource types:", ns:list { metadata_all = { "class:resources.Resource" } })

print "\n\nPYROMETA protocol for easy yellow-pages lookup:\n"
local nameserver = pyro.Proxy "PYROMETA:class:Pyro4.naming.NameServer"
print "Proxy to look up 'any nameserver' via its class metadata:"
print("     " .. tostring(nameserver))
nameserver:_pyroBind()
print "Proxy for 'any namesever' bound to candidate:"
print("     " .. tostring(nameserver._pyroUri))
print "Proxy for 'any slow printer':"
print("     " .. tostring(pyro.Proxy "PYROMETA:resource:printer,performance:slow"))
print "(this example doesn't actually implement these objects so we leave it at that)"
