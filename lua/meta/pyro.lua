---@meta
--- Functions of `pyro` that are written in C, for editors with the Lua language server.

---@class pyro
local pyro = {}

--- Makes two connected sockets: one for a proxy, the other for a daemon.
---@return integer, integer their file descriptors
function pyro.socketpair() end

pyro.ndarray = {}

--- Makes an array.
---@param shape integer[]|integer the length of each dimension, or of the only one
---@param dtype string type of the items: "<f8", or "float64", "uint16", "bool", "complex128"
---@param data table|string|any all items, in one list or in nested lists; or their bytes, plain or
---  in base64; or, without dimensions, the item
---@param order? "C"|"F" order of the items in the bytes: the last ("C", default) or the first index
---  changes fastest
---@return pyro.ndarray
function pyro.ndarray.new(shape, dtype, data, order) end

--- Makes an array from the bytes of a .npy file. Refuses arrays of objects and records.
---@param bytes string|pyro.bytes
---@return pyro.ndarray
function pyro.ndarray.load(bytes) end

--- Makes an argument that stays serialized until its receiver asks for the value. It must be the
--- only argument of its call. It is serialized as serpent, which every receiver can read, unless a
--- serializer is set. (Programs in Python that pass on a blob of another serializer declare it to
--- be serpent, unless they use that serializer themselves.)
---@param info any what programs that pass it on may know about it; keep it small
---@param data any the value that the receiver gets from blob:deserialized()
---@return pyro.SerializedBlob
function pyro.SerializedBlob(info, data) end

--- Parses a URI. Raises a PyroError that quotes it if it is malformed.
---@param text string|pyro.URI
---@return pyro.URI
function pyro.URI(text) end

--- Makes an error object of any class, such as one that a Python program has.
---@param class string the full name of the class: "shop.OutOfStock"
---@param ... any the arguments of the exception
---@return pyro.Error
function pyro.Error(class, ...) end

--- Runs a function in a new task, where Python would start a thread. It runs while other tasks
--- wait. An error in it is printed, and ends only this task. coroutine.close() cancels the task,
--- and gives up what it waits for.
---@param f function
---@param ... any arguments of the function
---@return thread task
function pyro.spawn(f, ...) end

--- Waits until a task of pyro.spawn() ends, like Python's thread.join(). Tasks that nobody joins
--- end with the program, like Python's daemon threads.
---@param task thread
---@param seconds? number timeout; none by default
---@return boolean whether the task has ended
function pyro.join(task, seconds) end

--- Makes an event, by which one task wakes others: they wait in event:wait() until event:set().
---@return pyro.Event
function pyro.event() end

--- Waits. Daemons and other tasks keep running.
---@param seconds number
function pyro.sleep(seconds) end

--- Returns the time like os.time(), but with a fraction, as Python's time.time() does. Subtract two
--- times to measure a duration.
---@return number seconds since 1970
function pyro.time() end

--- Tells the service manager that started the program, systemd for example, that the program is
--- ready: for units with `Type=notify`. From then on it is also told that the program is alive, as
--- often as it wants to know (`WatchdogSec`), as long as the program waits now and then; and when
--- the program ends. Call it once the program serves; call it again to change the status. Does
--- nothing where no service manager wants to know (NOTIFY_SOCKET is not set).
---@param status? string what `systemctl status` shows: "12 names"
---@return boolean told whether there is a service manager
function pyro.ready(status) end

--- Waits for an event and handles what is ready, for all daemons, proxies and tasks. Call it from
--- your own event loop.
---@param seconds? number timeout; 0 does not wait, nil waits without limit
---@return boolean whether anything is open that can still cause events
function pyro.step(seconds) end

--- Returns a file descriptor for your own event loop. When it is readable, or after pyro.timeout()
--- seconds, call pyro.step(0).
---@return integer
function pyro.fileno() end

--- Returns how long your own event loop may poll before the next step. Call it right before you
--- poll, each time: it also submits pending output to the system.
---@return number? seconds nil: without limit
function pyro.timeout() end
