--- The parts of serving that are written in Lua: instances of classes, item streams, and the end
--- of a client's connection.
local core = require "pyro.core"
local exposure = require "pyro.exposure"
local traceback = require "pyro.traceback"

local serving = {}

traceback.hide(debug.getinfo(1, "S").source)

--- Returns whether instances of a table are served, not the table itself.
---@param object table
---@return boolean
function serving.is_class(object)
  return exposure.behavior_of(object) ~= nil
end

local function create(class, creator)
  local instance
  if creator then
    instance = creator(class)
  elseif type(rawget(class, "new")) == "function" then
    instance = class.new()
  else
    instance = setmetatable({}, rawget(class, "__index") and class or { __index = class })
  end
  if type(instance) ~= "table" then
    error(core.new_error("TypeError", "instance creator returned object of different type"))
  end
  return instance
end

--- Makes an instance. Until it is made, an event takes its place, for which others wait.
local function create_once(store, class, creator)
  while type(store[class]) == "userdata" do
    store[class]:wait()
  end
  if store[class] == nil then
    local made = core.new_event()
    store[class] = made
    local _ <close> = setmetatable({}, { __close = function()
      store[class] = store[class] ~= made and store[class] or nil
      made:set()
    end })
    store[class] = create(class, creator)
  end
  return store[class]
end

--- Returns the instance of a class that serves a call.
---@param class table
---@param of_session table class -> instance of this connection
---@param of_daemon table class -> instance of the daemon
---@return table
function serving.instance(class, of_session, of_daemon)
  local behavior = exposure.behavior_of(class)
  if behavior.instance_mode == "percall" then
    return create(class, behavior.instance_creator)
  end
  local store = behavior.instance_mode == "single" and of_daemon or of_session
  return create_once(store, class, behavior.instance_creator)
end

--- Closes a coroutine that is no longer wanted. An error in it was reported already.
local function close_coroutine(co)
  local failed = coroutine.status(co) == "dead"
  local closed, err = coroutine.close(co)
  if not closed and not failed then
    error(err, 0)
  end
end

--- Returns an iterator over the values that a coroutine yields, without those that it returns.
local function items_of_coroutine(co)
  local function taken(ok, ...)
    if not ok then
      error(traceback.failure(co, ..., "<coroutine>"), 0)
    elseif coroutine.status(co) == "dead" then
      return false
    end
    return true, ...
  end
  local function next_item()
    if coroutine.status(co) == "dead" then
      return false
    end
    return taken(coroutine.resume(co))
  end
  return next_item, function()
    close_coroutine(co)
  end
end

--- Makes an item stream from what Lua's `for` takes, or from a coroutine. An item of several
--- values (as from pairs) is a tuple.
---@param iterator function|thread
---@param state any
---@param control any
---@param closing any
---@return fun(): boolean, ... next returns whether there is an item, and the item
---@return function|nil close to call when no more items are wanted
function serving.items(iterator, state, control, closing)
  if type(iterator) == "thread" then
    return items_of_coroutine(iterator)
  end
  local function taken(first, ...)
    if first == nil then
      return false
    end
    control = first
    return true, first, ...
  end
  local wrapped = core.unwrap_coroutine(iterator)
  local function resumed(ok, ...) -- the function that wraps it would blame this file for its errors
    if not ok then
      error(..., 0)
    end
    return taken(...)
  end
  local function next_item()
    if wrapped then
      return resumed(coroutine.resume(wrapped, state, control))
    end
    return taken(iterator(state, control))
  end
  return next_item, (wrapped or closing ~= nil) and function()
    local _ <close> = closing
    if wrapped then
      close_coroutine(wrapped)
    end
  end or nil
end

--- Calls a function, and prints its error, so that others are still called.
local function guarded(what, f, ...)
  xpcall(f, function(err)
    traceback.report("Error in " .. what, err)
  end, ...)
end

local function close_resource(resource)
  local metatable = getmetatable(resource)
  if type(metatable) == "table" and metatable.__close then
    local _ <close> = resource
  else
    resource:close()
  end
end

--- Closes what a client tracked, and tells the daemon's owner that the client has gone.
---@param connection pyro.Connection
---@param resources? table<any, true>
---@param clientDisconnect? fun(self: pyro.Daemon, connection: pyro.Connection)
---@param daemon? pyro.Daemon
function serving.departed(connection, resources, clientDisconnect, daemon)
  if clientDisconnect then
    guarded("clientDisconnect", clientDisconnect, daemon, connection)
  end
  for resource in pairs(resources or {}) do
    guarded("closing a resource", close_resource, resource)
  end
end

--- Asks a daemon's authorize(). Raises its error, or a PermissionError where it does not return
--- true.
---@param authorize fun(self: pyro.Daemon, connection: pyro.Connection, object: string,
---  method: string): boolean?
---@param daemon pyro.Daemon
---@param connection pyro.Connection
---@param object string
---@param method string
function serving.authorize(authorize, daemon, connection, object, method)
  if not (authorize and authorize(daemon, connection, object, method)) then
    error(core.new_error("PermissionError", ("not allowed to call %s.%s"):format(object, method)))
  end
end

--- Calls a daemon's handler for failed methods.
---@param handler fun(self: pyro.Daemon, client: pyro.Connection, method: string, vargs: any[],
---  kwargs: table, err: any)
function serving.failed(handler, ...)
  guarded("methodcall_error_handler", handler, ...)
end

--- Prints the error of a failed method, if the method is marked as a callback.
---@param object table
---@param name string
---@param err any what the caller gets
function serving.callback(object, name, err)
  if exposure.is_callback(object, name) then
    local remote = type(err) == "table" and err.remoteTraceback
    traceback.print(("Error in callback %s:\n%s"):format(name,
      remote and table.concat(remote) or tostring(err) .. "\n"))
  end
end

return serving
