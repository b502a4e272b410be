--- The message that Python's str() returns for exceptions: for most, their arguments; for some, a
--- string made of these.
local core = require "pyro.core"
local repr = require "pyro.repr"

local message_of

--- Formats a value as Python's str() does. Exceptions may lie in one another, as deep as values do:
--- without metamethods, of which Lua nests no more than 200.
local function text(value)
  local metatable = getmetatable(value)
  if type(value) == "string" and utf8.len(value) then
    return value
  elseif metatable == core.error_type then
    return message_of(value)
  elseif type(value) == "table" and metatable and metatable.__tostring then
    return tostring(value)
  end
  return repr(value)
end

--- Formats all arguments as Python's repr() of a tuple.
local function tuple(args)
  return repr(setmetatable(table.move(args, 1, #args, 1, {}), core.types.tuple))
end

local function is_none(value)
  return value == nil or value == core.null
end

--- Formats OSError(errno, strerror[, file[, number on Windows[, second file]]]).
local function system_error(args, class)
  if #args < 2 or #args > 5 then
    return nil
  end
  local message = ("[Errno %s] %s"):format(text(args[1]), text(args[2]))
  if is_none(args[3]) or class == "BlockingIOError" and math.type(args[3]) then
    return message
  elseif is_none(args[5]) then
    return ("%s: %s"):format(message, repr(args[3]))
  end
  return ("%s: %s -> %s"):format(message, repr(args[3]), repr(args[5]))
end

--- Formats a character as an escape.
local function escape(code)
  return (code < 0x100 and "\\x%02x" or code < 0x10000 and "\\u%04x" or "\\U%08x"):format(code)
end

--- Returns the character of a string at an index that counts from 0, or nil.
local function character_at(object, place)
  if type(object) ~= "string" or not utf8.len(object) then
    return nil
  end
  local offset = utf8.offset(object, place + 1)
  return offset and offset <= #object and escape(utf8.codepoint(object, offset)) or nil
end

--- Formats bytes, whatever they travelled as.
local function bytes_of(object)
  return type(object) == "table" and type(object[1]) == "string" and object[1] or object
end

local function is_place(first, last)
  return math.type(first) == "integer" and math.type(last) == "integer"
end

local function decode_error(args)
  local codec, object, first, last, reason = table.unpack(args)
  object = bytes_of(object)
  if #args ~= 5 or not is_place(first, last) then
    return nil
  elseif type(object) == "string" and first >= 0 and first < #object and last == first + 1 then
    return ("'%s' codec can't decode byte 0x%02x in position %d: %s"):format(text(codec),
      object:byte(last), first, text(reason))
  end
  return ("'%s' codec can't decode bytes in position %d-%d: %s"):format(text(codec), first,
    last - 1, text(reason))
end

local function encode_error(args, _, what)
  local codec, object, first, last, reason = table.unpack(args)
  if #args ~= 5 or not is_place(first, last) then
    return nil
  end
  what = what or ("'%s' codec can't encode"):format(text(codec))
  local character = first >= 0 and last == first + 1 and character_at(object, first)
  if character then
    return ("%s character '%s' in position %d: %s"):format(what, character, first, text(reason))
  end
  return ("%s characters in position %d-%d: %s"):format(what, first, last - 1, text(reason))
end

local function translate_error(args, class)
  return encode_error({ "", table.unpack(args) }, class, "can't translate")
end

--- Formats SyntaxError(message[, (file, line, column, source, …)]).
local function syntax_error(args)
  local place = args[2]
  if #args ~= 2 or type(place) ~= "table" then
    return text(args[1])
  end
  local file = type(place[1]) == "string" and place[1]:match "[^/]*$"
  local line = math.type(place[2]) == "integer" and ("line %d"):format(place[2])
  if not file and not line then
    return text(args[1])
  end
  return ("%s (%s%s%s)"):format(text(args[1]), file or "", file and line and ", " or "", line or "")
end

local function group(args)
  local members = type(args[2]) == "table" and #args[2]
  return #args == 2 and members
    and ("%s (%d sub-exception%s)"):format(text(args[1]), members, members == 1 and "" or "s")
    or nil
end

local function key_error(args)
  return #args == 1 and repr(args[1]) or nil
end

--- Functions by class, which make the message from arguments, or return nil if it is made as for
--- most classes.
---@type table<string, fun(args: any[], class: string): string|nil>
local special = {
  KeyError = key_error,
  UnicodeDecodeError = decode_error,
  UnicodeEncodeError = encode_error,
  UnicodeTranslateError = translate_error,
  SyntaxError = syntax_error,
  IndentationError = syntax_error,
  TabError = syntax_error,
  ExceptionGroup = group,
  BaseExceptionGroup = group,
}
for name in ([[BlockingIOError BrokenPipeError ChildProcessError ConnectionAbortedError
  ConnectionError ConnectionRefusedError ConnectionResetError EnvironmentError FileExistsError
  FileNotFoundError IOError InterruptedError IsADirectoryError NotADirectoryError OSError
  PermissionError ProcessLookupError builtins.TimeoutError]]):gmatch "%S+" do
  special[name] = system_error
end

--- Returns the message that the class and arguments of an exception make.
local function made_of(class, args)
  local make = special[class]
  local made = make and make(args, class)
  if made then
    return made
  elseif #args == 0 then
    return ""
  end
  return #args == 1 and text(args[1]) or tuple(args)
end

--- Returns the message of an error object. Shows the attributes if there are no arguments, which a
--- program's own converter may leave out.
---@param err pyro.Error
---@return string
function message_of(err)
  local set, args, attributes = rawget(err, "message"), rawget(err, "args"),
    rawget(err, "attributes")
  if set ~= nil then
    return set
  elseif args == nil and type(attributes) == "table" and next(attributes) ~= nil then
    return repr(attributes)
  end
  return made_of(rawget(err, "class"), type(args) == "table" and args or {})
end

return message_of
