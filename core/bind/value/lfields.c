#include "bind/value/lfields.h"

#include "base/common.h"

static const char *const field_names[] = {
    [LVALUE_DUNDER_CLASS] = "__class__",
    [LVALUE_DUNDER_EXCEPTION] = "__exception__",
    [LVALUE_ARGS] = "args",
    [LVALUE_ATTRIBUTES] = "attributes",
    [LVALUE_CLASS] = "class",
    [LVALUE_DIGITS] = "digits",
    [LVALUE_IMAGINARY] = "imaginary",
    [LVALUE_ORDINAL] = "ordinal",
    [LVALUE_REAL] = "real",
    [LVALUE_REMOTE_TRACEBACK] = "remoteTraceback",
    [LVALUE_SECONDS] = "seconds",
};

void lvalue_open(lua_State *L)
{
    for (size_t i = 0; i < PYRO_COUNT(field_names); i++) {
        lua_pushstring(L, field_names[i]);
        lua_rawsetp(L, LUA_REGISTRYINDEX, &field_names[i]);
    }
}

void lvalue_push_field_name(lua_State *L, enum lvalue_field field)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &field_names[field]);
}

int lvalue_get_field(lua_State *L, int index, enum lvalue_field field)
{
    index = lua_absindex(L, index);
    lvalue_push_field_name(L, field);
    return lua_rawget(L, index);
}
