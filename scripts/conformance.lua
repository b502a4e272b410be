--- Makes the conformance table from the tags of specs (spec/conformance.lua explains them).
--- usage: busted --list … | lua5.4 scripts/conformance.lua [--check]
--- Prints the table; with --check, compares it with docs/conformance.md instead.
--- Cells without a proof or reason, tags of no cell, and reasons beside proofs are errors.
local PATH = "docs/conformance.md"
local conformance = dofile "spec/conformance.lua"
local problems = {}

local function problem(text, ...)
  problems[#problems + 1] = text:format(...)
end

---@class Proof
---@field file string
---@field title string

---@type table<string, Proof[]> "20:L4" -> what proves it
local proofs = {}
local known = {}
for row in ipairs(conformance.rows) do
  for _, column in ipairs(conformance.columns) do
    local cell = row .. ":" .. column
    known[cell], proofs[cell] = true, {}
  end
end

local function prove(cell, proof, tag)
  if known[cell] then
    table.insert(proofs[cell], proof)
  else
    problem("%s: there is no cell for the tag %s (%s)", proof.file, tag, proof.title)
  end
end

for line in io.lines() do
  local file, title = line:match "^(spec/%S+):%d+: (.*)$"
  local proof = file and { file = file, title = title:gsub("%s*#r%S+", "") }
  for tag, row, column in (title or ""):gmatch "(#r(%d+):?(%w*))" do
    for _, each in ipairs(column == "" and conformance.columns or { column }) do
      prove(row .. ":" .. each, proof, tag)
    end
  end
end

--- Returns the proofs, grouped by file.
local function listed(cell)
  local files, seen = {}, {}
  for _, proof in ipairs(proofs[cell]) do
    local titles = files[proof.file]
    if not titles then
      titles = {}
      files[proof.file] = titles
      files[#files + 1] = proof.file
    end
    if not seen[proof.title] then
      seen[proof.title] = true
      titles[#titles + 1] = proof.title
    end
  end
  table.sort(files)
  for i, file in ipairs(files) do
    table.sort(files[file])
    local name = file:match "^spec/(.+)_spec%.lua$"
    files[i] = ("[%s](../%s): %s"):format(name, file, table.concat(files[file], "; "))
  end
  return table.concat(files, "<br>")
end

local function content(number, row, column)
  local cell = number .. ":" .. column
  local reason = row[2] and row[2][column]
  local proven = #proofs[cell] > 0
  if proven == (reason ~= nil) then
    local what = proven and "a reason beside a spec" or "no spec, no reason"
    problem("%s: %s (%s)", cell, what, row[1])
  end
  return proven and listed(cell) or reason or "?"
end

local lines = {
  "# What pyrolua does of what Pyro does",
  "Each cell names the specs that prove the feature, or says why none does. The columns are: a",
  "client in Lua with the real Pyro4, a client of that with Lua, and both with Pyro5, whose",
  "part is played from recordings of it. `make conformance` makes this page of the specs' tags.",
  "",
  "| | feature | Lua→Pyro4 | Pyro4→Lua | Lua→Pyro5 | Pyro5→Lua |",
  "| --- | --- | --- | --- | --- | --- |",
}
for number, row in ipairs(conformance.rows) do
  local cells = { number, row[1] }
  for _, column in ipairs(conformance.columns) do
    cells[#cells + 1] = content(number, row, column):gsub("|", "\\|")
  end
  lines[#lines + 1] = "| " .. table.concat(cells, " | ") .. " |"
end
local page = table.concat(lines, "\n") .. "\n"

if arg[1] == "--check" then
  local file = io.open(PATH)
  if not file or file:read "a" ~= page then
    problem("%s is not up to date: run 'make conformance'", PATH)
  end
else
  io.write(page)
end
for _, text in ipairs(problems) do
  io.stderr:write("conformance: ", text, "\n")
end
os.exit(#problems == 0)
