--- Each example does what its README shows.
local examples = require "spec.support.examples"
local process = require "spec.support.process"

describe("the example", function()
  after_each(process.stop_all)

  for _, folder in ipairs(examples.folders()) do
    it(folder, function()
      examples.check(folder)
    end)
  end
end)

describe("the index of examples", function()
  it("lists all, by name", function()
    assert.are.same(examples.folders(), examples.indexed())
  end)
end)
