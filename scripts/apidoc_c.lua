--- Writes the reference of the C API from the comments of a header: lua5.4 apidoc_c.lua HEADER
--- A declaration without a description is an error.
local out = {}

local function put(...)
  out[#out + 1] = table.concat { ... }
end

--- Returns a comment as Markdown: each paragraph on one line.
local function prose(comment)
  local text = comment:gsub("^/%*%*%s*", ""):gsub("%s*%*/%s*$", ""):gsub("\n%s*%* ?", "\n")
    :gsub("^@file\n", "")
  return (text:gsub("([^\n])\n([^\n])", "%1 %2"))
end

local function one_line(code)
  return (code:gsub("PYROLUA_API ", ""):gsub(" PYROLUA_FORMAT%b()", ""):gsub("%s+", " "))
end

--- Returns the members of an enum or struct, and their comments, which stand behind or before
--- them.
local function members_of(body)
  local text, members, position, before = body:gsub("\n%s*%*? *", " "), {}, 1, ""
  while text:find("%S", position) do
    local _, last, behind, comment = text:find("^%s*/%*%*(<?) ?(.-) ?%*/", position)
    if behind == "<" then
      members[#members].comment = comment
    elseif comment then
      before = comment
    else
      local code
      _, last, code = text:find("^%s*([^,;/]+)[,; ]", position)
      members[#members + 1] = { code = code:match "^(.-)%s*$", comment = before }
      before = ""
    end
    position = last + 1
  end
  return members
end

local function put_members(body)
  put "\n| member | meaning |\n| --- | --- |"
  for _, member in ipairs(members_of(body)) do
    put("| `", member.code, "` | ", member.comment, " |")
  end
end

local function put_declaration(comment, code)
  local body = code:match "{\n(.*)}"
  local name = body and (code:match "}%s*([%w_]+);" or code:match "^enum ([%w_]+)") or code
  put("\n### `", (one_line(name):gsub(";$", "")), "`\n", prose(comment))
  if body then
    put_members(body)
  end
end

--- Returns the first declaration of a source, or the first macro. Braces belong to one declaration.
local function declaration(text)
  return text:match "^#define [^\n]*" or text:match "^[^\n;{]*{.-\n}[^;]*;" or text:match "^.-;"
end

local function put_section(title, text)
  put("\n## ", title:sub(1, 1):upper(), title:sub(2))
  local position = 1
  while true do
    local first, last = text:find("/%*%*[^<].-%*/\n", position)
    local undescribed = text:sub(position, first and first - 1):match "PYROLUA_API[^;]*;"
    assert(not undescribed, "no description: " .. (undescribed or ""))
    if not first then
      return
    end
    local code = declaration(text:sub(last + 1))
    put_declaration(text:sub(first, last), code)
    position = last + #code + 1
  end
end

local file <close> = assert(io.open(arg[1]))
local header = file:read "a"
put "# The C API"
put "This reference is generated from [pyrolua.h](../../core/include/pyrolua.h)."
put "[Embedding](../embedding.md) shows how to use it.\n"
put(prose(header:match "^/%*%*.-%*/\n"))
local sections = header:gsub("\n/%* %-%-%- ", "\0%0") .. "\0"
for title, text in sections:gmatch "\n/%* %-%-%- (.-) %-%-%- %*/\n(%Z*)%z" do
  put_section(title, text)
end
print((table.concat(out, "\n"):gsub("\n\n\n+", "\n\n")))
