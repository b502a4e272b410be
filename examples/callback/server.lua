-- Workers that call back when they are done.
local pyro = require "pyro"

local daemon <close> = pyro.Daemon {}

local Worker = { __name = "Worker" }
Worker.__index = Worker
pyro.oneway(Worker, "work")

function Worker:work(amount)
  print(("Worker %d busy..."):format(self.number))
  pyro.sleep(amount)
  print(("Worker %d done. Informing callback client."):format(self.number))
  daemon:unregister(self)
  self.callback:done(self.number)
end

local CallbackServer = { __name = "CallbackServer", number = 0 }
CallbackServer.__index = CallbackServer
pyro.behavior(CallbackServer)

--- Makes a worker for this client, which gets a proxy of it.
function CallbackServer:addworker(callback)
  self.number = self.number + 1
  print(("server: adding worker %d"):format(self.number))
  local worker = setmetatable({ number = self.number, callback = callback }, Worker)
  print(("Worker %d created"):format(self.number))
  daemon:register(worker)
  return worker
end

pyro.Daemon.serveSimple({ [CallbackServer] = "example.callback" }, { daemon = daemon })
