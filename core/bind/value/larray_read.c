#include "bind/value/larray_read.h"

#include <lauxlib.h>

#include "bind/base/ltypes.h"
#include "bind/base/marks.h"
#include "bind/value/larray.h"
#include "codec/array.h"

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

enum pyro_code larray_read_shape(lua_State *L, int index, struct pyro_array *array,
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

enum pyro_code larray_read_dtype(lua_State *L, int index, struct pyro_dtype *dtype,
                                 struct pyro_error *err)
{
    struct pyro_slice text;
    if (lua_type(L, index) != LUA_TSTRING)
        return pyro_error_set(err, PYRO_ESERIALIZE, "a dtype is a string, such as '<f8'");
    text.data = lua_tolstring(L, index, &text.length);
    return pyro_dtype_read(text, dtype, err);
}

bool larray_push_string(lua_State *L, int index)
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
LUA_RAISES static bool decode(lua_State *L)
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

enum pyro_code larray_wrap_data(lua_State *L, struct pyro_array *array, struct pyro_error *err)
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
    if ((code = larray_read_shape(L, dict + 1, &array, err)) != PYRO_OK ||
        (code = larray_read_dtype(L, dict + 2, &array.dtype, err)) != PYRO_OK)
        return code;
    if (!larray_push_string(L, dict + 3))
        return pyro_error_set(err, PYRO_ESERIALIZE, "malformed class: an array has no data");
    if ((code = larray_wrap_data(L, &array, err)) == PYRO_OK)
        lua_replace(L, dict);
    lua_settop(L, dict);
    return code;
}
