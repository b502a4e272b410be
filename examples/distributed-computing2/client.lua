-- client.lua [BOOK]: counts a book's words, first by one counter, then by all.
local pyro = require "pyro"

--- The most common words, those that are equally common by name.
local function most_common(counts, number)
  local words = {}
  for word in pairs(counts) do
    table.insert(words, word)
  end
  table.sort(words, function(a, b)
    return counts[a] > counts[b] or counts[a] == counts[b] and a < b
  end)
  return table.move(words, 1, number, 1, {})
end

local function count_words(book, uri)
  local begin = pyro.time()
  local counter <close> = pyro.Proxy(uri)
  local totals = counter:count(book)
  local time_taken = pyro.time() - begin
  print "Top five words:"
  for _, word in ipairs(most_common(totals, 5)) do
    print(("  %s (%d)"):format(word, totals[word]))
  end
  print(("Time taken: %.2f sec."):format(time_taken))
end

local book = {}
for line in io.lines((...) or "alice.txt") do
  table.insert(book, line)
end
print(("(book text consists of %d lines total)"):format(#book))
print "(artificial delays are used to dramatize the differences in execution time)"

print "\nCounting the words using a single counter..."
count_words(book, "PYRONAME:example.dc2.wordcount.1")

print "\nCounting words using multiple parallel counters..."
count_words(book, "PYRONAME:example.dc2.dispatcher")
