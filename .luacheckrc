std = "lua54"
max_line_length = 100
self = false -- a method need not use it
files["spec"].std = "lua54+busted"
files["spec"].max_line_length = 120
files["lua/meta"].ignore = { "2.." } -- declarations use nothing
