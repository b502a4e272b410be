--- The page at /pyro/, and the files that it is made of, at /static/.
local answers = require "pyro.tool.gateway.answers"
local files = require "pyro.tool.gateway.files"

local page = {}

local TYPES = {
  html = "text/html; charset=utf-8",
  css = "text/css; charset=utf-8",
  js = "text/javascript; charset=utf-8",
  svg = "image/svg+xml",
}

--- The rights of the page: use what comes from here, and nothing else.
local POLICY = table.concat({
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
}, "; ")

local function file(name, text)
  return 200, {
    ["Content-Type"] = TYPES[name:match "%.(%w+)$"],
    ["Content-Security-Policy"] = POLICY,
    ["Cache-Control"] = "no-cache",
    ["Cross-Origin-Opener-Policy"] = "same-origin",
    ["Cross-Origin-Resource-Policy"] = "same-origin",
    ["Referrer-Policy"] = "same-origin",
    ["X-Content-Type-Options"] = "nosniff",
  }, text
end

--- Answers with the page. It tells nothing of the objects, and asks for them later.
---@param gateway pyro.gateway.Gateway
function page.answer(gateway)
  local key = ('data-key="%s"'):format(gateway.keys and "needed" or "none")
  return file("index.html", (files["index.html"]:gsub('data%-key=""', key)))
end

--- Answers with one of its files.
---@param name string
function page.file(name)
  local text = name ~= "index.html" and files[name]
  if text then
    return file(name, text)
  end
  return answers.text(404, "Error 404: Not Found")
end

return page
