#include "bind/larguments.h"

#include <lauxlib.h>

#include "bind/lconvert.h"
#include "bind/lerror.h"
#include "bind/ltypes.h"
#include "bind/lvalue.h"

struct larguments larguments_take(lua_State *L, int first)
{
    struct larguments args = {.first = first, .last = lua_gettop(L)};
    if (args.last >= first && lua_istable(L, -1) && ltype_of(L, -1) == LTYPE_KWARGS)
        args.named = args.last--;
    return args;
}

void larguments_convert(lua_State *L, const struct larguments *args)
{
    lconvert_arguments(L, args->first, args->named ? args->named : args->last);
}

/* Writes named arguments: the table at `index`, or (0) none. */
static enum pyro_code write_named(lua_State *L, int index, const struct pyro_protocol *protocol,
                                  struct pyro_sink *to)
{
    enum pyro_code code;
    if (index == 0) {
        code = pyro_begin(to, PYRO_DICT, 0);
        return code == PYRO_OK ? pyro_end(to, PYRO_DICT) : code;
    }
    size_t count = 0;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1))
        count++;
    if ((code = pyro_begin(to, PYRO_DICT, count)) != PYRO_OK)
        return code;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING)
            code = pyro_error_set(to->err, PYRO_ETYPE, "keywords must be strings");
        if (code == PYRO_OK)
            code = lvalue_write(L, -2, protocol, to);
        if (code == PYRO_OK)
            code = lvalue_write(L, -1, protocol, to);
        if (code != PYRO_OK) {
            lua_pop(L, 2);
            return code;
        }
    }
    return pyro_end(to, PYRO_DICT);
}

enum pyro_code larguments_write(lua_State *L, struct larguments *args,
                                const struct pyro_protocol *protocol, struct pyro_sink *to)
{
    int count = args->last - args->first + 1;
    enum pyro_code code = pyro_begin(to, PYRO_TUPLE, (size_t)count);
    for (int i = args->first; i <= args->last && code == PYRO_OK; i++) {
        args->failed = i - args->first + 1;
        code = lvalue_write(L, i, protocol, to);
    }
    if (code != PYRO_OK || (code = pyro_end(to, PYRO_TUPLE)) != PYRO_OK)
        return code;
    args->failed = count + 1;
    return write_named(L, args->named, protocol, to);
}

int larguments_raise(lua_State *L, const struct larguments *args, const struct pyro_error *err)
{
    return lerror_raise_at(L, lua_pushfstring(L, "argument %d", args->failed), err);
}
