local pyro = require "pyro"

local dispatcher = pyro.Proxy "PYRONAME:example.blobdispatcher"
dispatcher:process(pyro.SerializedBlob("workshop", { "M8", 50 }))
dispatcher:process(pyro.SerializedBlob("archive", { "antique", 1 }))
