--- The room that the HTTP gateway has for the bodies of requests.
local core = require "pyro.core"
local new_room = require "pyro.tool.gateway.room"

local LARGE = 1024 * 1024

describe("Room for bodies", function()
  it("is taken until it is given back", function()
    local room, taken = new_room(), {}
    for i = 1, 8 do
      taken[i] = room:take(LARGE, i % 2 == 0 and "127.0.0.2:1" or "[::1]:" .. i)
    end
    assert.is_nil(room:take(LARGE, "127.0.0.3:1"))
    assert.is_not_nil(room:take(100, "127.0.0.3:1"))
    getmetatable(taken[3]).__close()
    assert.is_not_nil(room:take(LARGE, "127.0.0.3:1"))
    assert.is_nil(room:take(LARGE, "127.0.0.3:1"))
  end)

  it("is taken by the clients of one address to a half at most", function()
    local room, taken = new_room(), {}
    for i = 1, 4 do
      taken[i] = room:take(LARGE, "127.0.0.1:" .. i)
    end
    assert.is_nil(room:take(LARGE, "127.0.0.1:5"))
    assert.is_not_nil(room:take(LARGE, "127.0.0.2:5"))
    getmetatable(taken[1]).__close()
    assert.is_not_nil(room:take(LARGE, "127.0.0.1:5"))
  end)

  it("is given to one body after the other, and others go first", function()
    local room, order, tasks = new_room(), {}, {}
    for i = 1, 4 do
      tasks[i] = core.spawn(function()
        local _ <close> = room:take(LARGE, "127.0.0.1:" .. i)
        order[#order + 1] = "large"
      end)
    end
    tasks[5] = core.spawn(function()
      for _ = 1, 2 do
        core.sleep(0)
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
