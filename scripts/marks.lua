--- Checks the marks of core/bind/base/marks.h: what may raise a Lua error or run Lua says so.
---
--- 1. A function has the mark that says what those do that it calls, and no other. Lua's own count
---    as the third letter after their names in Lua's manual says.
--- 2. Each declaration that is to have the mark has it.
--- 3. A function that raises errors is not handed out as a pointer: callbacks raise none. They may
---    run Lua: the rooms below call them from completions, never inside libuv.
---
--- Functions that Lua calls may do everything, and have no marks: those of the types lua_CFunction,
--- lua_KFunction and lua_Hook. Calling them counts as running Lua. The functions of pyrolua.h raise
--- no error, but run Lua by nature, and have no marks.
---
--- It does not see calls by pointers; calls of rooms below bind, save those named here; and
--- finalizers, which may run where memory is allocated. It trusts that nothing on the stack is to
--- be closed (lua_settop()), that lua_tostring() is called for strings, lua_next() for keys that
--- are there, and luaL_testudata() for types that are registered: these count as harmless. It reads
--- C as clang-format lays it out.
---
--- usage: marks.lua FILE.c FILE.h…

--- Meanings of the marks.
local MARKS = { LUA_RAISES = { raises = true }, LUA_RUNS = { raises = true, runs = true },
  LOOP_STEPS = { runs = true } }

--- Functions that are trusted not to do what they are found to do, with the reason. Names have
--- their file's before them.
local TRUSTED = { raises = {
  ["lasync:put_back"] = "sets an item of the registry that is there",
  ["ldaemon:let_go"] = "only clears a field",
  ["lhttp:let_go"] = "likewise",
  ["lmain:note_failed"] = "sets an entry that is there",
  ["lserved:set_object"] = "sets an entry that is there, or clears it",
  ["lweak:lweak_drop"] = "the table has references, and entries are only cleared",
}, runs = {
  ["lserved:lserved_learn"] = "the Lua side describes an object without calling its metamethods, "
    .. "and the collector is stopped",
} }

--- Functions that raise errors and are handed out as pointers, by where that is; with the reason.
local HANDED_OUT = {
  ["core:lopen_base lopen_task lopen_value lopen_message lopen_client lopen_server lconfig_open"] =
    "called by luaopen_pyro_core()",
  ["core:lopen_http lallow_open ldebug_open lnative_open lservice_open lterminal_open"] =
    "called by luaopen_pyro_core()",
  ["core:lregex_open lsecret_open"] =
    "called by luaopen_pyro_core()",
  ["lcontext:push_client push_address push_received push_response push_correlation check_table"] =
    "fields of the context: called by functions that run Lua",
  ["lcontext:push_trace check_uuid check_traceparent"] = "likewise",
  ["lproxy_fields:get_uri set_timeout set_retries set_protocol get_serializer set_serializer"] =
    "fields of a proxy: called by __index and __newindex",
  ["lproxy_fields:get_handshake set_handshake set_validator get_ssl set_ssl"] = "likewise",
  ["lproxy_fields:get_hmac_key set_hmac_key"] = "likewise",
  ["lclass_read:read_uri read_proxy_4 read_proxy_5"] = "called by lclass_read(), which runs Lua",
  ["lasync:lcontext_give"] = "called by start_callbacks(), in protected mode",
  ["ldaemon_hooks:daemon_on_failure"] = "called by pyro_request_report_failure(), see CORE",
}

--- Functions below bind that call what bind hands them. Most feed a sink, which builds Lua values;
--- not so in core/embed/, whose sinks build C values.
local CORE = {
  pyro_loop_step = "LOOP_STEPS",
  pyro_nameserver_new = "LOOP_STEPS",
  pyro_call_read = "LUA_RUNS",
  pyro_handshake_read = "LUA_RUNS",
  pyro_json_forms_take = "LUA_RUNS",
  pyro_request_args = "LUA_RUNS",
  pyro_request_blob = "LUA_RUNS",
  pyro_request_report_failure = "LUA_RUNS",
  pyro_value_put = "LUA_RUNS",
}

--- Fields of structures below bind. Functions of a codec that feed a sink count as these do.
local FIELDS = { ["read read_args"] = "LUA_RUNS" }

--- Fields that may get functions that raise errors: those of a sink, see core/value/sink.h. What
--- bind itself feeds are codecs, which raise none.
local RAISING = " nil boolean integer bigint real complex datetime date str bytes array begin end "
  .. "object knows "

--- Lua's functions by what the manual says of their errors. "-" raises none, "m" only for want of
--- memory, "v" what the manual explains, "e" may run Lua; "p" runs Lua, but raises nothing.
local MANUAL = {
  ["-"] = [[
    lua_absindex lua_atpanic lua_checkstack lua_copy lua_dump lua_gc lua_getallocf
    lua_getextraspace lua_gethook lua_gethookcount lua_gethookmask lua_getiuservalue lua_getlocal
    lua_getmetatable lua_getstack lua_gettop lua_getupvalue lua_insert lua_isboolean
    lua_iscfunction lua_isfunction lua_isinteger lua_islightuserdata lua_isnil lua_isnone
    lua_isnoneornil lua_isnumber lua_isstring lua_istable lua_isthread lua_isuserdata
    lua_isyieldable lua_load lua_newstate lua_next lua_numbertointeger lua_pop lua_pushboolean
    lua_pushcfunction lua_pushglobaltable lua_pushinteger lua_pushlightuserdata lua_pushnil
    lua_pushnumber lua_pushthread lua_pushvalue lua_rawequal lua_rawget lua_rawgeti lua_rawgetp
    lua_rawlen lua_remove lua_replace lua_rotate lua_setallocf lua_sethook lua_setiuservalue
    lua_setlocal lua_setmetatable lua_settop lua_setupvalue lua_setwarnf lua_status
    lua_stringtonumber lua_toboolean lua_tocfunction lua_tolstring lua_tostring lua_tointeger
    lua_tointegerx lua_tonumber lua_tonumberx lua_topointer lua_tothread lua_touserdata lua_type
    lua_typename lua_upvalueid lua_upvalueindex lua_upvaluejoin lua_version lua_warning lua_xmove
    luaL_addsize luaL_buffaddr luaL_buffinit luaL_bufflen luaL_buffsub luaL_getmetatable
    luaL_testudata luaL_loadbuffer luaL_loadbufferx luaL_loadstring luaL_newstate luaL_opt
    luaL_pushfail luaL_setmetatable luaL_typename luaL_unref]],
  m = [[
    lua_createtable lua_getinfo lua_newtable lua_newthread lua_newuserdata lua_newuserdatauv
    lua_pushcclosure lua_pushliteral lua_pushlstring lua_pushstring lua_rawset lua_rawseti
    lua_rawsetp luaL_addchar luaL_addgsub luaL_addlstring luaL_addstring luaL_addvalue
    luaL_buffinitsize luaL_execresult luaL_fileresult luaL_getmetafield luaL_gsub luaL_loadfile
    luaL_loadfilex luaL_newlib luaL_newlibtable luaL_newmetatable luaL_prepbuffer
    luaL_prepbuffsize luaL_pushresult luaL_pushresultsize luaL_ref luaL_setfuncs luaL_traceback
    luaL_where]],
  v = [[
    lua_error lua_pushfstring lua_pushvfstring lua_toclose lua_yield lua_yieldk luaL_argcheck
    luaL_argerror luaL_argexpected luaL_checkany luaL_checkinteger luaL_checklstring
    luaL_checknumber luaL_checkoption luaL_checkstack luaL_checkstring luaL_checktype
    luaL_checkudata luaL_checkversion luaL_error luaL_optinteger luaL_optlstring luaL_optnumber
    luaL_optstring luaL_typeerror]],
  e = [[
    lua_arith lua_call lua_callk lua_closeslot lua_compare lua_concat lua_getfield lua_getglobal
    lua_geti lua_gettable lua_len lua_register lua_setfield lua_setglobal lua_seti lua_settable
    luaL_callmeta luaL_dofile luaL_getsubtable luaL_len luaL_openlibs luaL_requiref
    luaL_tolstring]],
  p = "lua_close lua_closethread lua_pcall lua_pcallk lua_resetthread lua_resume luaL_dostring",
}

local LETTERS = { m = "LUA_RAISES", v = "LUA_RAISES", e = "LUA_RUNS", p = "LOOP_STEPS" }

local NOTHING = {}

--- Marks of what is not ours, by name.
local known = {}
for letter, names in pairs(MANUAL) do
  for name in names:gmatch "%S+" do
    known[name] = MARKS[LETTERS[letter]] or NOTHING
  end
end
for name, mark in pairs(CORE) do
  known[name] = MARKS[mark]
end

local faults = 0

local function fault(...)
  faults = faults + 1
  io.stderr:write(string.format(...), "\n")
end

local function blank(text)
  return (text:gsub("[^\n]", " "))
end

--- Returns the text of a file with spaces for comments, strings and characters.
local function bare(text)
  local parts, at = {}, 1
  while true do
    local first = text:find("[/\"']", at)
    if not first then
      break
    end
    local last = first
    local two, one = text:sub(first, first + 1), text:sub(first, first)
    if two == "/*" then
      last = select(2, text:find("*/", first + 2, true)) or #text
    elseif two == "//" then
      last = (text:find("\n", first, true) or #text + 1) - 1
    elseif one ~= "/" then
      last = first + 1
      while text:sub(last, last) ~= one do
        last = last + (text:sub(last, last) == "\\" and 2 or 1)
      end
    end
    parts[#parts + 1] = text:sub(at, first - 1)
    parts[#parts + 1] = one == "/" and last == first and "/" or blank(text:sub(first, last))
    at = last + 1
  end
  parts[#parts + 1] = text:sub(at)
  return table.concat(parts)
end

local handed_out = {}
for list in pairs(HANDED_OUT) do
  local file, names = list:match "(.*):(.*)"
  for name in names:gmatch "%S+" do
    handed_out[("%s:%s"):format(file, name)] = true
  end
end

--- Functions: those of one file by "path name", those of all by name. Each has name, path and line
--- (of the declaration that is to be marked), marks, uses (a list), called_by_lua, public, defined.
local functions, every = {}, {}

--- Marked fields by name.
local fields = {}
for names, mark in pairs(FIELDS) do
  for name in names:gmatch "%S+" do
    fields[name] = MARKS[mark]
  end
end

local function mark_in(text)
  for word in text:gmatch "[%w_]+" do
    if MARKS[word] then
      return MARKS[word]
    end
  end
end

local function name_of(marks)
  for name, means in pairs(MARKS) do
    if means.raises == marks.raises and means.runs == marks.runs then
      return name
    end
  end
  return "no mark"
end

local function is_called_by_lua(text, name)
  local parameters = text:match("int " .. name .. "%s*(%b())")
  parameters = parameters and parameters:gsub("%s+", " ") or ""
  return parameters:find "^%(lua_State %*%w+%)$" ~= nil
    or parameters:find "^%(lua_State %*%w+, int %w+, lua_KContext %w+%)$" ~= nil
    or text:find "%(lua_State %*%w+, lua_Debug %*%w+%)" ~= nil
end

--- Notes a declaration or definition of a function.
local function declare(path, line, text, name, is_definition)
  local is_static = text:find "%f[%w]static%f[%W]"
  local key = is_static and path .. " " .. name or name
  local f = functions[key]
  if not f then
    f = { name = name, uses = {}, marks = NOTHING, places = {} }
    functions[key] = f
    every[#every + 1] = f
  end
  local is_header = path:find "%.h$"
  if is_static or is_header or not f.path then
    f.path, f.line = path, line
  end
  if is_static or is_header or is_definition then
    table.insert(f.places, { path = path, line = line, mark = mark_in(text),
      counts = is_static or is_header })
  end
  f.called_by_lua = f.called_by_lua or is_called_by_lua(text, name)
  f.public = f.public or path:find "^core/include/" ~= nil
  f.defined = is_definition and path or f.defined
  return f
end

--- Notes what a text uses: calls, and names that are not called.
local function note_uses(f, path, line, text)
  local number, at = line, 1
  for before, name, after in text:gmatch "()([%a_][%w_]*)()" do
    number = number + select(2, text:sub(at, before - 1):gsub("\n", ""))
    at = before
    local is_call = text:find("^%s*%(", after) ~= nil
    local is_type = text:find("^struct ", math.max(1, before - 7)) ~= nil
    local is_field = text:find("^[.>]", before - 1) ~= nil
    local field = text:sub(math.max(1, before - 80), before - 1)
      :match "[.>]([%a_][%w_]*)%s*=%s*&?%s*$"
    if is_call or not (is_field or is_type) then
      table.insert(f.uses, { name = name, path = path, line = number, is_call = is_call,
        is_field = is_field, field = field })
    end
  end
end

--- Notes a piece of a file that begins in the first column.
local function read_piece(path, line, text)
  local head = text:match "^(.-)\n{\n" or text:match "^(.-);\n?$" or text
  if text:find "^#" then
    local name = text:match "^#define ([%w_]+)%("
    if name then
      local f = declare(path, line, "static", name, false)
      f.is_macro = true
      note_uses(f, path, line, text:match "^#define [%w_]+%b()(.*)$")
    end
  elseif text:find "^[%w_ ]*struct [%w_]+ {" and not head:find "=" or text:find "^typedef" then
    for declaration in text:gmatch "[^;{]+" do
      local name = declaration:match "%(%*([%w_]+)%)%("
      if name and mark_in(declaration) then
        fields[name] = mark_in(declaration)
      end
    end
  elseif head:find "^[%w_ *]+%(" and not head:find "[={]" then
    local plain = head:gsub("PYRO_PRINTF%b()", "")
    local name = plain:match "([%a_][%w_]*)%s*%("
    local body = text:match "\n({\n.*)$"
    local f = name and declare(path, line, head, name, body ~= nil)
    if f and body then
      note_uses(f, path, line + select(2, text:sub(1, #text - #body):gsub("\n", "")), body)
    end
  else
    local f = { name = "the file", uses = {}, marks = NOTHING, places = {}, is_data = true }
    every[#every + 1] = f
    note_uses(f, path, line, text)
  end
end

local function count(text, pattern)
  return select(2, text:gsub(pattern, ""))
end

--- Reads a file piece by piece: a directive, or what begins in the first column and ends where no
--- brace or parenthesis is open.
local function read_file(path)
  local handle = assert(io.open(path))
  local text = bare(handle:read "a")
  handle:close()
  local number, first, piece, depth = 0, nil, {}, 0
  for line in text:gmatch "([^\n]*)\n" do
    number = number + 1
    local is_directive = piece[1] and piece[1]:find "^#"
    local is_skipped = line:find "^#" and first and not is_directive
    if not first and line:find "^[%w_#]" then
      first, depth, is_directive = number, 0, line:find "^#"
    end
    if first then
      piece[#piece + 1] = is_skipped and "" or line
      depth = line:find "^}" and 0 or is_skipped and depth
        or depth + count(line, "[{(]") - count(line, "[})]")
      if is_directive and not line:find "\\$"
        or not is_directive and not is_skipped and depth == 0 and line:find "[;}]%s*$" then
        read_piece(path, first, table.concat(piece, "\n") .. "\n")
        first, piece = nil, {}
      end
    end
  end
end

--- Returns the marks that a use counts as, and our function, if it is one.
local function meaning(use)
  if use.is_field then
    return fields[use.name] or NOTHING
  end
  local f = functions[use.path .. " " .. use.name] or functions[use.name]
  if not f then
    if use.is_call and not known[use.name] and use.name:find "^luaL?_%l" then
      fault("%s:%d: what %s() does is not known here", use.path, use.line, use.name)
    end
    local is_heard = not (CORE[use.name] and use.path:find "^core/embed/")
    return use.is_call and is_heard and known[use.name] or NOTHING
  end
  return f.called_by_lua and use.is_call and MARKS.LUA_RUNS or f.marks, f
end

--- Lets users of macros use what these use.
local function expand_macros(f, seen, out)
  for _, use in ipairs(f.uses) do
    local macro = not use.is_field
      and (functions[use.path .. " " .. use.name] or functions[use.name])
    if macro and macro.is_macro then
      if not seen[macro] then
        seen[macro] = true
        expand_macros(macro, seen, out)
      end
    else
      out[#out + 1] = use
    end
  end
  return out
end

--- Returns the name of a function after that of the file.
local function with_file(f, path)
  return ("%s:%s"):format((path or f.defined):match "([%w_]+)%.%w$", f.name)
end

--- Faults a function whose mark does not say what it calls.
local function check_calls(f, uses)
  local does, why = {}, ""
  for _, use in ipairs(uses) do
    local marks = use.is_call and meaning(use) or NOTHING
    for _, what in ipairs { "raises", "runs" } do
      local is_trusted = TRUSTED[what][with_file(f)] or what == "runs" and f.public
      if marks[what] and not does[what] and not is_trusted then
        does[what] = true
        why = ("%s; %s() in line %d %s"):format(why, use.name, use.line, what)
      end
    end
  end
  if does.raises ~= f.marks.raises or does.runs ~= f.marks.runs then
    fault("%s:%d: %s() is to have %s%s", f.path, f.line, f.name, name_of(does), why)
  end
end

--- Faults a marked function that is handed out as a pointer.
local function check_pointers(uses)
  for _, use in ipairs(uses) do
    local marks, f = meaning(use)
    if f and not use.is_call and not f.called_by_lua and f.defined
      and not handed_out[with_file(f, use.path)] then
      local is_allowed = use.field and RAISING:find(" " .. use.field .. " ", 1, true)
      if marks.raises and not is_allowed and not (fields[use.field] or NOTHING).raises then
        fault("%s:%d: %s(), which raises errors, is handed out", use.path, use.line, f.name)
      end
    end
  end
end

--- Faults declarations without the mark of their function.
local function check_places(f)
  for _, place in ipairs(f.places) do
    if place.counts and f.marks ~= NOTHING and place.mark ~= f.marks then
      fault("%s:%d: %s() is to have %s", place.path, place.line, f.name, name_of(f.marks))
    end
  end
end

for _, path in ipairs(arg) do
  read_file(path)
end
for _, f in ipairs(every) do
  for _, place in ipairs(f.places) do
    f.marks = place.mark or f.marks
  end
end
for _, f in ipairs(every) do
  if not f.is_macro then
    local uses = expand_macros(f, {}, {})
    if f.defined and not f.called_by_lua then
      check_calls(f, uses)
      check_places(f)
    end
    check_pointers(uses)
  end
end
os.exit(faults == 0)
