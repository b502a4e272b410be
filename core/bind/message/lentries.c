#include "bind/message/lentries.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "bind/base/ltypes.h"
#include "bind/value/lconvert.h"
#include "bind/value/lvalue_write.h"

void lentries_add(lua_State *L, struct lentries *entries, int name, int first, int arguments)
{
    lua_Integer used = entries->used; /* changes once all is there: memory may run out */
    lua_pushinteger(L, arguments);
    lua_rawseti(L, -2, ++used);
    lua_pushvalue(L, name);
    lua_rawseti(L, -2, ++used);
    for (int i = 0; i < arguments; i++) {
        lua_pushvalue(L, first + i);
        lua_rawseti(L, -2, ++used);
    }
    PYRO_ASSERT(used == entries->used + 2 + arguments);
    entries->used = used;
    entries->count++;
}

/* Pushes the name of the next entry; returns the number of its arguments. */
static int push_name(lua_State *L, int table, lua_Integer *at)
{
    lua_rawgeti(L, table, ++*at);
    int arguments = (int)lua_tointeger(L, -1);
    lua_pop(L, 1);
    lua_rawgeti(L, table, ++*at);
    return arguments;
}

int lentries_next(lua_State *L, int table, lua_Integer *at)
{
    int arguments = push_name(L, table, at);
    return lua_checkstack(L, arguments + LUA_MINSTACK) ? arguments : -1;
}

void lentries_push_arguments(lua_State *L, int table, lua_Integer *at, int arguments)
{
    for (int i = 0; i < arguments; i++)
        lua_rawgeti(L, table, ++*at);
}

/* Returns whether the last argument of an entry is its named ones. */
static bool has_named(lua_State *L, int table, lua_Integer last)
{
    bool named = lua_rawgeti(L, table, last) == LUA_TTABLE && ltype_of(L, -1) == LTYPE_KWARGS;
    lua_pop(L, 1);
    return named;
}

void lentries_push_tables(lua_State *L, int table, lua_Integer name)
{
    lua_rawgeti(L, table, name - 1);
    lua_Integer count = lua_tointeger(L, -1);
    lua_pop(L, 1);
    bool named = count > 0 && has_named(L, table, name + count);
    lua_newtable(L);
    ltype_set(L, LTYPE_LIST);
    for (lua_Integer i = 1; i <= count - named; i++) {
        if (lua_rawgeti(L, table, name + i) == LUA_TNIL) {
            lua_pop(L, 1);
            ltype_push_null(L);
        }
        lua_rawseti(L, -2, i);
    }
    if (named)
        lua_rawgeti(L, table, name + count);
    else
        lua_newtable(L);
    ltype_set(L, LTYPE_DICT);
}

void lentries_convert(lua_State *L, int table, lua_Integer count)
{
    char place[48];
    lua_Integer at = 0;
    if (!lconvert_is_set(L))
        return;
    for (lua_Integer call = 1; call <= count; call++) {
        int arguments = push_name(L, table, &at);
        lua_pop(L, 1);
        for (int i = 0; i < arguments; i++) {
            lua_rawgeti(L, table, ++at);
            if (lconvert_is_needed(L, -1)) {
                snprintf(place, sizeof(place), "argument %lld", (long long)call);
                lconvert_outward(L, -1, place);
                lua_rawseti(L, table, at);
            } else {
                lua_pop(L, 1);
            }
        }
    }
}

/* Writes the argument at `at` of the table. */
static enum pyro_code write_argument(lua_State *L, int table, lua_Integer at,
                                     const struct pyro_protocol *protocol, struct pyro_sink *to)
{
    lua_rawgeti(L, table, at);
    enum pyro_code code = lvalue_write(L, -1, protocol, to);
    lua_pop(L, 1);
    return code;
}

static enum pyro_code write_positional(lua_State *L, int table, lua_Integer *at, int arguments,
                                       const struct pyro_protocol *protocol, struct pyro_sink *to)
{
    char place[32];
    enum pyro_code code = pyro_begin(to, PYRO_LIST, (size_t)arguments);
    for (int i = 1; i <= arguments && code == PYRO_OK; i++) {
        code = write_argument(L, table, ++*at, protocol, to);
        if (code == PYRO_ESERIALIZE) {
            snprintf(place, sizeof(place), "[2][%d]", i);
            pyro_error_locate(to->err, place);
        }
    }
    return code == PYRO_OK ? pyro_end(to, PYRO_LIST) : code;
}

/* Writes the named arguments at `at`. */
static enum pyro_code write_named(lua_State *L, int table, lua_Integer at,
                                  const struct pyro_protocol *protocol, struct pyro_sink *to)
{
    lua_rawgeti(L, table, at);
    enum pyro_code code = lvalue_write_named(L, lua_gettop(L), protocol, to);
    lua_pop(L, 1);
    if (code == PYRO_ESERIALIZE)
        pyro_error_locate(to->err, "[3]");
    return code;
}

/* Writes an entry as a list, which is shorter than a tuple where types are told, and as good to
 * all. */
static enum pyro_code write_entry(lua_State *L, int table, lua_Integer *at,
                                  const struct pyro_protocol *protocol, struct pyro_sink *to)
{
    enum pyro_code code = pyro_begin(to, PYRO_LIST, 3);
    int arguments = push_name(L, table, at);
    if (code == PYRO_OK)
        code = lvalue_write(L, -1, protocol, to);
    lua_pop(L, 1);
    bool named = arguments > 0 && has_named(L, table, *at + arguments);
    if (code == PYRO_OK)
        code = write_positional(L, table, at, arguments - named, protocol, to);
    if (code == PYRO_OK)
        code = named ? write_named(L, table, ++*at, protocol, to)
                     : lvalue_write_named(L, 0, protocol, to);
    return code == PYRO_OK ? pyro_end(to, PYRO_LIST) : code;
}

enum pyro_code lentries_write(lua_State *L, int table, lua_Integer count,
                              const struct pyro_protocol *protocol, struct pyro_sink *to,
                              int *failed)
{
    lua_Integer at = 0;
    enum pyro_code code = pyro_begin(to, PYRO_TUPLE, (size_t)count);
    for (lua_Integer call = 1; call <= count && code == PYRO_OK; call++) {
        *failed = (int)call;
        code = write_entry(L, table, &at, protocol, to);
    }
    if (code == PYRO_OK)
        code = pyro_end(to, PYRO_TUPLE);
    return code == PYRO_OK ? lvalue_write_named(L, 0, protocol, to) : code;
}
