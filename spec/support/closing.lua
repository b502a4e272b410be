--- Output of a test run: the plain report, closed by one line that counts. A run without tests fails.
return function(options)
  local busted = require "busted"
  local handler = require "busted.outputHandlers.plainTerminal"(options)

  busted.subscribe({ "exit" }, function()
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
