--- How long a program takes to its first answer.
local contenders = require "spec.bench.contenders"
local contest = require "spec.bench.contest"
local process = require "spec.support.process"

return function()
  contest.play {
    title = "Start, print(1), and end",
    cpus = "one",
    unit = 10,
    contenders = { contenders.start("pyrolua", { process.build() .. "/pyrolua", "-e", "print(1)" }),
      contenders.start("lua5.4", { "/usr/bin/lua5.4", "-e", "print(1)" }) },
    targets = { { of = "pyrolua", against = "lua5.4", within = 1.5 } },
  }
end
