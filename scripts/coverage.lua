--- Prints how many lines of each room of core/ tests ran, from the CSV report of gcovr on the
--- standard input. Fails if all rooms together have less than PERCENT.
---
--- usage: gcovr --csv … | coverage.lua PERCENT
local least = tonumber(arg[1])

local rooms, names = {}, {}

local function add(name, lines, covered)
  if not rooms[name] then
    rooms[name] = { lines = 0, covered = 0 }
    table.insert(names, name)
  end
  local room = rooms[name]
  room.lines = room.lines + lines
  room.covered = room.covered + covered
end

local function percent(room)
  return 100 * room.covered / room.lines
end

for line in io.lines() do
  local path, lines, covered = line:match "^(core/[^,]*)/[^/,]*,(%d+),(%d+),"
  if path then
    add(path, tonumber(lines), tonumber(covered))
    add("all", tonumber(lines), tonumber(covered))
  end
end
if not rooms.all then
  io.stderr:write "no coverage of core/: did the tests run?\n"
  os.exit(1)
end
table.sort(names, function(a, b)
  return b == "all" and a ~= "all" or a ~= "all" and a < b
end)
for _, name in ipairs(names) do
  print(("%-20s %6.2f %% of %5d lines"):format(name, percent(rooms[name]), rooms[name].lines))
end
if percent(rooms.all) < least then
  io.stderr:write(("less than %g %%\n"):format(least))
  os.exit(1)
end
