--- Checks docs/internals.md against the source.
---
--- 1. Each path that the page names, such as `core/net/loop.c` or `lua/pyro/tool/`, exists. Those
---    with NAME in them are placeholders.
--- 2. Each function that it names, such as `pyro_loop_step()`, is defined or declared in a file
---    that is named in the same paragraph or row of a table.
--- 3. Each type that it names, such as `struct pyro_completion`, is defined in a file that the page
---    names.
--- 4. The section "Every file" has a subsection for each folder with sources, whose table names
---    each file in that folder without its suffix (`loop`, `pickle_*`), and no other.
---
--- usage: internals.lua PAGE FILE…   (all files of the source)
local page_path = assert(arg[1], "usage: internals.lua PAGE FILE…")

--- Folders at the top of the repository in which a name with a slash is a path.
local TOP = { core = true, lua = true, scripts = true, examples = true, spec = true, docs = true,
  packaging = true, debian = true }

local failures = 0

local function fail(line, format, ...)
  failures = failures + 1
  io.stderr:write(("%s:%d: %s\n"):format(page_path, line, format:format(...)))
end

local function read(path)
  local file = io.open(path)
  local text = file and file:read "a"
  if file then
    file:close()
  end
  return text
end

--- Returns whether there is a file or folder.
local function exists(path)
  local file = io.open(path)
  return file and file:close() or false
end

local function escaped(name)
  return (name:gsub("%p", "%%%0"))
end

--- Returns whether a line of a file begins the definition or declaration of a function: in C at its
--- start, where no statement is.
local function declares(text, name)
  local call = "%f[%w_]" .. escaped(name) .. "%f[^%w_]%("
  for line in text:gmatch "[^\n]+" do
    if line:find(call) and (line:find "^%a" or line:find "^#define ") then
      return true
    end
  end
  return text:find("function [%w_.:]*" .. call) ~= nil
end

local cache = {}
local function source(path)
  cache[path] = cache[path] or read(path) or ""
  return cache[path]
end

local function any_declares(paths, name)
  for _, path in ipairs(paths) do
    if declares(source(path), name) then
      return true
    end
  end
  return false
end

--- Reads the words in backquotes of a paragraph.
local function words_of(line)
  return line:gmatch "`([^`]+)`"
end

local named = {} -- paths of files that the page names

local function check_paths(number, line)
  local paths = {}
  for word in words_of(line) do
    local top = word:match "^(%w+)/"
    if top and TOP[top] and word:find "^[%w_./-]+$" and not word:find "NAME" then
      if not exists(word) then
        fail(number, "there is no %s", word)
      elseif not word:find "/$" then
        paths[#paths + 1] = word
        named[#named + 1] = word
      end
    end
  end
  return paths
end

local function check_functions(number, line, paths)
  for word in words_of(line) do
    local name = word:match "^([%a_][%w_]*)%(%)$"
    if name and not name:find "NAME" and not any_declares(paths, name) then
      fail(number, "no file that is named beside it has %s()", name)
    end
  end
end

local function check_types(number, line)
  for word in words_of(line) do
    local kind, name = word:match "^(%l+) ([%w_]+)$"
    if kind == "struct" or kind == "enum" then
      local found = false
      for _, path in ipairs(named) do
        found = found or source(path):find(kind .. " " .. name .. " {", 1, true) ~= nil
      end
      if not found then
        fail(number, "no file that the page names defines %s %s", kind, name)
      end
    end
  end
end

--- Names of source files by folder: folders["core/net/"].loop = true.
local folders = {}
for i = 2, #arg do
  local folder, name = arg[i]:match "^(.*/)([^/]+)%.%w+$"
  folders[folder] = folders[folder] or {}
  folders[folder][name] = true
end

--- Takes the names that a row of "Every file" is about, as patterns.
local function check_row(number, folder, names, line)
  local first = line:match "^| (.-) |"
  for word in first:gmatch "`([%w_*]+)`" do
    local pattern, found = "^" .. word:gsub("%*", "[%%w_]*") .. "$", false
    for name in pairs(folders[folder]) do
      if name:find(pattern) then
        found, names[name] = true, true
      end
    end
    if not found then
      fail(number, "%s has no %s", folder, word)
    end
  end
end

local lines = {}
for line in io.lines(page_path) do
  lines[#lines + 1] = line
end

local described = {} -- folder -> names
local every, folder = false, nil
for number, line in ipairs(lines) do
  local paths = check_paths(number, line)
  check_functions(number, line, paths)
  if line:find "^## " then
    every = line == "## Every file"
  elseif every and line:find "^### " then
    folder = line:match "^### `([^`]+)`$"
    if folders[folder] then
      described[folder] = described[folder] or {}
    else
      fail(number, "no sources are in %s", folder or line)
      folder = nil
    end
  elseif every and folder and line:find "^| `" then
    check_row(number, folder, described[folder], line)
  end
end
for number, line in ipairs(lines) do
  check_types(number, line)
end

for path, names in pairs(folders) do
  for name in pairs(names) do
    if not described[path] then
      fail(#lines, "'Every file' does not have the folder %s", path)
      break
    elseif not described[path][name] then
      fail(#lines, "'Every file' does not have %s%s", path, name)
    end
  end
end
os.exit(failures == 0)
