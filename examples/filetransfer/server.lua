-- Sends large amounts of data, in three ways.
local pyro = require "pyro"

local ANNOTATION_SIZE = 65000 -- in Pyro4's protocol it must be less than 64 KiB

local FileServer = { __name = "FileServer" }
pyro.behavior(FileServer)

--- All at once.
function FileServer:get_with_pyro(size)
  print(("sending %d bytes"):format(size))
  return pyro.bytes(("x"):rep(size))
end

--- In chunks, each when the client wants it.
function FileServer:iterator(size)
  local chunksize = size // 100
  print(("sending %d bytes via iterator, chunks of %d bytes"):format(size, chunksize))
  return coroutine.wrap(function()
    for sent = 0, size - 1, chunksize do
      coroutine.yield(pyro.bytes(("x"):rep(math.min(chunksize, size - sent))))
    end
  end)
end

--- In annotations, which carry bytes as they are: the items are only how far it is by now, and the
--- checksum, 0 where none is wanted.
function FileServer:annotation_stream(with_checksum)
  if with_checksum then
    error(pyro.NotImplementedError "there are no checksums here")
  end
  return coroutine.wrap(function()
    local file <close> = io.tmpfile()
    for _ = 1, 5000 do
      file:write(("1234567890!"):rep(1000))
    end
    print(("transmitting file via annotations stream (%d bytes in chunks of %d)..."):format(
      file:seek(), ANNOTATION_SIZE))
    file:seek "set"
    for chunk in file:lines(ANNOTATION_SIZE) do
      pyro.current_context.response_annotations = { FDAT = chunk }
      coroutine.yield(pyro.tuple { file:seek(), 0 })
    end
  end)
end

local daemon <close> = pyro.Daemon {}
local uri = daemon:register(FileServer, "example.filetransfer")
print("Filetransfer server URI: " .. tostring(uri))
daemon:requestLoop()
