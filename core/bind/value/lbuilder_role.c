#include "bind/value/lbuilder_role.h"

#include <string.h>

#include "bind/base/marks.h"

/* Returns whether the table at `table`, which may be incomplete, is an exception or wraps one. */
LUA_RUNS static bool holds_exception(lua_State *L, int table)
{
    lua_getfield(L, table, "__class__");
    const char *name = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
    lua_getfield(L, table, "__exception__");
    bool holds = lclass_is_wrapper(name) || lua_toboolean(L, -1);
    lua_pop(L, 2);
    return holds;
}

/* Returns whether the dict at the top is the exception that the dict around it wraps. */
LUA_RUNS static bool is_wrapped(const struct lbuilder *b)
{
    lua_State *L = b->L;
    if (b->frame->place != LBUILDER_VALUE || lua_type(L, -2) != LUA_TSTRING ||
        strcmp(lua_tostring(L, -2), "exception") != 0)
        return false;
    lua_getfield(L, -3, "__class__");
    bool wrapped = lua_type(L, -1) == LUA_TSTRING && lclass_is_wrapper(lua_tostring(L, -1));
    lua_pop(L, 1);
    return wrapped;
}

/* Returns whether any of the dicts around the one at the top is an exception or wraps one. */
LUA_RUNS static bool is_in_exception(const struct lbuilder *b)
{
    int table = lua_gettop(b->L) - 1;
    for (const struct lbuilder_frame *frame = b->frame; frame > b->frames; frame--) {
        if (frame->place == LBUILDER_VALUE) {
            if (holds_exception(b->L, --table)) /* its key lies above it */
                return true;
        }
        table--;
    }
    return false;
}

enum lclass_role lbuilder_role(const struct lbuilder *b)
{
    if ((b->raised && !lbuilder_is_open(b)) || is_wrapped(b))
        return LCLASS_RAISED;
    return b->raised || is_in_exception(b) ? LCLASS_WITHIN : LCLASS_VALUE;
}
