--- Writes the completions of the installed programs: pyrolua completions.lua bash|zsh PROGRAM
local argparse = require "argparse"

local describe = {}

function describe.pyrolua(parser)
  parser:option("-e", "Run code")
  parser:flag("-i", "Become interactive after the script")
  parser:option("-l", "Require a module into a global")
  parser:option("-m", "Run a module as a program"):choices {
    "pyro.naming", "pyro.nsc", "pyro.echoserver", "pyro.configuration" }
  parser:flag("-v --version", "Show the version")
  parser:flag("-E", "Ignore environment variables")
  parser:flag("-W", "Turn warnings on")
  for _, name in ipairs { "call", "inspect", "stub" } do
    require("pyro." .. name).command_line(parser:command(name))
  end
end

describe["pyrolua-ns"] = require "pyro.naming".command_line

describe["pyrolua-nsc"] = function(parser)
  local nsc = require "pyro.nsc"
  nsc.command_line(parser)
  for _, name in ipairs(nsc.commands()) do
    parser:command(name)
  end
end

local writers = {}

function writers.bash(parser)
  return parser:get_bash_complete()
end

--- A script may stand where a command may: bash falls back to files, zsh must be told.
function writers.zsh(parser)
  return (parser:get_zsh_complete():gsub('": :(_pyrolua_cmds)"', '": :{%1; _files}"'))
end

local shell, program = ...
local parser = argparse(program)
describe[program](parser)
io.write(writers[shell](parser))
