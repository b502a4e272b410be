#include "bind/server/ldaemon_options.h"

#include <lauxlib.h>
#include <limits.h>
#include <string.h>

#include "bind/base/marks.h"
#include "bind/message/lencryption.h"

const char *ldaemon_string_option(lua_State *L, const char *name)
{
    int type = lua_getfield(L, 1, name);
    if (type != LUA_TNIL && type != LUA_TSTRING)
        luaL_error(L, "option '%s' must be a string", name);
    const char *string = lua_tostring(L, -1); /* stays on the stack */
    if (string && strlen(string) != lua_rawlen(L, -1))
        luaL_error(L, "option '%s' may not contain a zero byte", name);
    return string;
}

int ldaemon_port_option(lua_State *L, const char *name, int otherwise)
{
    int is_integer;
    if (lua_getfield(L, 1, name) == LUA_TNIL)
        return otherwise;
    lua_Integer port = lua_tointegerx(L, -1, &is_integer);
    if (!is_integer || port < 0 || port > 65535)
        luaL_error(L, "option '%s' must be a port (0 to 65535)", name);
    return (int)port;
}

/* Returns a descriptor of a socket; -1 where the option is not set. */
LUA_RUNS static int descriptor_option(lua_State *L, const char *name)
{
    int is_integer;
    if (lua_getfield(L, 1, name) == LUA_TNIL)
        return -1;
    lua_Integer descriptor = lua_tointegerx(L, -1, &is_integer);
    if (!is_integer || descriptor < 0 || descriptor > INT_MAX)
        luaL_error(L, "option '%s' must be the descriptor of a socket", name);
    return (int)descriptor;
}

struct pyro_daemon_options ldaemon_read_options(lua_State *L, uint16_t port)
{
    struct pyro_daemon_options options = {.host = NULL};
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_checkstack(L, 12, NULL);
    options.host = ldaemon_string_option(L, "host");
    options.port = (uint16_t)ldaemon_port_option(L, "port", port);
    options.unixsocket = ldaemon_string_option(L, "unixsocket");
    options.allow = ldaemon_string_option(L, "allow");
    if (options.allow && !*options.allow)
        luaL_error(L, "option 'allow' must be the path of a file");
    options.nathost = ldaemon_string_option(L, "nathost");
    options.natport = ldaemon_port_option(L, "natport", -1);
    options.connected_socket = descriptor_option(L, "connected_socket");
    options.listening_socket = descriptor_option(L, "listening_socket");
    lua_getfield(L, 1, "ssl");
    lencryption_push(L, -1, true); /* stays on the stack, too */
    options.encryption = lencryption_read(L, -1);
    return options;
}
