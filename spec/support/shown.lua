--- Compares what a program printed with what it should print, line by line.
---
--- Marks in the expected text:
---   <name>       anything within a line; the same wherever the name is used again, in all programs
---   <_>          anything within a line
---   <...>        a line of its own: any number of lines
---   <~>          begins lines that may come in any order, where such lines follow each other
---   <Lua|Pyro5>  begins a line that only the programs of these languages print
---   <ready>      the program has reached this point when the next one starts (not part of the text)
local shown = {}

local MARK = "<([%a_][%w_]*)>"
local READY = "<ready>"

local function escaped(text)
  return (text:gsub("%p", "%%%0"))
end

--- The Lua pattern of an expected line, and the names of its captures.
local function pattern_of(line, known)
  local names, index, parts, from = {}, {}, {}, 1
  for start, name, after in line:gmatch("()" .. MARK .. "()") do
    parts[#parts + 1] = escaped(line:sub(from, start - 1))
    from = after
    if name == "_" then
      parts[#parts + 1] = ".-"
    elseif known[name] then
      parts[#parts + 1] = escaped(known[name])
    elseif index[name] then
      parts[#parts + 1] = "%" .. index[name]
    else
      names[#names + 1] = name
      index[name] = #names
      parts[#parts + 1] = "(.-)"
    end
  end
  parts[#parts + 1] = escaped(line:sub(from))
  return "^" .. table.concat(parts), names
end

--- Returns whether a line is as expected; learns what its names stand for.
local function line_fits(expected, line, known, unfinished)
  local pattern, names = pattern_of(expected, known)
  local found = { line:match(pattern .. (unfinished and "" or "$")) }
  if not found[1] then
    return false
  end
  for i, name in ipairs(names) do
    known[name] = found[i]
  end
  return true
end

local function lines_of(text)
  local lines = {}
  for line in (text .. "\n"):gmatch "([^\n]*)\n" do
    lines[#lines + 1] = (line:gsub("\r", ""):gsub(" +$", ""))
  end
  return lines
end

local function copy(t)
  return table.move(t, 1, #t, 1, setmetatable({}, { __index = t }))
end

--- The lines that may come in any order, from the i-th on, and the index of what comes after them.
local function group_at(expected, i)
  local group = {}
  while expected[i] and expected[i]:find "^<~>" do
    group[#group + 1] = expected[i]:sub(4)
    i = i + 1
  end
  return group, i
end

local function take(group, line, known)
  for i, expected in ipairs(group) do
    if line_fits(expected, line, known) then
      table.remove(group, i)
      return true
    end
  end
end

--- Returns whether the lines from the j-th on are those expected from the i-th on; with `beginning` more may follow.
local function fits_from(expected, i, lines, j, known, beginning)
  while expected[i] do
    if expected[i] == "<...>" then
      for skipped = j, #lines + 1 do
        local learned = copy(known)
        if fits_from(expected, i + 1, lines, skipped, learned, beginning) then
          for name, value in pairs(learned) do
            known[name] = value
          end
          return true
        end
      end
      return false
    end
    local group, after = group_at(expected, i)
    if #group == 0 then
      local unfinished = beginning and not expected[i + 1]
      if not lines[j] or not line_fits(expected[i], lines[j], known, unfinished) then
        return false
      end
      i, j = i + 1, j + 1
    else
      while #group > 0 do
        if not lines[j] or not take(group, lines[j], known) then
          return false
        end
        j = j + 1
      end
      i = after
    end
  end
  return beginning or j > #lines
end

--- Returns whether the output is as expected; learns what the names stand for.
---@param beginning? boolean more may follow
function shown.fits(expected, output, known, beginning)
  local learned = copy(known)
  expected = expected:gsub("<%.%.%.>\n$", "<...>") -- also where the last line has no end
  local fits = fits_from(lines_of(expected), 1, lines_of(output), 1, learned, beginning)
  for name, value in pairs(fits and learned or {}) do
    known[name] = value
  end
  return fits
end

--- The text as programs of a language print it.
---@param language spec.Language
function shown.in_language(text, language)
  return (("\n" .. text):gsub("\n<([%u%w|]+)>([^\n]*)", function(languages, line)
    if not languages:find "^Lua" and not languages:find "^Pyro" then
      return nil
    end
    return ("|" .. languages .. "|"):find("|" .. language .. "|", 1, true) and "\n" .. line or ""
  end):sub(2))
end

--- The text without the mark of readiness, and what comes before that (nil: there is none).
function shown.split(text)
  local first, last = text:find(READY, 1, true)
  if not first then
    return text
  end
  local before = text:sub(1, first - 1)
  local after = text:sub(last + 1)
  if before == "" or before:sub(-1) == "\n" then
    after = after:gsub("^\n", "")
  end
  return before .. after, before
end

--- Replaces names by what they stand for.
function shown.filled(text, known)
  return (text:gsub(MARK, known))
end

return shown
