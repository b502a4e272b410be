--- Output of a test run: the plain report, closed by one line that counts. A run without tests fails.
local busted = require "busted"
local plain = require "busted.outputHandlers.plainTerminal"
local process = require "spec.support.process" -- here, so that all spec files share it and its luv

return function(options)
  local handler = plain(options)

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
