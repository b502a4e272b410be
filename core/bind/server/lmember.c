#include "bind/server/lmember.h"

#include <lauxlib.h>

#include "base/assert.h"
#include "bind/base/lerror.h"
#include "bind/base/lhook.h"
#include "bind/base/marks.h"
#include "bind/server/lexpose.h"
#include "bind/value/lserved.h"
#include "rpc/private.h"

/* Raises an AttributeError about a name. */
LUA_RUNS static void refuse_name(lua_State *L, const char *why, struct pyro_slice name)
{
    lua_pushfstring(L, "%s '%s'", why, lua_pushlstring(L, name.data, name.length));
    lerror_push(L, "AttributeError", lua_tostring(L, -1));
    lua_error(L);
}

/* Pushes the name of an object in messages: that of its class, if any. */
LUA_RAISES static void push_type_name(lua_State *L, int self)
{
    if (luaL_getmetafield(L, self, "__name") != LUA_TSTRING)
        lua_pushstring(L, luaL_typename(L, self));
}

/* Raises an AttributeError about a method that is not there. */
LUA_RUNS static void refuse_method(lua_State *L, int self, struct pyro_slice name)
{
    push_type_name(L, self);
    lua_pushfstring(L, "'%s' object has no attribute", lua_tostring(L, -1));
    refuse_name(L, lua_tostring(L, -1), name);
}

/* Returns whether a function only makes instances of a class, so that no remote caller may call it.
 * Such a function is always named "new". */
LUA_RUNS static bool makes_instances(lua_State *L, int self, struct pyro_slice name)
{
    if (!pyro_slice_equals(name, "new"))
        return false;
    lhook_push(L, LHOOK_MAKES_INSTANCES);
    lua_pushvalue(L, self);
    lua_pushlstring(L, name.data, name.length);
    lua_call(L, 2, 1);
    bool makes = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return makes;
}

void lmember_find_method(lua_State *L, const struct lruntime *runtime, int self,
                         struct pyro_slice name)
{
    if (pyro_is_private(name))
        refuse_name(L, "attempt to access private attribute", name);
    lua_gettable(L, self);
    if (!lua_isfunction(L, -1))
        refuse_method(L, self, name);
    if (makes_instances(L, self, name) || !lexpose_allows(L, runtime, self, name))
        refuse_name(L, "attempt to access unexposed attribute", name);
}

/* --- attributes --- */

/* Raises an AttributeError which tells, as Pyro does, what is hidden from what is not there.
 * Private names are not even looked for. */
LUA_RUNS static int refuse_attribute(lua_State *L, int self)
{
    struct pyro_slice name;
    name.data = lua_tolstring(L, self + 1, &name.length);
    lua_pushvalue(L, self + 1);
    if (!pyro_is_private(name) && lua_gettable(L, self) != LUA_TNIL)
        refuse_name(L, "attempt to access unexposed or unknown remote attribute", name);
    push_type_name(L, self);
    lua_pushfstring(L, "type object '%s' has no attribute", lua_tostring(L, -1));
    refuse_name(L, lua_tostring(L, -1), name);
    return 0; /* never */
}

int lmember_access(lua_State *L, int self, bool set)
{
    PYRO_ASSERT(lua_gettop(L) == self + (set ? 2 : 1) && lua_type(L, self + 1) == LUA_TSTRING);
    int count = set ? 2 : 1;
    lserved_push_members(L, self);
    lua_pushnil(L);
    while (lua_next(L, -2)) {
        if (lua_rawequal(L, -1, self + 1)) {
            lua_settop(L, self + count);
            if (set)
                lua_settable(L, self);
            else
                lua_gettable(L, self);
            return set ? 0 : 1;
        }
        lua_pop(L, 1);
    }
    return refuse_attribute(L, self);
}
