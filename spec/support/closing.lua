--- Output of a test run: the plain report, closed by one line that counts. A run without tests fails.
--- Where a terminal is watching, each file has a line that says how far the run is.
local busted = require "busted"
local plain = require "busted.outputHandlers.plainTerminal"
local luv = require "luv"
local process = require "spec.support.process" -- here, so that all spec files share it and its luv

local function show_progress()
  local begun, count = 0, 0
  busted.subscribe({ "suite", "start" }, function(suite)
    count = #busted.children(suite)
    return nil, true
  end)
  busted.subscribe({ "file", "start" }, function(file)
    begun = begun + 1
    io.stdout:write(("\n[%d of %d] %s "):format(begun, count, file.name)):flush()
    return nil, true
  end)
end

return function(options)
  local handler = plain(options)
  if luv.guess_handle(1) == "tty" then
    show_progress()
  end

  busted.subscribe({ "exit" }, function()
    process.finish()
    local passed = handler.successesCount
    local failed = handler.failuresCount + handler.errorsCount + handler.pendingsCount
    print(("\n%d passed, %d failed"):format(passed, failed))
    if passed == 0 or failed > 0 then
      os.exit(1, true)
    end
    return nil, true
  end)

  return handler
end
