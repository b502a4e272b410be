--- How cost grows with what a server has.
local contenders = require "spec.bench.contenders"
local contest = require "spec.bench.contest"

local WITHIN = 1.15

--- Names the contenders.
local function beside(title, sizes, of_size)
  local row = { title = title, cpus = "one", contenders = {} }
  for i, size in ipairs(sizes) do
    row.contenders[i] = of_size(("%d there"):format(size), size)
  end
  return row
end

--- The same, where the last may not cost more than the first.
local function compare(title, sizes, of_size)
  local row = beside(title, sizes, of_size)
  row.targets = { { of = row.contenders[#sizes].name, against = row.contenders[1].name, within = WITHIN } }
  return row
end

local function objects()
  local sizes = contest.quick and { 1, 10000 } or { 1, 1000, 1000000 }
  contest.play(compare("Calls, as objects grow", sizes, function(name, size)
    return contenders.program(name, { "client.lua", "msgpack", "text", "16" }, function(cpu)
      return contenders.serve(cpu, "server.lua", tostring(size - 1))
    end)
  end))
  contest.play(beside("Registering and removing an object", sizes, function(name, size)
    return contenders.program(name, { "objects.lua", tostring(size - 1) })
  end))
end

--- A name server for all rows that has so many names.
local function filled(size)
  local server, location
  return function(cpu)
    if not server then
      server, location = contenders.name_server(cpu)
      contenders.helper(cpu, "names.lua", location, tostring(size), "fill")
    end
    return server, location
  end
end

local function names()
  local sizes = contest.quick and { 10, 1000, 10000 } or { 10, 1000, 100000, 1000000 }
  local servers = {}
  for _, size in ipairs(sizes) do
    servers[size] = filled(size)
  end
  local function contender(name, size, work)
    return contenders.program(name, { "names.lua", tostring(size), work }, servers[size])
  end
  local function grow(title, work)
    contest.run(compare(title, sizes, function(name, size)
      return contender(name, size, work)
    end))
  end
  grow("Lookups, as names grow", "lookup")
  grow("Registering and removing a name", "register")
  local least, most = sizes[2], sizes[#sizes]
  contest.run {
    title = "Listing names by a prefix",
    cpus = "one",
    contenders = { contender(("100 of %d"):format(least), least, "list100"),
      contender(("100 of %d"):format(most), most, "list100"),
      contender(("1000 of %d"):format(most), most, "list1000") },
    targets = { { of = ("100 of %d"):format(most), against = ("100 of %d"):format(least), within = WITHIN },
      { of = ("1000 of %d"):format(most), against = ("100 of %d"):format(most), within = 10 * WITHIN } },
  }
  contest.stop()
end

return function()
  objects()
  names()
end
