--- Programs in both languages: pyrolua's, and the real Pyro4's, which has to be there.
local process = require "spec.support.process"

local peers = {}

local PYTHON = os.getenv "PYTHON" or "/usr/bin/python3"
local NAMING = { Lua = "pyro.naming", Python = "Pyro4.naming" }
local NSC = { Lua = "pyro.nsc", Python = "Pyro4.nsc" }

--- What Python needs to talk msgpack, and to show what it prints at once.
local PYTHON_SETTINGS = {
  PYRO_SERIALIZER = "msgpack",
  PYRO_SERIALIZERS_ACCEPTED = "msgpack",
  PYRO_REQUIRE_EXPOSE = "false",
  PYTHONUNBUFFERED = "1",
  PYTHONDONTWRITEBYTECODE = "1",
}

--- The command that runs a program of a language; `command` has its arguments, and env, cwd, input.
---@param language "Lua"|"Python"
---@param command spec.Command
---@return spec.Command
function peers.command(language, command)
  local words, env = process.pyrolua(), {}
  if language == "Python" then
    words = { PYTHON, "-Wignore" }
    for name, value in pairs(PYTHON_SETTINGS) do
      env[name] = value
    end
  end
  for name, value in pairs(command.env or {}) do
    env[name] = value
  end
  table.move(command, 1, #command, #words + 1, words)
  words.env, words.cwd, words.input = env, command.cwd, command.input
  return words
end

function peers.start(language, command)
  return process.start(peers.command(language, command))
end

--- Runs a program to its end.
function peers.run(language, command)
  local program = peers.start(language, command)
  program:close_input()
  program:wait()
  return program
end

--- Starts a name server for this machine; returns it, and the environment that leads to it.
function peers.name_server(language)
  local server = peers.start(language, { "-m", NAMING[language], "-p", "0" })
  local port = server:expect "URI = PYRO:Pyro%.NameServer@localhost:(%d+)\n"
  return server, { PYRO_NS_HOST = "localhost", PYRO_NS_PORT = port }
end

--- Runs nsc.
---@param env table that name_server() returned
---@param words string[] its arguments
---@param input? string
function peers.nsc(language, env, words, input)
  local command = { "-m", NSC[language], env = env, input = input }
  table.move(words, 1, #words, #command + 1, command)
  return peers.run(language, command)
end

return peers
