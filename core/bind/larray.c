#include "bind/larray.h"

#include <lauxlib.h>
#include <string.h>

#include "bind/ltypes.h"

#define ARRAY_TYPE "pyro.ndarray"

void larray_wrap(lua_State *L, const struct pyro_array *array)
{
    struct pyro_array *self = lua_newuserdatauv(L, sizeof(*self), 1);
    *self = *array;
    self->data.data = lua_tolstring(L, -2, &self->data.length);
    lua_insert(L, -2);
    lua_setiuservalue(L, -2, 1);
    luaL_setmetatable(L, ARRAY_TYPE);
}

const struct pyro_array *larray_test(lua_State *L, int index)
{
    return luaL_testudata(L, index, ARRAY_TYPE);
}

static const struct pyro_array *check(lua_State *L, int index)
{
    return luaL_checkudata(L, index, ARRAY_TYPE);
}

/* --- fields --- */

static void push_shape(lua_State *L, const struct pyro_array *array)
{
    lua_createtable(L, (int)array->dimensions, 0);
    for (unsigned i = 0; i < array->dimensions; i++) {
        lua_pushinteger(L, (lua_Integer)array->shape[i]);
        lua_rawseti(L, -2, (int)i + 1);
    }
    ltype_set(L, LTYPE_TUPLE);
}

/* The methods are the upvalue. */
static int array_index(lua_State *L)
{
    const struct pyro_array *array = check(L, 1);
    const char *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "";
    lua_settop(L, 2);
    if (strcmp(name, "data") == 0)
        lua_getiuservalue(L, 1, 1);
    else if (strcmp(name, "shape") == 0)
        push_shape(L, array);
    else if (strcmp(name, "dtype") == 0)
        lua_pushstring(L, array->dtype.text);
    else if (strcmp(name, "order") == 0)
        lua_pushstring(L, array->fortran ? "F" : "C");
    else
        lua_rawget(L, lua_upvalueindex(1));
    return 1;
}

static int array_len(lua_State *L)
{
    const struct pyro_array *array = check(L, 1);
    if (array->dimensions == 0)
        return luaL_error(L, "an ndarray without dimensions has no length");
    lua_pushinteger(L, (lua_Integer)array->shape[0]);
    return 1;
}

static int array_eq(lua_State *L)
{
    const struct pyro_array *a = larray_test(L, 1), *b = larray_test(L, 2);
    lua_pushboolean(L, a && b && pyro_array_equals(a, b));
    return 1;
}

/* ndarray(2x3, <f8) */
static int array_tostring(lua_State *L)
{
    const struct pyro_array *array = check(L, 1);
    luaL_Buffer text;
    luaL_buffinit(L, &text);
    luaL_addstring(&text, "ndarray(");
    for (unsigned i = 0; i < array->dimensions; i++) {
        lua_pushfstring(L, i ? "x%I" : "%I", (LUAI_UACINT)array->shape[i]);
        luaL_addvalue(&text);
    }
    luaL_addstring(&text, array->dimensions ? ", " : "");
    luaL_addstring(&text, array->dtype.text);
    luaL_addchar(&text, ')');
    luaL_pushresult(&text);
    return 1;
}

void larray_open(lua_State *L)
{
    static const luaL_Reg metamethods[] = {
        {"__len", array_len}, {"__eq", array_eq}, {"__tostring", array_tostring}, {NULL, NULL}};
    luaL_newmetatable(L, ARRAY_TYPE);
    luaL_setfuncs(L, metamethods, 0);
    lua_newtable(L); /* methods */
    lua_pushcclosure(L, array_index, 1);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
}
