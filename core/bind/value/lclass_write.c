#include "bind/value/lclass_write.h"

#include <lauxlib.h>

#include "bind/value/lserved.h"
#include "rpc/proxy_state.h"

bool lclass_is_registered(const struct lserved *object)
{
    return object && object->runtime->core.config.AUTOPROXY;
}

enum pyro_code lclass_write_registered(lua_State *L, struct lserved *object,
                                       const struct pyro_protocol *protocol, struct pyro_sink *to)
{
    struct pyro_uri uri = {.object = NULL};
    enum pyro_code code = lserved_learn(L, object, to->err);
    if (code == PYRO_OK)
        code = pyro_daemon_uri(object->daemon, object->id, true, &uri, to->err);
    if (code != PYRO_OK)
        return code;
    const struct pyro_proxy_state state = {.uri = &uri, .members = &object->members};
    code = pyro_put_proxy(to, protocol, &state);
    pyro_uri_free(&uri);
    return code;
}

static int is_served(lua_State *L)
{
    luaL_checkany(L, 1);
    bool any = lserved_push_all(L);
    lua_pushboolean(L, any && lclass_is_registered(lserved_in_place(L, lua_gettop(L), 1)));
    return 1;
}

void lclass_open(lua_State *L)
{
    lua_pushcfunction(L, is_served);
    lua_setfield(L, -2, "is_served");
}
