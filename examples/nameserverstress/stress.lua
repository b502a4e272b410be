-- Registers, looks up and removes names as fast as it can, until control-c.
local pyro = require "pyro"

local function random_name()
  local parts = { "stresstest" }
  for _ = 1, math.random(1, 10) do
    table.insert(parts, ("%02d"):format(math.random(0, 99)))
  end
  return table.concat(parts, ".")
end

local actions = {
  function(ns) -- list
    ns:list()
  end,
  function(ns) -- register
    for _ = 1, 4 do
      ns:register(random_name(), "PYRO:objname@host:555")
    end
  end,
  function(ns) -- remove
    ns:remove(random_name())
  end,
  function(ns) -- lookup
    local ok, err = pcall(ns.lookup, ns, random_name())
    if not ok and err.class ~= "NamingError" then
      error(err)
    end
  end,
  function(ns) -- list by a prefix
    ns:list { prefix = "stresstest.51" }
  end,
  function(ns) -- list by a regular expression
    ns:list { regex = [[stresstest\.??\.41.*]] }
  end,
}

local stopping = false

--- Each trasher has a connection of its own.
local function trash(number)
  local ns <close> = pyro.locateNS()
  print "Name Server trasher running."
  while not stopping do
    actions[math.random(#actions)](ns)
    io.write(number, " ")
    io.flush()
    pyro.sleep(0.001)
  end
  print "Trasher exiting."
end

local ns = pyro.locateNS()
print "Removing previous stresstest registrations..."
ns:remove { prefix = "stresstest." }
print "Done. Starting."
local trashers = {}
for number = 0, 4 do
  trashers[number] = pyro.spawn(trash, number)
end

-- A daemon without objects: it only waits for control-c, while the trashers go on.
pyro.Daemon {}:requestLoop()

print "Break-- waiting for threads to stop."
stopping = true
for number = 0, 4 do
  pyro.join(trashers[number])
end
print(("cleaned up %d names."):format(ns:remove { prefix = "stresstest." }))
