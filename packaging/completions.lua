--- Writes the completions of the installed programs: pyrolua completions.lua bash|zsh PROGRAM
local argparse = require "argparse"

--- The commands of pyrolua. Those that have an argument "uri" complete it.
local COMMANDS = { "allow", "call", "inspect", "stats", "stub", "top" }

--- The commands of pyrolua-nsc whose first argument is a registered name.
local NAMED = { lookup = true, remove = true, setmeta = true }

local describe = {}

function describe.pyrolua(parser)
  parser:option("-e", "Run code")
  parser:flag("-i", "Become interactive after the script")
  parser:option("-l", "Require a module into a global")
  parser:option("-m", "Run a module as a program"):choices {
    "pyro.naming", "pyro.nsc", "pyro.gateway", "pyro.echoserver", "pyro.configuration" }
  parser:flag("-v --version", "Show the version")
  parser:flag("-E", "Ignore environment variables")
  parser:flag("-W", "Turn warnings on")
  for _, name in ipairs(COMMANDS) do
    require("pyro.tool." .. name).command_line(parser:command(name))
  end
end

describe["pyrolua-ns"] = require "pyro.tool.naming".command_line
describe["pyrolua-gateway"] = require "pyro.tool.gateway".command_line

describe["pyrolua-nsc"] = function(parser)
  local nsc = require "pyro.tool.nsc"
  nsc.command_line(parser)
  for _, name in ipairs(nsc.commands()) do
    local command = parser:command(name)
    if NAMED[name] then
      command:argument "name"
    end
  end
end

--- Kinds of first arguments of commands that the name server knows.
local KINDS = { uri = true, name = true }

--- Returns the commands with such an argument, and its kind; nil if there are none.
local function objects_of(parser)
  local found = {}
  for _, command in ipairs(parser._commands) do
    local first = command._arguments[1]
    if first and KINDS[first._name] then
      found[#found + 1], found.kind = command._name, first._name
    end
  end
  return found.kind and found
end

--- Inserts a string before another one, which occurs once.
local function put_before(text, there, new)
  local at = assert(text:find(there, 1, true), there)
  return text:sub(1, at - 1) .. new .. text:sub(at)
end

local writers = {}

--- Completes registered names, which the shell does not know itself. If a colon ends words, only
--- what follows it is completed.
local BASH_OBJECTS = [==[
    local word="${COMP_LINE:0:COMP_POINT}" line
    local -a typed
    read -r -a typed <<< "$word"
    word="${word##*[[:space:]]}"
    case "$cmd" in
        %s)
            if [[ "$prev" = "$cmd" || "$word" = *:* ]]; then
                local head="${word%%"${word##*:}"}"
                [[ "$COMP_WORDBREAKS" = *:* ]] || head=
                while IFS= read -r line; do
                    COMPREPLY+=("${line#"$head"}")
                done < <(pyrolua -m pyro.tool.registered %s "$word" "${typed[@]}" 2> /dev/null)
            fi
            ;;
    esac

]==]

function writers.bash(parser)
  local text, objects = parser:get_bash_complete(), objects_of(parser)
  if not objects then
    return text
  end
  return put_before(text, '    if [[ "$cur" = -* ]]; then\n',
    BASH_OBJECTS:format(table.concat(objects, "|"), objects.kind))
end

local ZSH_OBJECTS = [[
%s_objects() {
  local -a typed=(${(Qz)LBUFFER}) found
  found=(${(f)"$(pyrolua -m pyro.tool.registered %s "$PREFIX" "$typed[@]" 2> /dev/null)"})
  compadd -a found
}

]]

--- Adapts the completion for zsh. A script may stand where a command may: bash falls back to files,
--- zsh must be told. It must also be told that some commands take an object first.
function writers.zsh(parser, program)
  local text, objects = parser:get_zsh_complete(), objects_of(parser)
  text = text:gsub('": :(_pyrolua_cmds)"', '": :{%1; _files}"')
  for _, command in ipairs(objects or {}) do
    local start, last = text:find("\n    " .. command .. "%)\n.-%$options \\\n")
    assert(start, command)
    local rest = text:sub(last + 1)
    local several = rest:find '^%s*"%*: :_files"' and "*" or ""
    text = text:sub(1, last) .. ('        "%s: :_%s_objects" \\\n'):format(several, program)
      .. rest:gsub('^%s*"%*?: :_files" \\\n', "")
  end
  return objects and put_before(text, "_" .. program .. "_cmds() {\n",
    ZSH_OBJECTS:format("_" .. program, objects.kind)) or text
end

local shell, program = ...
local parser = argparse(program)
describe[program](parser)
io.write((writers[shell](parser, program)))
