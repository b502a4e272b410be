/* pyro.ndarray: what programs do with arrays. */
#include "bind/value/larray_lib.h"

#include <lauxlib.h>
#include <string.h>

#include "bind/base/ltypes.h"
#include "bind/base/marks.h"
#include "bind/value/larray.h"
#include "bind/value/larray_read.h"
#include "bind/value/lbuilder.h"
#include "bind/value/lvalue_write.h"
#include "value/array_pack.h"
#include "value/npy.h"

LUA_RAISES static const struct pyro_array *check(lua_State *L, int index)
{
    return luaL_checkudata(L, index, LARRAY_TYPE);
}

/* --- fields --- */

LUA_RAISES static void push_shape(lua_State *L, const struct pyro_array *array)
{
    lua_createtable(L, (int)array->dimensions, 0);
    for (unsigned i = 0; i < array->dimensions; i++) {
        lua_pushinteger(L, (lua_Integer)array->shape[i]);
        lua_rawseti(L, -2, (int)i + 1);
    }
    ltype_set(L, LTYPE_TUPLE);
}

/* Implements array.name: a field, or a method (the methods are the upvalue). */
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
    else if (lua_type(L, 2) == LUA_TNUMBER)
        return luaL_error(L, "an ndarray has no items by key; it has get(i, …), row(i), totable()");
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

/* --- items --- */

/* Pushes what lies at the first dimensions' indices. */
LUA_RAISES static int push_part(lua_State *L, const struct pyro_array *array, const size_t *indices,
                                unsigned count)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct lbuilder builder;
    lbuilder_init(&builder, L, false, &err);
    if (pyro_array_put_part(array, indices, count, &builder.sink) != PYRO_OK)
        return luaL_error(L, "%s", err.message);
    return 1;
}

/* Returns the index of a dimension, counted from 0; the argument counts from 1. */
LUA_RAISES static size_t check_index(lua_State *L, const struct pyro_array *array,
                                     unsigned dimension)
{
    lua_Integer index = luaL_checkinteger(L, (int)dimension + 2);
    if (index < 1 || (lua_Unsigned)index > array->shape[dimension])
        luaL_error(L, "index %I of an ndarray's dimension %d is not in 1 to %I", (LUAI_UACINT)index,
                   (int)dimension + 1, (LUAI_UACINT)array->shape[dimension]);
    return (size_t)index - 1;
}

/* Implements array:get(i, j, …). */
static int array_get(lua_State *L)
{
    const struct pyro_array *array = check(L, 1);
    size_t indices[PYRO_ARRAY_DIMENSIONS];
    int count = lua_gettop(L) - 1;
    if (count != (int)array->dimensions)
        return luaL_error(L, "an ndarray of %d dimensions takes as many indices, not %d",
                          (int)array->dimensions, count);
    for (unsigned i = 0; i < array->dimensions; i++)
        indices[i] = check_index(L, array, i);
    return push_part(L, array, indices, array->dimensions);
}

/* Refuses an array without items that would become too many tables: those cost memory that the
 * array does not have. */
LUA_RAISES static void check_tables(lua_State *L, const struct pyro_array *array)
{
    const size_t most = 1 << 20;
    size_t count = 1;
    for (unsigned i = 0; array->data.length == 0 && i < array->dimensions; i++) {
        if (array->shape[i] == 0)
            return;
        if (array->shape[i] > most / count)
            luaL_error(L, "too many tables, of an ndarray without items");
        count *= array->shape[i];
    }
}

/* Implements array:row(i). */
static int array_row(lua_State *L)
{
    const struct pyro_array *array = check(L, 1);
    if (array->dimensions == 0)
        return luaL_error(L, "an ndarray without dimensions has no rows");
    size_t index = check_index(L, array, 0);
    check_tables(L, array);
    return push_part(L, array, &index, 1);
}

/* Implements array:totable(). */
static int array_totable(lua_State *L)
{
    const struct pyro_array *array = check(L, 1);
    check_tables(L, array);
    return push_part(L, array, NULL, 0);
}

/* Implements array:npy(). */
static int array_npy(lua_State *L)
{
    const struct pyro_array *array = check(L, 1);
    char head[PYRO_NPY_HEAD_SIZE];
    lua_pushlstring(L, head, pyro_npy_head(array, head));
    lua_getiuservalue(L, 1, 1);
    lua_concat(L, 2);
    return 1;
}

/* Implements tostring(array): "ndarray(2x3, <f8)". */
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

/* --- making arrays --- */

LUA_RAISES static int fail(lua_State *L, const char *function, const struct pyro_error *err)
{
    return luaL_error(L, "pyro.ndarray.%s: %s%s%s", function, err->path, *err->path ? ": " : "",
                      err->message);
}

/* Pushes an array of the items of a table, or of one item. */
LUA_RAISES static enum pyro_code pack(lua_State *L, int data, struct pyro_array *array,
                                      struct pyro_error *err)
{
    struct pyro_packer packer;
    size_t size;
    enum pyro_code code = pyro_array_size(array, &size, err);
    if (code != PYRO_OK)
        return code;
    char *out = lua_newuserdatauv(L, size + 1, 0);
    pyro_packer_init(&packer, array, out, err);
    code = lvalue_write(L, data, &pyro_protocol_502, &packer.sink);
    if (code == PYRO_ESERIALIZE)
        pyro_error_locate(err, "data");
    if (code != PYRO_OK || (code = pyro_packer_end(&packer)) != PYRO_OK)
        return code;
    lua_pushlstring(L, out, size);
    lua_remove(L, -2);
    larray_wrap(L, array);
    return PYRO_OK;
}

/* Implements pyro.ndarray.new(shape, dtype, data, order). */
static int array_new(lua_State *L)
{
    static const char *const orders[] = {"C", "F", NULL};
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_array array = {.form = PYRO_ARRAY_PLAIN};
    luaL_checkany(L, 3);
    lua_settop(L, 4);
    array.fortran = luaL_checkoption(L, 4, "C", orders) == 1;
    if (larray_read_shape(L, 1, &array, &err) != PYRO_OK ||
        larray_read_dtype(L, 2, &array.dtype, &err) != PYRO_OK)
        return fail(L, "new", &err);
    bool bytes =
        (array.dimensions > 0 || !strchr("SU", array.dtype.kind)) && larray_push_string(L, 3);
    if (!bytes && array.fortran)
        return luaL_argerror(L, 4, "only a string has an order");
    if ((bytes ? larray_wrap_data(L, &array, &err) : pack(L, 3, &array, &err)) != PYRO_OK)
        return fail(L, "new", &err);
    return 1;
}

/* Implements pyro.ndarray.load(bytes). */
static int array_load(lua_State *L)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_array array;
    struct pyro_slice in;
    luaL_argexpected(L, larray_push_string(L, 1), 1, "string");
    in.data = lua_tolstring(L, -1, &in.length);
    if (pyro_npy_read(in, &array, &err) != PYRO_OK)
        return fail(L, "load", &err);
    lua_pushlstring(L, array.data.data, array.data.length);
    larray_wrap(L, &array);
    return 1;
}

void larray_open(lua_State *L)
{
    static const luaL_Reg metamethods[] = {
        {"__len", array_len}, {"__eq", array_eq}, {"__tostring", array_tostring}, {NULL, NULL}};
    static const luaL_Reg methods[] = {{"get", array_get},
                                       {"row", array_row},
                                       {"totable", array_totable},
                                       {"npy", array_npy},
                                       {NULL, NULL}};
    static const luaL_Reg functions[] = {{"new", array_new}, {"load", array_load}, {NULL, NULL}};
    luaL_newmetatable(L, LARRAY_TYPE);
    luaL_setfuncs(L, metamethods, 0);
    luaL_newlib(L, methods);
    lua_pushcclosure(L, array_index, 1);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
    luaL_newlib(L, functions);
    lua_setfield(L, -2, "ndarray");
}
