#include "bind/module/lservice.h"

#include <lauxlib.h>

#include "bind/base/lerror.h"
#include "net/service.h"

/* Implements core.get_service_socket() -> the listening socket that a service manager made for this
 * program, or nil. */
static int get_service_socket(lua_State *L)
{
    struct pyro_error err = {.code = PYRO_OK};
    int descriptor;
    if (pyro_service_socket(&descriptor, &err) != PYRO_OK)
        return lerror_raise(L, &err);
    if (descriptor >= 0)
        lua_pushinteger(L, descriptor);
    else
        lua_pushnil(L);
    return 1;
}

void lservice_open(lua_State *L)
{
    lua_pushcfunction(L, get_service_socket);
    lua_setfield(L, -2, "get_service_socket");
}
