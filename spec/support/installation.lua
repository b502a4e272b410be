--- Files that `make install` installs, in a folder that stands for the root of a system.
local assert = require "luassert"
local process = require "spec.support.process"

---@class spec.Installation
---@field root string
---@field prefix string PREFIX in there
local Installation = {}
Installation.__index = Installation
Installation.PREFIX = "/opt/pyrolua"

--- Installs what is built already.
---@return spec.Installation
function Installation.new()
  local root = process.file("installed", "") .. ".d"
  local self = setmetatable({ root = root, prefix = root .. Installation.PREFIX }, Installation)
  self:make "install"
  return self
end

--- Runs a command in which pyrolua is what is installed; returns its output.
function Installation:run(command)
  local shell = process.run { "sh", "-c", command, env = self:environment() }
  assert.are.equal(0, shell.code, shell.output)
  return shell.out
end

function Installation:make(target)
  self:run(("make %s B=%s PREFIX=%s DESTDIR=%s"):format(target, process.build(), self.PREFIX, self.root))
end

--- Uninstalls; returns the files and folders that are left, but for those in which it is installed.
---@return string
function Installation:remove()
  self:make "uninstall"
  local left = self:run(("find %s -mindepth 2"):format(self.root))
  self:run("rm -rf " .. self.root)
  return left
end

--- Returns what programs need to find what is installed here, where no linker or interpreter looks for it.
---@return table<string, string>
function Installation:environment()
  local share = self.prefix .. "/share/lua/5.4/"
  return {
    PATH = self.prefix .. "/bin:" .. os.getenv "PATH",
    LD_LIBRARY_PATH = self.prefix .. "/lib",
    PKG_CONFIG_PATH = self.prefix .. "/lib/pkgconfig",
    PKG_CONFIG_SYSROOT_DIR = self.root,
    LUA_PATH = share .. "?.lua;" .. share .. "?/init.lua;;",
    LUA_CPATH = self.prefix .. "/lib/lua/5.4/?.so;;",
  }
end

return Installation
