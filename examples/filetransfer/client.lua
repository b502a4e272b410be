local pyro = require "pyro"

local BLOBSIZE, NUM_BLOBS = 10 * 1024 * 1024, 10

io.write "Uri of filetransfer server? "
local uri = io.read():match "%S+"

--- Transfers something twice at the same time, by a proxy for each.
local function twice(title, transfer)
  print(("\n\n**** %s ****\n"):format(title))
  local tasks = {}
  for number = 1, 2 do
    tasks[number] = pyro.spawn(function()
      local start = pyro.time()
      local proxy <close> = pyro.Proxy(uri)
      local bytes = transfer(proxy, "Thread-" .. number)
      print(("thread Thread-%d done, %.2f Mb/sec."):format(number,
        bytes / 1024 / 1024 / (pyro.time() - start)))
    end)
  end
  pyro.join(tasks[1])
  pyro.join(tasks[2])
  io.stdout:write("enter to continue:"):flush()
  io.read()
end

twice("regular pyro calls", function(proxy, name)
  local total = 0
  for _ = 1, NUM_BLOBS do
    print(("thread %s getting a blob using regular Pyro call..."):format(name))
    total = total + #tostring(proxy:get_with_pyro(BLOBSIZE))
  end
  assert(total == BLOBSIZE * NUM_BLOBS)
  return total
end)

twice("transfer via iterators", function(proxy, name)
  local total = 0
  for _ = 1, NUM_BLOBS do
    print(("thread %s getting a blob using remote iterators..."):format(name))
    for chunk in proxy:iterator(BLOBSIZE) do
      total = total + #tostring(chunk)
    end
  end
  assert(total == BLOBSIZE * NUM_BLOBS)
  return total
end)

twice("transfer via annotation stream", function(proxy, name)
  local total = 0
  print(("thread %s downloading via annotation stream..."):format(name))
  for item in proxy:annotation_stream(false) do
    total = total + #pyro.current_context.response_annotations.FDAT
    assert(item[1] == total)
  end
  return total
end)
