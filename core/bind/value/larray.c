#include "bind/value/larray.h"

#include <lauxlib.h>

void larray_wrap(lua_State *L, const struct pyro_array *array)
{
    struct pyro_array *self = lua_newuserdatauv(L, sizeof(*self), 1);
    *self = *array;
    self->data.data = lua_tolstring(L, -2, &self->data.length);
    lua_insert(L, -2);
    lua_setiuservalue(L, -2, 1);
    luaL_setmetatable(L, LARRAY_TYPE);
}

const struct pyro_array *larray_test(lua_State *L, int index)
{
    return luaL_testudata(L, index, LARRAY_TYPE);
}
