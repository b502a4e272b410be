---@meta pyro.core
--- What the C module has, for editors with the Lua language server. Programs use `pyro`, whose
--- modules are annotated themselves; here is what they call, and the userdata that programs meet.

---@class pyro.core
---@field version string
---@field null userdata pyro.null
---@field Error table the metatable of error objects
---@field Failure table the metatable of what a task failed with, and its thread
---@field types table<string, table> metatables of what says as what it travels
local core = {}

--- Where an object is. Two are equal that say the same; tostring() is its text.
---@class pyro.URI: userdata
---@field protocol "PYRO"|"PYRONAME"|"PYROMETA"
---@field object string its id, its name, or the tags
---@field host? string
---@field port? integer
---@field sockname? string path of a Unix socket
---@field location? string "localhost:4711" or "./u:path"
local URI = {}

---@return string
function URI:asString() end

---@param text string|pyro.URI
---@return pyro.URI
function core.uri(text) end

---@class pyro.Proxy
local Proxy = {}

--- Connects, if it is not yet. The name server is asked where its URI is a name.
---@return boolean whether a connection was made
function Proxy:_pyroBind() end

--- Closes the connection. The next use makes another.
function Proxy:_pyroRelease() end

core.proxy_methods = Proxy

---@param uri string|pyro.URI|pyro.Proxy
---@param connected_socket? integer
---@return pyro.Proxy
function core.proxy(uri, connected_socket) end

--- As proxy:_pyroBind(), but the URI stays what it is.
---@param proxy pyro.Proxy
function core.connect(proxy) end

--- Calls a method of any object of the proxy's server.
---@param proxy pyro.Proxy
---@param object? string
---@param method string
---@param flags string "o": oneway, "b": a batch
---@param ... any
---@return any
function core.invoke(proxy, object, method, flags, ...) end

--- What calls a method, and returns a future.
---@param proxy pyro.Proxy
---@param method string
---@param later fun(...): pyro.Future calls what cannot be sent at once
---@return fun(...): pyro.Future
function core.async(proxy, method, later) end

---@return integer, integer
function core.socketpair() end

---@class pyro.Daemon
---@field address string the numeric address that it is bound to; "" for a Unix socket
---@field closed boolean
---@field names integer names that are registered, of a name server
local Daemon = {}

--- Serves an object: a table. Its functions are methods, unless their names start with an
--- underscore.
---@param object table an object, or a class
---@param id? string by default a new one
---@param force? boolean also one that is registered already
---@return pyro.URI
function Daemon:register(object, id, force) end

--- Ends that.
---@param object table|string the object, or its id
function Daemon:unregister(object) end

---@param object table|string the object, or an id, registered or not
---@param nat? boolean true (default): where it is behind NAT
---@return pyro.URI
function Daemon:uriFor(object, nat) end

---@param object table|string the object, or the id of one
---@param nat? boolean
---@return pyro.Proxy
function Daemon:proxyFor(object, nat) end

--- Looks anew at which methods and attributes an object has.
---@param object table|string
function Daemon:resetMetadataCache(object) end

---@return table<string, table|true> what is served, by id; true is no Lua object
function Daemon:objectsById() end

--- Serves until it is shut down, there is a signal, or the time is over.
---@param seconds? number
---@return boolean whether it is shut down
function Daemon:wait(seconds) end

--- Ends its request loop. A served method may call this: its answer still leaves.
function Daemon:shutdown() end

--- Stops listening, and closes its connections.
function Daemon:close() end

--- Answers broadcasts, of a name server.
---@param options {bchost?: string, bcport?: integer}
---@return string location
function Daemon:broadcast(options) end

core.daemon_methods = Daemon

---@class pyro.DaemonOptions
---@field host? string by default config HOST
---@field port? integer by default any
---@field unixsocket? string path of a Unix socket, instead of host and port
---@field nathost? string where it is for those outside, behind NAT
---@field natport? integer
---@field connected_socket? integer a connected socket's descriptor: served instead of listening

---@param options pyro.DaemonOptions
---@return pyro.Daemon
function core.daemon(options) end

---@param options pyro.NameServerOptions
---@return pyro.Daemon
function core.nameserver(options) end

---@return integer|nil descriptor of the socket that a service manager made for this program
function core.service_socket() end

--- Tells the service manager, if there is one.
---@param state string "READY=1"
function core.service_notify(state) end

--- Finds a name server.
---@param host? string
---@param port? integer
---@return pyro.Proxy
function core.locate(host, port) end

---@class pyro.Future
local Future = {}

--- Waits; tells whether it is ready.
---@param seconds? number
---@return boolean
function Future:wait(seconds) end

core.future_methods = Future

---@return pyro.Future
function core.future() end

---@param future pyro.Future
---@return pyro.FutureCallbacks
function core.future_callbacks(future) end

---@param future pyro.Future
---@return boolean good, any value
function core.future_outcome(future) end

---@param future pyro.Future
---@param good boolean
---@param value any
function core.future_done(future, good, value) end

---@param settle fun(future: pyro.Future, good: boolean, value: any)
function core.future_settler(settle) end

--- Something to wait for, until it is set.
---@return {set: fun(self), is_set: (fun(self): boolean), wait: fun(self, seconds?: number)}
function core.event() end

--- A call's argument that stays serialized until somebody asks for it.
---@class pyro.SerializedBlob: userdata
---@field info any
local SerializedBlob = {}

---@return any
function SerializedBlob:deserialized() end

---@param info any
---@param data any
---@return pyro.SerializedBlob
function core.blob(info, data) end

--- What belongs to the call that is being served, and what goes with those that are made.
---@class pyro.Context: userdata
---@field client? pyro.Connection
---@field client_sock_addr? string
---@field seq integer
---@field msg_flags integer
---@field serializer_id integer
---@field annotations table<string, string> of the request that is served, or to be sent
---@field response_annotations table<string, string> to answer with, or of the last answer
---@field correlation_id? string
local Context = {}

--- The resource's close() is called when the client disconnects.
---@param resource any
function Context:track_resource(resource) end

---@param resource any
function Context:untrack_resource(resource) end

--- All fields, for from_global() in another task.
---@return table<string, any>
function Context:to_global() end

---@param values table<string, any>
function Context:from_global(values) end

core.current_context = Context

---@param f function
---@param ... any
---@return thread
function core.spawn(f, ...) end

--- As spawn(), but it runs at once, up to where it first waits.
---@param f function
---@param ... any
---@return thread
function core.launch(f, ...) end

---@param seconds number
function core.sleep(seconds) end

---@param seconds? number
---@return boolean
function core.step(seconds) end

---@return integer
function core.fileno() end

---@param descriptor integer
---@param interruptible? boolean
---@return {wait: fun(self): boolean} watcher to be closed
function core.watch(descriptor, interruptible) end

---@param class string
---@param ... any
---@return pyro.Error
function core.newerror(class, ...) end

---@param name string
---@return any
function core.config_get(name) end

---@param name string
---@param value any
function core.config_set(name, value) end

---@return string[]
function core.config_names() end

--- Sets all items to their defaults, then to what the environment says.
---@param environment boolean
function core.config_reset(environment) end

---@param to function
---@param from function
function core.converters(to, from) end

---@param object table
---@return boolean whether a daemon serves it
function core.served(object) end

---@param hooks table<string, function> what the Lua side does for the C side
function core.hooks(hooks) end

--- From now on the Lua side is asked which methods may be called.
function core.narrow() end

---@param value any
---@return string
function core.json(value) end

---@param number number
---@return string as Python writes it
function core.realtext(number) end

---@param ordinal integer
---@return string|nil
function core.datetext(ordinal) end

---@param seconds number
---@return string|nil
function core.datetimetext(seconds) end

return core
