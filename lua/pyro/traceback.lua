--- Tracebacks in Python's form, most recent call last, with source lines; and the output for
--- errors that nobody catches.
local classes = require "pyro.classes"
local core = require "pyro.core"
local detailed = require "pyro.detailed"
local repr = require "pyro.repr"

local traceback = {}

--- Returns a line of a source file, or nil. Reads the file each time, as tracebacks are rare.
local function source_line(info)
  if info.source:sub(1, 1) ~= "@" or info.currentline < 1 then
    return nil
  end
  local file = io.open(info.source:sub(2), "r")
  if not file then
    return nil
  end
  local number, found = 0, nil
  for line in file:lines() do
    number = number + 1
    if number == info.currentline then
      found = line:match "^%s*(.-)%s*$"
      break
    end
  end
  file:close()
  return found ~= "" and found or nil
end

local function function_name(info)
  if info.what == "main" then
    return "<module>"
  end
  return info.name or ("<function at line %d>"):format(info.linedefined)
end

--- Returns the deepest level of a thread's stack, by bisection, because Lua walks to each level.
local function last_level(thread)
  local within, beyond = -1, 0
  while debug.getinfo(thread, beyond, "l") do
    within, beyond = beyond, 2 * beyond + 1
  end
  while within + 1 < beyond do
    local middle = (within + beyond) // 2
    if debug.getinfo(thread, middle, "l") then
      within = middle
    else
      beyond = middle
    end
  end
  return within
end

local INNERMOST, OUTERMOST = 20, 20 -- levels that are shown of a long traceback

--- Sources of functions that the user did not write, and that are not shown.
local hidden = { [debug.getinfo(1, "S").source] = true }

--- Leaves the functions of a source out of tracebacks.
---@param source string as debug.getinfo() returns it
function traceback.hide(source)
  hidden[source] = true
end

--- Leaves the loaded modules of pyro out of tracebacks.
---@param source string source of the main module
function traceback.hide_library(source)
  local folder = debug.getinfo(1, "S").source:match "^(.*)traceback%.lua$"
  for name in pairs(package.loaded) do
    local module = tostring(name):match "^pyro%.([%w_.]+)$"
    if module then
      traceback.hide(folder .. module:gsub("%.", "/") .. ".lua")
    end
  end
  traceback.hide(source)
end

--- Returns the local variables, by name, of the function at `level`, counted from the caller.
local function variables_at(thread, level)
  level = thread == coroutine.running() and level + 1 or level
  local variables, number = {}, 1
  local name, value = debug.getlocal(thread, level, number)
  while name do
    if name:match "^[%a_]" then -- else it is one of Lua's own
      variables[name] = value
    end
    number = number + 1
    name, value = debug.getlocal(thread, level, number)
  end
  return variables
end

--- Returns Lua's information about the running Lua functions of a thread, most recent first. A
--- number stands for that many functions that are left out. With variables, adds the local ones of
--- each, by name, as `variables`.
local function frames(thread, with_variables)
  local level, infos, last = 0, {}, last_level(thread)
  local skip_from, skip_to = level + INNERMOST, last - OUTERMOST
  while level <= last do
    local info = debug.getinfo(thread, level, "Snl")
    if not info then -- the running thread was a level deeper while its last was sought
      break
    elseif level == skip_from and skip_to > skip_from then
      infos[#infos + 1] = skip_to - skip_from
      level = skip_to
    elseif info.what ~= "C" and not hidden[info.source] then
      infos[#infos + 1] = info
      info.variables = with_variables and variables_at(thread, level)
    end
    level = level + 1
  end
  return infos
end

local function omission(levels)
  return ("  ... %d levels left out\n"):format(levels)
end

local function frame_text(info)
  if type(info) == "number" then
    return omission(info)
  end
  local text = source_line(info)
  return ('  File "%s", line %d, in %s\n'):format(info.short_src, info.currentline,
    function_name(info)) .. (text and "    " .. text .. "\n" or "")
end

local function is_error_object(err)
  return getmetatable(err) == core.error_type
end

local SHOWN = 200 -- characters of an error value that is no string

--- Returns any error value as a string. Peers receive the string, so it contains no address.
---@param err any
---@return string
function traceback.text(err)
  local metatable = debug.getmetatable(err)
  local plain = type(err) == "string" or err == nil or type(err) == "boolean"
  local speaks = metatable and rawget(metatable, "__tostring")
  if plain then
    return tostring(err)
  end
  local shown = speaks and tostring(err) or repr(err, SHOWN)
  return (shown:gsub("(<[^<>]* at )0x%x+", "%10x..."):gsub("(file %()0x%x+", "%10x..."))
end

--- Returns Python's class and message for an error value: those of an error object, or of a table
--- with the string fields class and message; else RuntimeError and the value as a string.
local function classify(err)
  if type(err) == "table" and type(err.class) == "string" and type(err.message) == "string" then
    return err.class, err.message
  end
  return "RuntimeError", traceback.text(err)
end

local LONGEST = 2000 -- bytes of a message in the traceback of a peer, which gets it anyway

--- Returns a message, or its beginning where it is longer than so many bytes.
local function shorten(message, most)
  if #message <= most then
    return message
  end
  local rest = utf8.len(message) and utf8.offset(message, 0, most + 1) or most + 1
  return ("%s... (%d bytes)"):format(message:sub(1, rest - 1), #message)
end

--- Returns the class and the message of an error.
local function summary(err, most)
  local class, message = classify(err)
  return message == "" and class or class .. ": " .. shorten(message, most)
end

--- Returns frames. Names the outermost function, which the core called, because Lua has no name
--- for it.
local function named_frames(thread, outermost, with_variables)
  local infos = frames(thread, with_variables)
  local last = infos[#infos]
  if type(last) == "table" then
    last.name = last.name or outermost
  end
  return infos
end

--- Returns the lines of a traceback, each with its newline, with at most so many bytes of the
--- message.
local function lines_of(thread, err, outermost, most)
  local infos = named_frames(thread, outermost)
  local lines = { "Traceback (most recent call last):\n" }
  for i = #infos, 1, -1 do
    lines[#lines + 1] = frame_text(infos[i])
  end
  lines[#lines + 1] = summary(err, most) .. "\n"
  return lines
end

--- Returns the lines of a detailed traceback.
local function detailed_lines_of(thread, err, outermost, most)
  local infos, list = named_frames(thread, outermost, true), {}
  for i = #infos, 1, -1 do
    local info = infos[i]
    list[#list + 1] = type(info) == "number" and omission(info) or {
      file = info.short_src,
      line = info.currentline,
      name = function_name(info),
      source = source_line(info),
      variables = info.variables,
    }
  end
  return detailed(summary(err, most), list)
end

--- Returns whether the remote traceback tells where the error happened: one of a single line says
--- no more than the error itself.
local function has_remote_frames(err)
  return type(err) == "table" and type(err.remoteTraceback) == "table" and #err.remoteTraceback > 1
end

--- Escapes the bytes of a string that are not UTF-8, because a str of Python must be.
local function valid(text)
  return utf8.len(text) and text or (text:gsub("[\x80-\xff]", function(c)
    return ("\\x%02x"):format(c:byte())
  end))
end

local FIELDS = { class = true, message = true, args = true, remoteTraceback = true }

--- Types of values that cannot be sent, and would not help a peer.
local SILENT = { ["function"] = true, thread = true }

--- Returns the fields of an error value that is a table, without its methods.
local function attributes_of(err)
  local attributes = {}
  for key, value in next, type(err) == "table" and err or {} do
    if type(key) == "string" and not FIELDS[key] and not SILENT[type(value)] then
      attributes[key] = value
    end
  end
  return attributes
end

--- Makes an error object from another error value.
local function error_object(err)
  local class, message = classify(err)
  local object = core.new_error(class, valid(message))
  object.attributes = attributes_of(err)
  return object
end

--- Copies an error object of this program, which may be raised again later.
local function copy_of(err)
  local copy = setmetatable({}, core.error_type)
  for key, value in next, err do
    rawset(copy, key, value)
  end
  return copy
end

--- Returns what the caller of a failed method gets: an error object with the traceback of this
--- side, or an object of a registered class.
---@param thread thread the thread that failed
---@param err any
---@param method string name of the method
---@return any
function traceback.failure(thread, err, method)
  if classes.has(err) then
    return err
  end
  local copy = is_error_object(err) and copy_of(err) or error_object(err)
  local lines = core.get_setting "DETAILED_TRACEBACK" and detailed_lines_of or lines_of
  copy.remoteTraceback = lines(thread, err, method, LONGEST)
  if is_error_object(err) and has_remote_frames(err) then -- it came from a third program
    table.insert(copy.remoteTraceback, traceback.remote(err))
  end
  return copy
end

--- Returns the remote traceback of an error as one string, or "".
---@param err any
---@return string
function traceback.remote(err)
  if not has_remote_frames(err) then
    return ""
  end
  local text = table.concat(err.remoteTraceback):gsub("\n$", "")
  return " +--- This exception occured remotely (Pyro) - Remote traceback:\n"
    .. text:gsub("[^\n]*", " | %0")
    .. "\n +--- End of remote traceback\n"
end

--- Classes of errors of the environment, such as an unknown name or a port in use, whose message
--- says everything.
local SITUATIONS = {}
for name in ([[OSError PyroError CommunicationError ConnectionClosedError TimeoutError ProtocolError
  MessageTooLargeError NamingError DaemonError SecurityError SerializeError]]):gmatch "%S+" do
  SITUATIONS[name] = true
end

--- Returns the place of the function that called pyro: "script.lua:12". Nil where there is none.
---@param thread thread
---@return string?
function traceback.place(thread)
  for _, info in ipairs(frames(thread)) do
    if type(info) == "table" and not info.short_src:find "^pyro[/.]" then
      return ("%s:%d"):format(info.short_src, info.currentline)
    end
  end
end

--- Prints lines about an error to the standard error; in systemd's journal, each line is an error.
---@param text string
function traceback.print(text)
  text = core.printable(text)
  io.stderr:write(core.is_journal() and text:gsub("[^\n]+", "<3>%0") or text)
end

--- Prints an error to the standard error, with its local and remote traceback, as Pyro's
--- excepthook does. Errors of the environment, such as an unknown name or a port in use, take one
--- line. Use it as a message handler: `xpcall(main, pyro.excepthook)`. The program pyrolua calls
--- it for error objects that nobody catches.
---@param err any
---@param thread? thread the thread that failed; by default the caller's
---@return any err
function traceback.excepthook(err, thread)
  thread = thread or coroutine.running()
  if is_error_object(err) and SITUATIONS[err.class] and not has_remote_frames(err) then
    local place = traceback.place(thread)
    traceback.print(("pyrolua: %s%s\n"):format(place and place .. ": " or "", err))
  else
    local lines = lines_of(thread, err, nil, math.huge)
    traceback.print(table.concat(lines) .. traceback.remote(err))
  end
  return err
end

--- Prints an error that nobody else would notice.
---@param what string "Error in …"
---@param err any
---@param thread? thread the thread that failed; by default the caller's
function traceback.report(what, err, thread)
  traceback.print(what .. ":\n")
  traceback.excepthook(err, thread)
end

--- Prints the error of a background task that nobody waits for.
function traceback.uncaught(err, thread)
  traceback.report("Error in a background task", err, thread)
end

return traceback
