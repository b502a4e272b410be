---@meta
--- The userdata that programs meet, and methods that are made at run time, for editors with the Lua
--- language server. What is written in Lua is annotated where it is.

--- Where an object is. Two are equal that say the same; tostring() is its text.
---@class pyro.URI: userdata
---@field protocol "PYRO"|"PYRONAME"|"PYROMETA"
---@field object string its id, its name, or the tags
---@field host? string
---@field port? integer
---@field sockname? string path of a Unix socket
---@field location? string "localhost:4711" or "./u:path"
local URI = {}

--- Its text, which is also that of tostring().
---@return string
function URI:asString() end

---@class pyro.Proxy: userdata
local Proxy = {}

--- Connects, if it is not yet. The name server is asked where its URI is a name.
---@return boolean whether a connection was made
function Proxy:_pyroBind() end

--- Closes the connection. The next use makes another.
function Proxy:_pyroRelease() end

---@class pyro.DaemonOptions
---@field host? string by default config HOST; of a name, all addresses that this machine has
---@field port? integer by default any
---@field unixsocket? string path of a Unix socket, instead of host and port; a file that a killed
---  server left there is replaced
---@field nathost? string where it is for those outside, behind NAT
---@field natport? integer
---@field connected_socket? integer a connected socket's descriptor: served instead of listening

---@class pyro.Daemon: userdata
---@field address string the numeric address that it is bound to first; "" for a Unix socket
---@field closed boolean
---@field names integer names that are registered, of a name server
local Daemon = {}

---@class pyro.RegisterOptions
---@field force? boolean also one that is registered already, or in place of what has that id
---@field weak? boolean only as long as something else in this program refers to the object: once it
---  is collected, it is served no more. Not for classes.

--- Serves an object: a table. Its functions are methods, unless their names start with an
--- underscore.
---@param object table an object, or a class
---@param id? string by default a new one
---@param options? pyro.RegisterOptions|boolean a boolean is the option force
---@return pyro.URI
function Daemon:register(object, id, options) end

--- Ends that.
---@param object table|string the object, or its id
function Daemon:unregister(object) end

--- Where an object is, or would be.
---@param object table|string the object, or an id, registered or not
---@param nat? boolean true (default): where it is behind NAT
---@return pyro.URI
function Daemon:uriFor(object, nat) end

--- A proxy that calls an object of this daemon.
---@param object table|string the object, or the id of one
---@param nat? boolean
---@return pyro.Proxy
function Daemon:proxyFor(object, nat) end

--- Looks anew at which methods and attributes an object has.
---@param object table|string
function Daemon:resetMetadataCache(object) end

--- All objects that are registered.
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

---@class pyro.Future: userdata
local Future = {}

--- Waits; tells whether it is ready.
---@param seconds? number
---@return boolean
function Future:wait(seconds) end

--- A call's argument that stays serialized until somebody asks for it.
---@class pyro.SerializedBlob: userdata
---@field info any
local SerializedBlob = {}

--- What was sent. Each time it is made anew.
---@return any
function SerializedBlob:deserialized() end

--- What tasks wait for until another says so.
---@class pyro.Event: userdata
local Event = {}

--- Wakes all who wait. Those who wait later do not, until it is cleared.
function Event:set() end

--- Whoever waits from now on waits for the next event:set().
function Event:clear() end

--- Tells whether it is set.
---@return boolean
function Event:is_set() end

--- Waits until the event is set.
---@param seconds? number by default as long as it takes
---@return boolean whether it is; false when the time is over
function Event:wait(seconds) end

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

--- Closes the resource when the client disconnects: by its `__close` metamethod, else its method
--- close(). Until then the connection holds it, even if nothing else does (Pyro's drops it then).
--- One that is tracked after the client has gone is closed at once.
---@param resource any
function Context:track_resource(resource) end

--- Undoes that.
---@param resource any
function Context:untrack_resource(resource) end

--- All fields, for from_global() in another task.
---@return table<string, any>
function Context:to_global() end

--- Sets all fields, as another task had them.
---@param values table<string, any>
function Context:from_global(values) end

---@class pyro.NameFilter
---@field prefix? string of names
---@field regex? string that names match, as a Python regular expression
---@field metadata_all? string[] tags, of which names have each
---@field metadata_any? string[] tags, of which names have one or more
---@field return_metadata? boolean then it is { uri, tags } for each name

--- A table as the last argument, with names as its keys, names arguments. Other names are those of
--- the proxy: `_pyroUri`, `_pyroRelease`…
---@class pyro.NameServer
local NameServer = {}

--- Where the object of that name is; a NamingError where there is none.
---@param name string
---@param return_metadata? boolean then the result is a tuple of the URI and the tags
---@return pyro.URI
function NameServer:lookup(name, return_metadata) end

--- Gives a name to an object.
---@param name string
---@param uri string|pyro.URI
---@param options? {safe: boolean?, metadata: string[]?} safe: an error where the name is taken
function NameServer:register(name, uri, options) end

--- Removes a name, or all that begin with a prefix or match a regular expression.
---@param name? string or named arguments: name, prefix, regex
---@return integer count how many
function NameServer:remove(name) end

--- The names, of which the filter says more: all by default.
---@param filter? pyro.NameFilter
---@return table<string, string|table> URIs by name
function NameServer:list(filter) end

--- How many names there are.
---@return integer
function NameServer:count() end

--- An error where it does not answer.
function NameServer:ping() end

--- Replaces the tags of a name.
---@param name string
---@param metadata string[]
function NameServer:set_metadata(name, metadata) end
