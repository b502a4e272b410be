---@meta
--- Functions of `pyro` that are written in C, for editors with the Lua language server.

---@class pyro
local pyro = {}

--- Makes two connected sockets: for a proxy, and for the daemon at the other end.
---@return integer, integer their descriptors
function pyro.socketpair() end

--- A call's argument that stays serialized until somebody asks for it: it must be the only one.
--- Unless a serializer is chosen it is serpent, which all can read to whom it is passed on.
--- (Programs in Python pass on as serpent what they got in any other, unless they are set to that.)
---@param info any what those who pass it on may know of it; small
---@param data any what the receiver's blob:deserialized() gives
---@return pyro.SerializedBlob
function pyro.SerializedBlob(info, data) end

--- Parses a URI. A malformed one is a PyroError that quotes it.
---@param text string|pyro.URI
---@return pyro.URI
function pyro.URI(text) end

--- An error object of any class, such as one that a Python program knows.
---@param class string its full name: "shop.OutOfStock"
---@param ... any its arguments
---@return pyro.Error
function pyro.Error(class, ...) end

--- Runs a function in the background, where Python would start a thread: it gets its turn whenever
--- the others wait. An error in it is printed, and ends only it. coroutine.close() cancels it: what
--- it waits for is given up.
---@param f function
---@param ... any its arguments
---@return thread task
function pyro.spawn(f, ...) end

--- Waits until a task of pyro.spawn() has ended, as Python's thread.join() does. Tasks that nobody
--- waits for end with the program, as Python's daemon threads do.
---@param task thread
---@param seconds? number by default as long as it takes
---@return boolean whether it has ended
function pyro.join(task, seconds) end

--- An event, by which one task wakes others: they wait in event:wait() until event:set().
---@return pyro.Event
function pyro.event() end

--- Waits, while daemons and background tasks go on.
---@param seconds number
function pyro.sleep(seconds) end

--- The time, as os.time() counts it, but with a fraction (Python's time.time()): how long something
--- takes is the difference of two.
---@return number seconds since 1970
function pyro.time() end

--- Goes one step of what all daemons, proxies and tasks do: waits for an event, at most so long,
--- and handles what is there. For a program with an event loop of its own.
---@param seconds? number 0 does not wait; by default as long as it takes
---@return boolean whether there is anything that events could come from
function pyro.step(seconds) end

--- A descriptor that such a loop can poll: when it is readable, or the time of pyro.timeout() is
--- over, pyro.step(0) has something to do.
---@return integer
function pyro.fileno() end

--- How long such a loop may poll before the next step. Ask right before polling, each time: it also
--- gives the system what is to be sent and awaited.
---@return number? seconds nil: any time
function pyro.timeout() end
