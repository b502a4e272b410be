--- Error objects, and their constructors by class name: those that Python and Pyro know.
local core = require "pyro.core"
local repr = require "pyro.repr"

--- tostring() gives "ValueError: the message". A field of any other name is one of its attributes,
--- which travel with it: `err.code = 7` is what `err.code` is to Python.
---@class pyro.Error
---@field class string without its module where it is Python's ("ValueError") or Pyro's
---  ("TimeoutError"); else its full name ("shop.OutOfStock", "builtins.TimeoutError")
---@field message string what Python's str() says of the exception, unless it was set otherwise
---@field args any[]
---@field attributes table<string, any>
---@field remoteTraceback? string[] its lines, when it came from another program
---@field [string] any an attribute

local OWN = { class = true, message = true, args = true, attributes = true, remoteTraceback = true }

local builtins = [[
  BaseException Exception ArithmeticError AssertionError AttributeError BaseExceptionGroup
  BlockingIOError BrokenPipeError BufferError BytesWarning ChildProcessError ConnectionAbortedError
  ConnectionError ConnectionRefusedError ConnectionResetError DeprecationWarning EOFError
  EncodingWarning EnvironmentError ExceptionGroup FileExistsError FileNotFoundError
  FloatingPointError FutureWarning GeneratorExit IOError ImportError ImportWarning IndentationError
  IndexError InterruptedError IsADirectoryError KeyError KeyboardInterrupt LookupError MemoryError
  ModuleNotFoundError NameError NotADirectoryError NotImplementedError OSError OverflowError
  PendingDeprecationWarning PermissionError ProcessLookupError RecursionError ReferenceError
  ResourceWarning RuntimeError RuntimeWarning StopAsyncIteration StopIteration SyntaxError
  SyntaxWarning SystemError SystemExit TabError TypeError UnboundLocalError UnicodeDecodeError
  UnicodeEncodeError UnicodeError UnicodeTranslateError UnicodeWarning UserWarning ValueError
  Warning ZeroDivisionError
]]
local pyro_own = [[
  PyroError CommunicationError ConnectionClosedError TimeoutError ProtocolError
  MessageTooLargeError NamingError DaemonError SecurityError SerializeError
]]

--- Those whose text is "[Errno 2] No such file" when they have these two arguments.
local system_errors = {}
for name in ([[BlockingIOError BrokenPipeError ChildProcessError ConnectionAbortedError
  ConnectionError ConnectionRefusedError ConnectionResetError EnvironmentError FileExistsError
  FileNotFoundError IOError InterruptedError IsADirectoryError NotADirectoryError OSError
  PermissionError ProcessLookupError builtins.TimeoutError]]):gmatch "%S+" do
  system_errors[name] = true
end

--- Python's str() of an argument.
local function text(value)
  local metatable = getmetatable(value)
  if type(value) == "string" then
    return value
  elseif metatable == core.Error then
    return value.message
  elseif type(value) == "table" and metatable and metatable.__tostring then
    return tostring(value)
  end
  return repr(value)
end

local function message_of(err)
  local args = type(err.args) == "table" and err.args or {}
  if #args == 0 then
    return ""
  elseif #args == 1 then
    return err.class == "KeyError" and repr(args[1]) or text(args[1])
  elseif #args == 2 and system_errors[err.class] then
    return ("[Errno %s] %s"):format(text(args[1]), text(args[2]))
  end
  return repr(setmetatable(table.move(args, 1, #args, 1, {}), core.types.tuple))
end

function core.Error:__index(key)
  if key == "message" then
    return message_of(self)
  elseif key == "attributes" then
    local attributes = {}
    rawset(self, key, attributes)
    return attributes
  elseif not OWN[key] then
    local attributes = rawget(self, "attributes")
    return type(attributes) == "table" and attributes[key] or nil
  end
end

function core.Error:__newindex(key, value)
  if OWN[key] then
    rawset(self, key, value)
  else
    self.attributes[key] = value
  end
end

---@type table<string, fun(...): pyro.Error>
local errors = {}
for name in (builtins .. pyro_own):gmatch "%S+" do
  errors[name] = function(...)
    return core.newerror(name, ...)
  end
end

return errors
