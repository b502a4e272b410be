--- The activity of this process: its tasks, daemons, connections and pending calls.
local core = require "pyro.core"
local traceback = require "pyro.traceback"

traceback.hide(debug.getinfo(1, "S").source)

--- The result of pyro.debug(); tostring() makes a report of it. There are at most 200 rows of each
--- kind; the field `more` of a list, where present, says how many were left out.
---@class pyro.State
---@field tasks pyro.TaskState[] those that run or wait; and what waits outside of tasks
---@field daemons pyro.DaemonState[]
---@field proxies pyro.ProxyState[] those that are connected or connecting, or resolve their names;
---  the field `idle` says how many others there are
---@field completions integer number of events that will be handled in the next step
---@field posted integer number of functions that other threads of a C program posted, and that did
---  not run yet

---@class pyro.TaskState
---@field state "running"|"ready"|"waiting"
---@field waits? string what it waits for: "reply", "sleep", "event", "connection", "request loop"…
---@field seconds? number how long it has waited
---@field where? string where it stands in the program: "script.lua:12"
---@field serves? string the object and method that it serves: "example.warehouse.take"
---@field peer? string address of the client that it serves
---@field gone? boolean whether that client has disconnected

---@class pyro.DaemonState
---@field location string
---@field state "listening"|"not listening"|"closed"
---@field objects integer number of registered objects
---@field streams integer number of open item streams
---@field connections pyro.ConnectionState[]

---@class pyro.ConnectionState
---@field peer string address of the client
---@field state "handshake"|"ready"
---@field requests integer number of requests that came in so far
---@field running integer number of requests that are being served
---@field unread integer bytes that were received and wait to be served
---@field unsent integer bytes that wait to be sent

---@class pyro.ProxyState
---@field uri string
---@field state string "resolving", "connecting", "handshake", "ready"…
---@field protocol? integer 48 (Pyro4) or 502 (Pyro5)
---@field serializer string
---@field unread integer bytes that have come of a response
---@field announced integer how many bytes that response has; 0 if that is not known yet
---@field unsent integer bytes that wait to be sent
---@field calls pyro.CallState[]

---@class pyro.CallState
---@field waits string what the call waits for: "reply", "connection"…
---@field method? string
---@field seconds number how long the call has waited

local State = { __name = "pyro.State" }

--- Returns a number and its noun: "1 task", "2 tasks".
local function count_of(number, noun, plural)
  return ("%d %s"):format(number, number == 1 and noun or plural or noun .. "s")
end

--- Returns all rows of a list, also those that were left out.
local function size_of(list)
  return #list + (list.more or 0)
end

--- Appends one line, which may contain strings of peers.
local function add(lines, indent, ...)
  lines[#lines + 1] = (" "):rep(indent) .. core.printable(string.format(...), true)
end

local function add_more(lines, indent, list)
  if list.more then
    add(lines, indent, "and %d more", list.more)
  end
end

local function add_tasks(lines, tasks)
  add(lines, 0, "tasks: %d", size_of(tasks))
  for _, task in ipairs(tasks) do
    local waits = task.waits and ("for %s, %.3f s"):format(task.waits, task.seconds) or ""
    add(lines, 2, "%-7s %-28s %s%s", task.state, waits, task.where or "-",
      task.serves and ("  serves %s for %s%s"):format(task.serves, task.peer,
        task.gone and " (gone)" or "") or "")
  end
  add_more(lines, 2, tasks)
end

local function add_daemons(lines, daemons)
  add(lines, 0, "daemons: %d", size_of(daemons))
  for _, daemon in ipairs(daemons) do
    add(lines, 2, "%s  %s, %s, %s, %s", daemon.location, daemon.state,
      count_of(daemon.objects, "object"), count_of(daemon.streams, "item stream"),
      count_of(size_of(daemon.connections), "connection"))
    for _, connection in ipairs(daemon.connections) do
      add(lines, 4, "%s  %s, %s, %d running, %d bytes unread, %d unsent", connection.peer,
        connection.state, count_of(connection.requests, "request"), connection.running,
        connection.unread, connection.unsent)
    end
    add_more(lines, 4, daemon.connections)
  end
  add_more(lines, 2, daemons)
end

local function add_proxies(lines, proxies)
  add(lines, 0, "proxies: %d, and %d not connected", size_of(proxies), proxies.idle)
  for _, proxy in ipairs(proxies) do
    add(lines, 2, "%s  %s, %s%s, %s, %s%d bytes unsent", proxy.uri, proxy.state, proxy.serializer,
      proxy.protocol and " in protocol " .. proxy.protocol or "",
      count_of(size_of(proxy.calls), "pending call"),
      proxy.unread > 0 and ("%d of %d bytes received, "):format(proxy.unread, proxy.announced)
        or "", proxy.unsent)
    for _, call in ipairs(proxy.calls) do
      add(lines, 4, "%s for %s, %.3f s", call.method and call.method .. "()" or "waits", call.waits,
        call.seconds)
    end
    add_more(lines, 4, proxy.calls)
  end
  add_more(lines, 2, proxies)
end

function State:__tostring()
  local lines = {}
  add_tasks(lines, self.tasks)
  add_daemons(lines, self.daemons)
  add_proxies(lines, self.proxies)
  add(lines, 0, "queued: %s, %s", count_of(self.completions, "completion"),
    count_of(self.posted, "posted function"))
  return table.concat(lines, "\n")
end

--- Returns what this process is doing: its tasks and what they wait for, its daemons and their
--- connections, its proxies and their pending calls. tostring() makes a report of it, which
--- `print(pyro.debug())` shows. The program pyrolua prints the report on the standard error when it
--- receives the signal SIGUSR1.
---@return pyro.State
return function()
  local state = setmetatable(core.state(), State)
  for _, task in ipairs(state.tasks) do
    task.where = task.thread and traceback.place(task.thread)
    task.thread = nil
  end
  return state
end
