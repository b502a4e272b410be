--- The module pyro.terminal: how wide text is.
local terminal = require "pyro.terminal"

describe("terminal.fit", function()
  it("cuts text where the columns end, also of wide and combined characters", function()
    for _, case in ipairs {
      { "abc", 3, "abc", 3 }, { "abc", 2, "ab", 2 }, { "abc", 0, "", 0 }, { "abc", -1, "", 0 }, { "", 5, "", 0 },
      { "\u{e9}\u{e9}", 1, "\u{e9}", 1 },
      { "\u{96e8}\u{96e8}", 4, "\u{96e8}\u{96e8}", 4 }, { "\u{96e8}\u{96e8}", 3, "\u{96e8}", 2 },
      { "e\u{301}x", 1, "e\u{301}", 1 }, -- a letter and its accent
      { "\xff\xffab\0c", 5, "\xff\xffab\0", 5 }, { "\u{96e8}\xe9", 9, "\u{96e8}\xe9", 3 },
    } do
      assert.are.same({ case[3], case[4] }, { terminal.fit(case[1], case[2]) })
    end
  end)
end)
