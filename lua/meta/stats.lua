--- Results of daemon:stats(). docs/statistics.md says more.
---@meta

--- Counts of a program. Counts go up as long as it runs; times are in seconds.
---@class pyro.Stats
---@field uptime number seconds since the program was started
---@field connections pyro.ConnectionStats
---@field handshakes { completed: integer, failed: integer } handshakes of Pyro with clients
---@field tls { completed: integer, failed: integer, resumed: integer } handshakes of TLS; how many
---  of the completed ones resumed a session
---@field bytes { received: integer, sent: integer } on all connections
---@field calls pyro.ServedStats all calls that were served
---@field methods table<string, pyro.CallStats> by "object.method"; "other" are those for which
---  there was no room
---@field proxies pyro.ProxyStats
---@field loop { steps: integer, lag: pyro.LagStats } rounds of the event loop, and how long events
---  had to wait for them
---@field tasks { running: integer, started: integer } tasks now, and so far
---@field streams { open: integer, made: integer } item streams now, and so far
---@field memory { resident: integer, lua: integer } bytes of the process that are in memory, and of
---  its Lua state, now
---@field names { registered: integer } names in the program's name servers, now
---@field leases { held: integer, renewed: integer, ended: integer } names with a lease, now; calls
---  that renewed leases; names that were removed because nobody renewed them
---@field storage { changes: integer, failed: integer, pending: integer } changes of names that are
---  stored, that could not be stored, and that are being stored now

---@class pyro.ConnectionStats
---@field open integer connections of clients, now
---@field accepted integer connections of clients so far
---@field refused table<string, integer> by reason: full, scarce, handshake, message, silence

--- Times: `p50` is one that half of them did not exceed.
---@class pyro.TimeStats
---@field seconds number all of them together
---@field p50 number
---@field p99 number
---@field p999 number
---@field buckets? [number, integer][] upper bound in seconds, and how many times were below that
---  and not below the bound before; only with the option `buckets`

---@class pyro.LagStats: pyro.TimeStats
---@field max number

---@class pyro.CallStats: pyro.TimeStats
---@field calls integer calls that have ended
---@field in_flight integer calls that run, now
---@field errors table<string, integer> how many failed, by class

---@class pyro.ServedStats: pyro.CallStats
---@field oneway integer
---@field batches integer
---@field refused integer calls that rules or authorize() did not allow

---@class pyro.ProxyStats
---@field connections integer connections that proxies have made
---@field calls integer calls that they have sent
---@field raised integer how many of these raised an exception in the server
---@field lost table<string, integer> calls without a reply, by the class of the error
---@field retries integer repeated attempts at calls
