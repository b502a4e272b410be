-- Word counters, and a dispatcher that shares work among all that there are.
local pyro = require "pyro"

local PREFIX = "example.dc2.wordcount."
local CHUNK = 200 -- lines

local FILTERED = {} -- words that are not interesting
for word in ([[a an at the i he she s but was has had have and are as be by for if in is it of or
    that to with his all any this not from on me him her their so you there now then no yes one were
    they them which what when who how where some my into up out we us t do]]):gmatch "%a+" do
  FILTERED[word] = true
end

local WordCounter = {}
WordCounter.__index = WordCounter

function WordCounter:count(lines)
  local counts = pyro.dict {}
  for number, line in ipairs(lines) do
    if line ~= pyro.null then -- with which some fill up their chunks
      for word in line:gsub("%p", " "):lower():gmatch "%S+" do
        if word:find "^%a+$" and not FILTERED[word] then
          counts[word] = (counts[word] or 0) + 1
        end
      end
    end
    if number % 10 == 1 then
      pyro.sleep(0.01) -- an artificial delay: the work of a program on another machine
    end
  end
  return counts
end

local dispatcher = {}

--- The word counters that the name server knows.
local function find_counters()
  local counters = {}
  for _, uri in pairs(pyro.locateNS():list { prefix = PREFIX }) do
    table.insert(counters, pyro.async(pyro.Proxy(uri)))
  end
  return counters
end

--- Hands the lines out in chunks, to one counter after the other. They count at the same time.
function dispatcher:count(lines)
  local counters, results = find_counters(), {}
  for first = 1, #lines, CHUNK do
    local counter = counters[#results % #counters + 1]
    local chunk = table.move(lines, first, math.min(first + CHUNK - 1, #lines), 1, {})
    table.insert(results, counter:count(chunk))
  end
  print(("Collecting %d results (counted in parallel)..."):format(#results))
  local totals = pyro.dict {}
  for _, result in ipairs(results) do
    for word, count in pairs(result.value) do
      totals[word] = (totals[word] or 0) + count
    end
  end
  return totals
end

local daemon = pyro.Daemon {}
local ns = pyro.locateNS()
for number = 1, 5 do
  ns:register(PREFIX .. number, daemon:register(setmetatable({}, WordCounter)))
end
ns:register("example.dc2.dispatcher", daemon:register(dispatcher))
print "Spinning up 5 word counters, and 1 dispatcher."
daemon:requestLoop()
