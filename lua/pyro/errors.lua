--- Constructors of error objects, by class name: those that Python and Pyro know. An error object
--- has the fields class, message, args, and remoteTraceback (a list of lines) when it came from
--- another program; tostring() gives "ValueError: the message".
local core = require "pyro.core"

local names = [[
  BaseException Exception ArithmeticError AssertionError AttributeError BlockingIOError
  BrokenPipeError BufferError BytesWarning ChildProcessError ConnectionAbortedError ConnectionError
  ConnectionRefusedError ConnectionResetError DeprecationWarning EOFError EnvironmentError
  FileExistsError FileNotFoundError FloatingPointError FutureWarning GeneratorExit IOError
  ImportError ImportWarning IndentationError IndexError InterruptedError IsADirectoryError KeyError
  KeyboardInterrupt LookupError MemoryError ModuleNotFoundError NameError NotADirectoryError
  NotImplementedError OSError OverflowError PendingDeprecationWarning PermissionError
  ProcessLookupError RecursionError ReferenceError ResourceWarning RuntimeError RuntimeWarning
  StopAsyncIteration StopIteration SyntaxError SyntaxWarning SystemError SystemExit TabError
  TypeError UnboundLocalError UnicodeError UnicodeWarning UserWarning ValueError Warning
  ZeroDivisionError
  PyroError CommunicationError ConnectionClosedError TimeoutError ProtocolError
  MessageTooLargeError NamingError DaemonError SecurityError SerializeError
]]

---@type table<string, fun(...): pyro.Error>
local errors = {}
for name in names:gmatch "%S+" do
  errors[name] = function(...)
    return core.newerror(name, ...)
  end
end
return errors
