--- Features of Pyro, a row each, and why some of it has no spec. The rows' numbers are in the
--- specs' titles, as tags: `#r20:L4` proves row 20 for a client in Lua and a server of Pyro4, `#r20:4L`
--- the other way round, `:L5` and `:5L` likewise; `#r20` proves what no peer takes part in.
--- scripts/conformance.lua makes docs/conformance.md of it, and fails where a cell has neither.
local columns = { "L4", "4L", "L5", "5L" }

local same = "what travels is the same as in other calls: see the columns of Pyro4"

local same_tables = "the tables are the same: see the columns of Pyro4"
local silent = "servers are connected to, but nothing is sent: see the columns of Pyro4"

---@class spec.Row
---@field [1] string the feature
---@field [2]? table<string, string> column -> why no spec proves it

---@type spec.Row[]
local rows = {
  { "URIs: PYRO, PYRONAME, PYROMETA; hosts, IPv6 addresses, Unix sockets; malformed ones are quoted" },
  { "object ids, given or made up" },
  { "finding the name server: given host, localhost, broadcast, NS_HOST" },
  { "the name server's methods and errors, metadata included" },
  { "name server storage in SQL files; dbm files are copied into one",
    { L5 = same_tables, ["5L"] = same_tables } },
  { "name server forgets what is gone (autoclean)", { L5 = silent, ["5L"] = silent } },
  { "name server answers broadcasts" },
  { "program pyrolua-ns" },
  { "program pyrolua-nsc" },
  { "proxies: connect on first use, bind, release, reconnect, copies, equality" },
  { "metadata: unknown names fail before anything is sent" },
  { "attributes read and written" },
  { "positional and named arguments" },
  { "oneway calls" },
  { "batches, oneway ones too" },
  { "futures", { ["5L"] = "Pyro5 took futures out" } },
  { "time-outs, retries, lost connections" },
  { "a serializer of the proxy's own; sequence numbers are checked" },
  { "handshake data, accepted and refused" },
  { "annotations, call context, correlation ids" },
  { "proxies over existing sockets", { L5 = same, ["5L"] = same } },
  { "proxies as arguments and results" },
  { "registering objects, and asking what is registered" },
  { "where a daemon listens; serveSimple" },
  { "request loops, shutdown, several daemons, foreign loops" },
  { "what is exposed, and what is not" },
  { "instance modes: single, session, percall" },
  { "registered objects travel as proxies" },
  { "streams of items" },
  { "oneway calls do not hold up their connection" },
  { "exceptions: class, arguments, attributes, traceback" },
  { "the object Pyro.Daemon" },
  { "hooks of daemons: handshakes, disconnects, tracked resources, annotations, housekeeping" },
  { "limits of connections, time and size" },
  { "pings, unknown messages, what fails when connecting" },
  { "Unix sockets, IPv6, existing sockets" },
  { "serializers serpent, json, marshal, msgpack; Pyro4's pickle, cloudpickle and dill, of which nothing runs" },
  { "values of all types, and registered classes" },
  { "serialized blobs" },
  { "compression" },
  { "built-in exceptions and Pyro's own, by each generation's names" },
  { "TLS and HMAC", { L5 = same, ["5L"] = same } },
  { "nothing that is received runs code or makes unknown classes" },
  { "settings, their defaults and environment variables" },
  { "excepthook and remote tracebacks" },
  { "the echo server" },
  { "HTTP gateway", { L5 = same, ["5L"] = "its clients speak HTTP: see the columns of Pyro4" } },
  { "the settings printed, for a check" },
}

return { columns = columns, rows = rows }
