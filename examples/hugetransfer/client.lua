local pyro = require "pyro"

local DATASIZE = 5 * 1024 * 1024 -- 5 mb

print "Enter the server's uri that was printed:"
local proxy <close> = pyro.Proxy(io.read():match "%S+")

local function show_rate(bytes, seconds)
  print(("It took %.2f seconds to transfer %d mb."):format(seconds, bytes // 1024 // 1024))
  print(("That is %.0f kb/sec. = %.1f mb/sec. (serializer: %s)"):format(bytes / 1024 / seconds,
    bytes / 1024 / 1024 / seconds, proxy._pyroSerializer or pyro.config.SERIALIZER))
end

local function do_test(kind, data)
  print(("\n\n----test with %s data----"):format(kind))
  proxy:_pyroBind()
  local start = pyro.time()
  for _ = 1, 10 do
    print(("transferring %d bytes"):format(DATASIZE))
    assert(proxy:transfer(data) == DATASIZE)
  end
  show_rate(10 * DATASIZE, pyro.time() - start)
end

local data = ("x"):rep(DATASIZE)
do_test("string", data)
do_test("byte", pyro.bytes(data))

print "\n\n----test download via iterator----"
local total, start = 0, pyro.time()
for chunk in proxy:download_chunks(10 * DATASIZE) do
  total = total + #tostring(chunk)
  io.write "."
end
print()
assert(total == 10 * DATASIZE)
show_rate(total, pyro.time() - start)

print "\n\n (tip: also see the 'filetransfer' example for more efficient ways to transfer large \z
  amounts of binary data)"
