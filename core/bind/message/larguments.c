#include "bind/message/larguments.h"

#include <lauxlib.h>

#include "bind/base/lerror.h"
#include "bind/base/ltypes.h"
#include "bind/message/lentries.h"
#include "bind/value/lconvert.h"
#include "bind/value/lvalue_write.h"

struct larguments larguments_take(lua_State *L, int first)
{
    struct larguments args = {.first = first, .last = lua_gettop(L)};
    if (args.last >= first && lua_istable(L, -1) && ltype_of(L, -1) == LTYPE_KWARGS)
        args.named = args.last--;
    return args;
}

void larguments_convert(lua_State *L, const struct larguments *args)
{
    if (args->entries)
        lentries_convert(L, args->entries, args->count);
    lconvert_arguments(L, args->first, args->named ? args->named : args->last);
}

enum pyro_code larguments_write(lua_State *L, struct larguments *args,
                                const struct pyro_protocol *protocol, struct pyro_sink *to)
{
    if (args->entries)
        return lentries_write(L, args->entries, args->count, protocol, to, &args->failed);
    int count = args->last - args->first + 1;
    enum pyro_code code = pyro_begin(to, PYRO_TUPLE, (size_t)count);
    for (int i = args->first; i <= args->last && code == PYRO_OK; i++) {
        args->failed = i - args->first + 1;
        code = lvalue_write(L, i, protocol, to);
    }
    if (code != PYRO_OK || (code = pyro_end(to, PYRO_TUPLE)) != PYRO_OK)
        return code;
    args->failed = count + 1;
    return lvalue_write_named(L, args->named, protocol, to);
}

int larguments_raise(lua_State *L, const struct larguments *args, const struct pyro_error *err)
{
    return lerror_raise_at(L, lua_pushfstring(L, "argument %d", args->failed), err);
}
