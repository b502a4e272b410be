local pyro = require "pyro"

local Testclass = { __name = "Testclass" }
pyro.behavior(Testclass)

function Testclass:transfer(data)
  print(("received %d bytes"):format(#tostring(data)))
  return #tostring(data)
end

function Testclass:download_chunks(size)
  print(("client requests a 'streaming' download of %d bytes"):format(size))
  local chunksize = 200000
  print("  using chunks of size " .. chunksize)
  return coroutine.wrap(function()
    for sent = 0, size - 1, chunksize do
      coroutine.yield(pyro.bytes(("\0"):rep(math.min(chunksize, size - sent))))
    end
  end)
end

pyro.Daemon.serveSimple({ [Testclass] = "example.hugetransfer" }, { ns = false })
