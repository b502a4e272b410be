--- Either side's nsc with either side's name server: what it prints is what Python's prints with
--- Python's.
local peers = require "spec.support.peers"
local process = require "spec.support.process"

--- One visit to a name server: commands in order, with what is typed.
local COMMANDS = {
  { "ping" },
  { "list" },
  { "register", "one.first", "PYRO:one@localhost:1111" },
  { "register", "one.second", "PYRO:two@localhost:2222" },
  { "register", "two.first", "PYRO:three@./u:/tmp/socket" },
  { "register", "one.first", "PYRO:one@localhost:1111" }, -- safe: it is there already
  { "register", "bad", "not a uri" },
  { "register", "", "PYRO:one@localhost:1111" },
  { "register", "ünï çödé", "PYRO:one@localhost:1111" },
  { "list" },
  { "list", "one." },
  { "list", "nothing" },
  { "listmatching", ".*first" },
  { "listmatching", "one" }, -- matches at the start, as re.match does
  { "listmatching", "first" },
  { "listmatching", "(unclosed" },
  { "listmatching", "[\\w]+\\.(?P<name>first)$" },
  { "lookup", "one.first" },
  { "lookup", "unknown" },
  { "setmeta", "one.first", "fruit" },
  { "setmeta", "one.second", "fruit" },
  { "setmeta", "two.first", "meat" },
  { "setmeta", "unknown", "fruit" },
  { "lookup", "one.first" },
  { "list" },
  { "listmeta_all", "fruit" },
  { "listmeta_all", "fruit", "meat" },
  { "listmeta_any", "fruit", "meat" },
  { "listmeta_any", "vegetable" },
  { "setmeta", "one.first" },
  { "list", "one" },
  { "remove", "one.first" },
  { "remove", "one.first" },
  { "remove", "Pyro.NameServer" },
  { "removematching", "one.*", input = "n\n" },
  { "removematching", "one.*", input = "y\n" },
  { "removematching", "(", input = "y\n" },
  { "removematching", ".*", input = "Y\n" },
  { "list" },
  { "-v", "list" },
}

--- Where a name server is, and how it words what is wrong with a text, is its own.
local function plain(text)
  return (text:gsub("localhost:%d+", "localhost:PORT"):gsub(" at 0x%x+", "")
    :gsub("(invalid regex: )[^\n]*", "%1…"):gsub("(invalid uri)[^\n]*", "%1"))
end

local function session(nsc, names)
  local server, env = peers.name_server(names)
  local transcript = {}
  for i, words in ipairs(COMMANDS) do
    transcript[i] = ("$ nsc %s\n%s"):format(table.concat(words, " "),
      plain(peers.nsc(nsc, env, words, words.input).output))
  end
  server:kill "sigterm"
  return table.concat(transcript, "\n")
end

describe("nsc and the name server", function()
  after_each(process.stop_all)

  local reference

  before_each(function()
    reference = reference or session("Python", "Python")
  end)

  for _, pair in ipairs { { "Lua", "Lua" }, { "Lua", "Python" }, { "Python", "Lua" } } do
    it(("nsc in %s, name server in %s"):format(pair[1], pair[2]), function()
      assert.are.equal(reference, session(pair[1], pair[2]))
    end)
  end
end)
