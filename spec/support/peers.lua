--- Programs in all languages: pyrolua's, and the real Pyro's. Pyro4 has to be there; Pyro5 need not
--- (Debian has none): where it cannot be imported, its recorded conversations stand for it.
local process = require "spec.support.process"

local peers = {}

---@alias spec.Language
---| "Lua"
---| "Pyro4" as it is installed, without any setting
---| "Pyro5" likewise

local PYTHON = os.getenv "PYTHON" or "/usr/bin/python3"
local PYRO5_PATH = os.getenv "PYRO5_PATH" -- the folder that has the folder Pyro5, if it is not installed

local NAMING = { Lua = "pyro.naming", Pyro4 = "Pyro4.naming", Pyro5 = "Pyro5.nameserver" }
local NSC = { Lua = "pyro.nsc", Pyro4 = "Pyro4.nsc", Pyro5 = "Pyro5.nsc" }

--- The serializers of a generation. Pyro4's cloudpickle and dill are pickles.
peers.serializers = {
  Pyro4 = { "serpent", "json", "marshal", "msgpack", "pickle" }, Pyro5 = { "serpent", "json", "marshal", "msgpack" },
}

--- Settings for what serpent, stock Pyro4's serializer, cannot carry.
peers.MSGPACK = { PYRO_SERIALIZER = "msgpack", PYRO_SERIALIZERS_ACCEPTED = "msgpack" }

--- The words that run a program of a language, and its environment.
local function interpreter(language)
  if language == "Lua" then
    return process.pyrolua(), {}
  end
  local env = { PYTHONUNBUFFERED = "1", PYTHONDONTWRITEBYTECODE = "1" }
  env.PYTHONPATH = language == "Pyro5" and PYRO5_PATH or nil
  return { PYTHON, "-Wignore" }, env
end

--- The command that runs a program of a language; `command` has its arguments, and env, cwd, input, descriptors.
---@param language spec.Language
---@param command spec.Command
---@return spec.Command
function peers.command(language, command)
  local words, env = interpreter(language)
  for name, value in pairs(command.env or {}) do
    env[name] = value
  end
  table.move(command, 1, #command, #words + 1, words)
  words.env, words.cwd, words.input, words.descriptors = env, command.cwd, command.input, command.descriptors
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

--- The generations of Pyro that can be run here.
---@return spec.Language[]
function peers.generations()
  local there = peers.run("Pyro5", { "-c", "import Pyro5.api" }).code == 0
  return there and { "Pyro4", "Pyro5" } or { "Pyro4" }
end

--- Starts a name server for this machine; returns it, and the environment that leads to it.
---@param env? table its settings
---@param at? string its port
---@param storage? string "sql:FILE"
function peers.name_server(language, env, at, storage)
  local words = { "-m", NAMING[language], "-p", at or "0", "-s", storage or "memory", env = env }
  local server = peers.start(language, words)
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
