--- The screen of a terminal: draws lines with few bytes, of those that have changed.
local STYLES = { title = "\27[7m", trouble = "\27[31m" }

---@class pyro.top.Screen
---@field styles table<string, string>
---@field package shown string[] lines as they were drawn
local Screen = {}
Screen.__index = Screen

local function styled(screen, line)
  local style = screen.styles[line.style]
  return style and style .. line.text .. "\27[m" or line.text
end

--- Draws lines, from the top.
---@param lines pyro.top.Line[]
---@param height integer rows of the screen
function Screen:draw(lines, height)
  local out = {}
  for i = 1, height do
    local text = lines[i] and styled(self, lines[i]) or ""
    if text ~= (self.shown[i] or "") then
      out[#out + 1] = ("\27[%d;1H\27[K%s"):format(i, text)
      self.shown[i] = text
    end
  end
  io.stdout:write(table.concat(out))
  io.stdout:flush()
end

--- Clears the screen: it has changed its size, or others have drawn on it.
function Screen:clear()
  self.shown = {}
  io.stdout:write "\27[2J"
end

local screen = {}

--- Makes a screen, which is empty.
---@param colors boolean
---@return pyro.top.Screen
function screen.new(colors)
  return setmetatable({
    styles = { title = STYLES.title, trouble = colors and STYLES.trouble or nil },
    shown = {},
  }, Screen)
end

return screen
