#include "bind/server/ldaemon_state.h"

#include <lauxlib.h>

#include "bind/base/lerror.h"

struct ldaemon *ldaemon_check_any(lua_State *L)
{
    return luaL_checkudata(L, 1, LDAEMON_TYPE);
}

struct ldaemon *ldaemon_check(lua_State *L)
{
    struct ldaemon *self = ldaemon_check_any(L);
    if (!self->daemon) {
        lerror_push(L, "DaemonError", "the daemon is closed");
        lua_error(L);
    }
    return self;
}
