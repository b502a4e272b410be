---@meta
--- The userdata that programs meet, for editors with the Lua language server. What is written in
--- Lua is annotated where it is.

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

---@class pyro.Proxy: userdata
local Proxy = {}

--- Connects, if it is not yet. The name server is asked where its URI is a name.
---@return boolean whether a connection was made
function Proxy:_pyroBind() end

--- Closes the connection. The next use makes another.
function Proxy:_pyroRelease() end

---@class pyro.DaemonOptions
---@field host? string by default config HOST
---@field port? integer by default any
---@field unixsocket? string path of a Unix socket, instead of host and port
---@field nathost? string where it is for those outside, behind NAT
---@field natport? integer
---@field connected_socket? integer a connected socket's descriptor: served instead of listening

---@class pyro.Daemon: userdata
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

---@return any
function SerializedBlob:deserialized() end

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
