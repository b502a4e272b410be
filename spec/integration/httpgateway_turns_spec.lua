--- The turns in which the HTTP gateway reads large bodies.
local core = require "pyro.core"
local new_turns = require "pyro.tool.gateway.turns"

describe("A turn", function()
  it("is given to one large body after the other, and others go first", function()
    local turns, order, tasks = new_turns(), {}, {}
    for i = 1, 4 do
      tasks[i] = core.spawn(function()
        turns:wait(1024 * 1024)
        order[#order + 1] = "large"
      end)
    end
    tasks[5] = core.spawn(function()
      for _ = 1, 2 do
        core.sleep(0)
        turns:wait(4096)
        order[#order + 1] = "small"
      end
    end)
    for _, task in ipairs(tasks) do
      core.join(task)
    end
    assert.equal("large", order[6])
    assert.equal("large", order[5])
  end)
end)
