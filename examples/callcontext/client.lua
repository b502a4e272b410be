local pyro = require "pyro"

local context = pyro.current_context
local desk = pyro.Proxy "PYRONAME:example.callcontext"

context.annotations = { USER = "Henry" }
context.correlation_id = "f15e80c7-1b4a-47f2-9cf5-00ca86551698"
print(desk:ask())
print("answered by", context.response_annotations.DESK)
