--- Software and machine that were measured.
local process = require "spec.support.process"
local uv = require "luv"

local machine = {}

local PACKAGES = { "lua5.4", "libuv1", "libmicrohttpd12", "redis-server", "neovim", "python3", "pyro4",
  "python3-msgpack", "python3-serpent", "lua-cjson", "lua-dkjson", "gnuplot-nox", "apache2-utils" }

--- A list of versions, in Markdown.
---@return string
function machine.versions()
  local query = process.run { "/usr/bin/dpkg-query", "-W", "-f", "- ${Package} ${Version}\\n", table.unpack(PACKAGES) }
  local pyrolua = process.run_pyrolua { "-v" }.output:match "[^\n]+"
  return ("- %s, built from commit %s\n%s"):format(pyrolua,
    process.run({ "/usr/bin/git", "rev-parse", "--short", "HEAD" }).out:match "%x+" or "unknown",
    query.out:gsub("\n$", ""))
end

--- A sentence about the machine.
---@return string
function machine.name()
  local cpus, system = uv.cpu_info(), uv.os_uname()
  return ("%d CPUs (%s), %s %s"):format(#cpus, cpus[1].model, system.sysname, system.release)
end

return machine
