---@meta
--- Userdata of `pyro`, and methods that are created at run time, for editors with the Lua language
--- server. Everything that is written in Lua is annotated in its source.

--- The address of an object. Two URIs are equal if tostring() returns the same string for both.
---@class pyro.URI: userdata
---@field protocol "PYRO"|"PYRONAME"|"PYROMETA"
---@field object string the object's id, its name, or the tags
---@field host? string
---@field port? integer
---@field sockname? string path of a Unix socket
---@field location? string "localhost:4711" or "./u:path"
local URI = {}

--- Returns the URI as a string, like tostring().
---@return string
function URI:asString() end

--- An array of numbers, like numpy's. It does not change. `#array` is the length of its first
--- dimension. Two arrays are equal if they have the same shape and type, and the same bytes.
---@class pyro.ndarray: userdata
---@field shape integer[] the length of each dimension; a new tuple each time
---@field dtype string numpy's name of the type of the items: "<f8", ">i2", "<c16"
---@field order "C"|"F" order of the items: the last index changes fastest, or the first (Fortran)
---@field data string the bytes of all items
local ndarray = {}

--- Returns an item. Large unsigned 64-bit integers are pyro.bigint, complex numbers pyro.complex,
--- booleans and strings those of Lua, and dates and durations integers in the units of the dtype.
---@param ... integer index in each dimension, from 1
---@return any
function ndarray:get(...) end

--- Returns a row, that is array:totable()[index]. With one dimension, a row is an item.
---@param index integer from 1
---@return table|any
function ndarray:row(index) end

--- Returns all items in nested tables, one level for each dimension. Without dimensions, returns
--- the item.
---@return table|any
function ndarray:totable() end

--- Returns the bytes of a .npy file, as numpy.save() writes it.
---@return string
function ndarray:npy() end

---@class pyro.Proxy: userdata
local Proxy = {}

--- Connects, unless the proxy is connected. If its URI is a name, looks it up first.
---@return boolean whether a connection was made
function Proxy:_pyroBind() end

--- Closes the connection. The next use reconnects.
function Proxy:_pyroRelease() end

--- Returns the server's certificate; nil without TLS. Never calls a remote method of that name,
--- which a batch still can.
---@return pyro.Certificate|nil
function Proxy:getpeercert() end

---@class pyro.DaemonSsl
---@field servercert? string file with the certificate; the default is the setting SSL_SERVERCERT
---@field serverkey? string file with its key, if that is another one
---@field serverkeypasswd? string password of the key
---@field requireclientcert? boolean serve only clients with a certificate
---@field cacerts? string file or folder with certificates of the clients' authorities

---@class pyro.DaemonOptions
---@field host? string where to listen: at all addresses of that name on this machine. The default
---  is the setting HOST
---@field port? integer any free port by default
---@field unixsocket? string path of a Unix socket to listen on, instead of host and port. A socket
---  file that a killed server left there is replaced
---@field nathost? string host in URIs, if clients reach the daemon through NAT
---@field natport? integer port in URIs, likewise
---@field allow? string path of a file of rules that say who may call what. The default is the
---  setting ALLOW
---@field connected_socket? integer file descriptor of a connected socket, to serve instead of
---  listening
---@field ssl? boolean|pyro.DaemonSsl whether to speak TLS, at a host and port. In a table, settings
---  are the default of what is missing. nil: as the setting SSL says
---@field hmac_key? string the HMAC key that clients must have

---@class pyro.Daemon: userdata
---@field address string the first numeric address that it listens at; "" for a Unix socket
---@field closed boolean
---@field names integer number of registered names, if it is a name server
local Daemon = {}

---@class pyro.RegisterOptions
---@field force? boolean also register an object that is registered already, and replace another
---  object that has the id
---@field weak? boolean serve the object only while something else in the program refers to it: once
---  it is garbage-collected, it is no longer served. Not for classes.

--- Serves a table as an object. Its functions are methods, unless their names start with an
--- underscore.
---@param object table an object, or a class
---@param id? string a new one by default
---@param options? pyro.RegisterOptions|boolean a boolean is the option force
---@return pyro.URI
function Daemon:register(object, id, options) end

--- Stops serving an object.
---@param object table|string the object, or its id
function Daemon:unregister(object) end

--- Returns the URI of an object, registered or not.
---@param object table|string the object, or an id
---@param nat? boolean true (default): with the host and port behind NAT
---@return pyro.URI
function Daemon:uriFor(object, nat) end

--- Returns a proxy of an object of this daemon.
---@param object table|string the object, or its id
---@param nat? boolean true (default): with the host and port behind NAT
---@return pyro.Proxy
function Daemon:proxyFor(object, nat) end

--- Finds the methods and attributes of an object anew.
---@param object table|string the object, or its id
function Daemon:resetMetadataCache(object) end

--- Returns all registered objects.
---@return table<string, table|true> objects by id; true stands for an object that is not Lua's
function Daemon:objectsById() end

--- Serves until the daemon is shut down, a signal arrives, or a time has passed.
---@param seconds? number timeout; none by default
---@return boolean whether the daemon is shut down
function Daemon:wait(seconds) end

--- Ends the request loop. Methods may call this: their response is still sent.
function Daemon:shutdown() end

--- Stops listening, and closes all connections.
function Daemon:close() end

--- Starts to answer broadcasts, if this is a name server.
---@param options {bchost?: string, bcport?: integer}
---@return string location
function Daemon:broadcast(options) end

---@class pyro.Future: userdata
local Future = {}

--- Waits for the result.
---@param seconds? number timeout; none by default
---@return boolean whether the result, or an error, has arrived
function Future:wait(seconds) end

--- An argument that stays serialized until its receiver asks for the value.
---@class pyro.SerializedBlob: userdata
---@field info any
local SerializedBlob = {}

--- Deserializes the value, each time anew.
---@return any
function SerializedBlob:deserialized() end

--- An event, for which tasks wait until another task sets it.
---@class pyro.Event: userdata
local Event = {}

--- Sets the event and wakes all tasks that wait for it. Until it is cleared, nobody has to wait.
function Event:set() end

--- Clears the event: tasks wait again until the next event:set().
function Event:clear() end

--- Returns whether the event is set.
---@return boolean
function Event:is_set() end

--- Waits until the event is set.
---@param seconds? number timeout; none by default
---@return boolean whether the event is set; false after a timeout
function Event:wait(seconds) end

--- The context of the call that is being served, and of the calls that are made.
---@class pyro.Context: userdata
---@field client? pyro.Connection
---@field client_sock_addr? string
---@field seq integer
---@field msg_flags integer
---@field serializer_id integer
---@field annotations table<string, string> annotations of the request that is served; in a client,
---  of the requests to send
---@field response_annotations table<string, string> annotations of the response to send; in a
---  client, of the last response
---@field correlation_id? string
---@field traceparent? string W3C traceparent of the trace that the request is part of, and the
---  requests to send: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
local Context = {}

--- Has a resource closed when the client disconnects, by its `__close` metamethod or else its
--- method close(). Until then the connection keeps it alive, even if nothing else refers to it
--- (Pyro drops it then). If the client is gone already, closes the resource at once.
---@param resource any
function Context:track_resource(resource) end

--- Stops tracking a resource.
---@param resource any
function Context:untrack_resource(resource) end

--- Returns all fields, for from_global() in another task.
---@return table<string, any>
function Context:to_global() end

--- Sets all fields to those of another task.
---@param values table<string, any>
function Context:from_global(values) end

---@class pyro.NameFilter
---@field prefix? string start of the names
---@field regex? string Python regular expression that names match
---@field metadata_all? string[] tags, all of which a name must have
---@field metadata_any? string[] tags, at least one of which a name must have
---@field return_metadata? boolean return { uri, tags } for each name

--- A proxy of a name server. To give named arguments, pass a table with string keys as the last
--- argument. Its other fields are those of a proxy: `_pyroUri`, `_pyroRelease`…
---@class pyro.NameServer
local NameServer = {}

--- Returns the URI of a name. Raises a NamingError if the name is unknown.
---@param name string
---@param return_metadata? boolean return a tuple of the URI and the tags
---@return pyro.URI
function NameServer:lookup(name, return_metadata) end

--- Registers the URI of an object under a name.
---@param name string
---@param uri string|pyro.URI
---@param options? {safe: boolean?, metadata: string[]?} safe: raise an error if the name is taken
function NameServer:register(name, uri, options) end

--- Removes a name, or all names that start with a prefix or match a regular expression.
---@param name? string or named arguments: name, prefix, regex
---@return integer count how many were removed
function NameServer:remove(name) end

--- Lists names: all of them, or those that pass a filter.
---@param filter? pyro.NameFilter
---@return table<string, string|table> URIs by name
function NameServer:list(filter) end

--- Returns the number of names.
---@return integer
function NameServer:count() end

--- Raises an error if the name server does not respond.
function NameServer:ping() end

--- Replaces the tags of a name.
---@param name string
---@param metadata string[]
function NameServer:set_metadata(name, metadata) end

--- Registers the URI of an object under a name for a time: unless its owner renews it, the name is
--- removed when its lease ends. Only pyrolua's name server can do this, as the next four.
---@param name string
---@param uri string|pyro.URI
---@param owner string who keeps the name: 1 to 64 hexadecimal digits, 0-9 and a-f
---@param lease number seconds, 1 or more
---@param options? {safe: boolean?, metadata: string[]?} safe: raise an error if others have it
function NameServer:publish(name, uri, owner, lease, options) end

--- Lets the leases of all names of an owner begin anew.
---@param owner string
---@return integer count how many names that are; fewer than expected: publish the others again
function NameServer:renew(owner) end

--- Removes a name, if its owner still keeps it.
---@param name string
---@param owner string
---@return integer count 1 or 0
function NameServer:withdraw(name, owner) end

--- Lists who keeps which names: for each, its owner (pyro.null: nobody), the seconds since it was
--- registered, and the seconds left of its lease (pyro.null: it has none).
---@param prefix? string start of the names
---@return table<string, table>
function NameServer:leases(prefix) end

--- Waits until names change. Other calls of the proxy wait as long. Returns a tuple: a revision,
--- which you pass the next time; a list of changes, each a tuple of "registered", "changed" (with
--- the same URI) or "removed", name and URI; and whether no change is missing. If one is, list all
--- names again.
---@param revision? integer up to which you know all changes; nil: return the present one at once
---@param prefix? string start of the names
---@param seconds? number how long to wait, at most 30, which is the default
---@return table
function NameServer:watch(revision, prefix, seconds) end
