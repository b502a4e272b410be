rockspec_format = "3.0"
package = "pyrolua"
version = "0.1.0-1"
source = { url = "file://." } -- it is built where it is, by `luarocks make`
description = {
  summary = "Pyro's remote objects for Lua",
  detailed = [[The module `pyro`: programs in Lua, in C and, with Pyro4 or Pyro5, in Python call each
other's objects over the network.]],
  license = "MIT",
  labels = { "rpc", "network" },
}
supported_platforms = { "linux" }
dependencies = { "lua ~> 5.4", "argparse >= 0.7" }
external_dependencies = {
  JSONC = { header = "json-c/json.h" },
  MICROHTTPD = { header = "microhttpd.h" },
  MSGPACK = { header = "msgpack.h" },
  NETTLE = { header = "nettle/nettle-types.h" },
  OPENSSL = { header = "openssl/ssl.h" },
  PCRE2 = { header = "pcre2.h" },
  SQLITE = { header = "sqlite3.h" },
  UV = { header = "uv.h" },
  ZLIB = { header = "zlib.h" },
}
build = {
  type = "make",
  build_target = "stock",
  install_target = "install-lua",
  build_variables = { CFLAGS = "$(CFLAGS)", LUA_CFLAGS = "-I$(LUA_INCDIR)" },
  install_variables = {
    LUADIR = "$(LUADIR)",
    CMODDIR = "$(LIBDIR)",
    ANNOTATIONDIR = "$(PREFIX)/library",
  },
}
