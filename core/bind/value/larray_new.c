#include "bind/value/larray_new.h"

#include <lauxlib.h>
#include <string.h>

#include "bind/base/ltypes.h"
#include "bind/value/larray.h"
#include "bind/value/lvalue.h"
#include "codec/array.h"
#include "value/array_pack.h"
#include "value/npy.h"

/* --- what an array is made of --- */

static enum pyro_code read_length(lua_State *L, size_t *length, struct pyro_error *err)
{
    int good = 0;
    lua_Integer number = lua_type(L, -1) == LUA_TNUMBER ? lua_tointegerx(L, -1, &good) : 0;
    lua_pop(L, 1);
    *length = (size_t)number;
    if (good && number >= 0 && number <= PTRDIFF_MAX)
        return PYRO_OK;
    return pyro_error_set(err, PYRO_ESERIALIZE,
                          "a shape is a list of integers that are not negative");
}

/* Reads a shape: a list of lengths, or the one length. */
static enum pyro_code read_shape(lua_State *L, int index, struct pyro_array *array,
                                 struct pyro_error *err)
{
    enum pyro_code code = PYRO_OK;
    bool list = lua_type(L, index) == LUA_TTABLE;
    size_t count = list ? (size_t)lua_rawlen(L, index) : 1;
    if (count > PYRO_ARRAY_DIMENSIONS)
        return pyro_error_set(err, PYRO_ESERIALIZE, "an array of more than %d dimensions",
                              PYRO_ARRAY_DIMENSIONS);
    array->dimensions = (unsigned)count;
    for (unsigned i = 0; i < count && code == PYRO_OK; i++) {
        if (list)
            lua_rawgeti(L, index, (lua_Integer)i + 1);
        else
            lua_pushvalue(L, index);
        code = read_length(L, &array->shape[i], err);
    }
    return code;
}

static enum pyro_code read_dtype(lua_State *L, int index, struct pyro_dtype *dtype,
                                 struct pyro_error *err)
{
    struct pyro_slice text;
    if (lua_type(L, index) != LUA_TSTRING)
        return pyro_error_set(err, PYRO_ESERIALIZE, "a dtype is a string, such as '<f8'");
    text.data = lua_tolstring(L, index, &text.length);
    return pyro_dtype_read(text, dtype, err);
}

/* Pushes a string; false (nothing pushed) where the value is neither that nor pyro.bytes. */
static bool push_string(lua_State *L, int index)
{
    if (lua_type(L, index) == LUA_TTABLE && ltype_of(L, index) == LTYPE_BYTES)
        lua_rawgeti(L, index, 1);
    else
        lua_pushvalue(L, index);
    if (lua_type(L, -1) == LUA_TSTRING)
        return true;
    lua_pop(L, 1);
    return false;
}

/* Replaces the string at the top by what it is in base64. */
static bool decode(lua_State *L)
{
    struct pyro_slice text;
    size_t length;
    text.data = lua_tolstring(L, -1, &text.length);
    char *out = lua_newuserdatauv(L, pyro_base64_room(text.length) + 1, 0);
    if (!pyro_base64_decode(text, out, &length)) {
        lua_pop(L, 1);
        return false;
    }
    lua_pushlstring(L, out, length);
    lua_replace(L, -3);
    lua_pop(L, 1);
    return true;
}

/* Replaces the string at the top, which is the data of the array or these in base64 (both are never
 * equally long), by the array. */
static enum pyro_code wrap(lua_State *L, struct pyro_array *array, struct pyro_error *err)
{
    size_t size;
    enum pyro_code code = pyro_array_size(array, &size, err);
    if (code != PYRO_OK)
        return code;
    if (lua_rawlen(L, -1) > size)
        decode(L);
    array->data.data = lua_tolstring(L, -1, &array->data.length);
    if ((code = pyro_array_check(array, err)) == PYRO_OK)
        larray_wrap(L, array);
    return code;
}

enum pyro_code larray_from_class(lua_State *L, struct pyro_error *err)
{
    struct pyro_array array = {.form = PYRO_ARRAY_CLASS};
    enum pyro_code code;
    int dict = lua_gettop(L);
    luaL_checkstack(L, 8, "array");
    lua_getfield(L, dict, "shape");
    lua_getfield(L, dict, "dtype");
    lua_getfield(L, dict, "data");
    if ((code = read_shape(L, dict + 1, &array, err)) != PYRO_OK ||
        (code = read_dtype(L, dict + 2, &array.dtype, err)) != PYRO_OK)
        return code;
    if (!push_string(L, dict + 3))
        return pyro_error_set(err, PYRO_ESERIALIZE, "malformed class: an array has no data");
    if ((code = wrap(L, &array, err)) == PYRO_OK)
        lua_replace(L, dict);
    lua_settop(L, dict);
    return code;
}

/* --- for programs --- */

static int fail(lua_State *L, const char *function, const struct pyro_error *err)
{
    return luaL_error(L, "pyro.ndarray.%s: %s%s%s", function, err->path, *err->path ? ": " : "",
                      err->message);
}

/* Pushes an array of the items of a table, or of one item. */
static enum pyro_code pack(lua_State *L, int data, struct pyro_array *array, struct pyro_error *err)
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

/* new(shape, dtype, data, order) */
static int array_new(lua_State *L)
{
    static const char *const orders[] = {"C", "F", NULL};
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_array array = {.form = PYRO_ARRAY_PLAIN};
    luaL_checkany(L, 3);
    lua_settop(L, 4);
    array.fortran = luaL_checkoption(L, 4, "C", orders) == 1;
    if (read_shape(L, 1, &array, &err) != PYRO_OK ||
        read_dtype(L, 2, &array.dtype, &err) != PYRO_OK)
        return fail(L, "new", &err);
    bool bytes = (array.dimensions > 0 || !strchr("SU", array.dtype.kind)) && push_string(L, 3);
    if (!bytes && array.fortran)
        return luaL_argerror(L, 4, "only a string has an order");
    if ((bytes ? wrap(L, &array, &err) : pack(L, 3, &array, &err)) != PYRO_OK)
        return fail(L, "new", &err);
    return 1;
}

/* load(bytes) */
static int array_load(lua_State *L)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_array array;
    struct pyro_slice in;
    luaL_argexpected(L, push_string(L, 1), 1, "string");
    in.data = lua_tolstring(L, -1, &in.length);
    if (pyro_npy_read(in, &array, &err) != PYRO_OK)
        return fail(L, "load", &err);
    lua_pushlstring(L, array.data.data, array.data.length);
    larray_wrap(L, &array);
    return 1;
}

void larray_new_open(lua_State *L)
{
    static const luaL_Reg functions[] = {{"new", array_new}, {"load", array_load}, {NULL, NULL}};
    luaL_newlib(L, functions);
    lua_setfield(L, -2, "ndarray");
}
