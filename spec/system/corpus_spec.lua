--- Inputs that fuzzers found worth keeping: all targets still bear them.
local process = require "spec.support.process"

describe("the fuzz target", function()
  after_each(process.stop_all)

  for folder in assert(io.popen "ls spec/fuzz/corpus"):lines() do
    it(folder .. " bears its corpus", function()
      local path = "spec/fuzz/corpus/" .. folder
      local files = process.run { "sh", "-c", "ls " .. path .. " | wc -l" }
      local run = process.run { process.build() .. "/replay/" .. folder, path }
      assert.are.equal(0, run.code, run.output)
      assert.are.equal(tonumber(files.out) .. " inputs\n", run.out)
    end)
  end
end)
