#include "bind/base/ltypes.h"

#include <math.h>

#include "bind/base/lerror.h"
#include "bind/base/marks.h"
#include "value/moment.h"
#include "value/number.h"

/* Their addresses are registry keys: of the table that maps a metatable to its type, of each type's
 * metatable, and of null. */
static const char types_key = 0;
static const char metatable_keys[LTYPE_COUNT] = {0};
static const char null_key = 0;

static const char *const type_names[LTYPE_COUNT] = {
    [LTYPE_DICT] = "dict",         [LTYPE_LIST] = "list",           [LTYPE_TUPLE] = "tuple",
    [LTYPE_SET] = "set",           [LTYPE_FROZENSET] = "frozenset", [LTYPE_BYTES] = "bytes",
    [LTYPE_KWARGS] = "kwargs",     [LTYPE_BIGINT] = "bigint",       [LTYPE_COMPLEX] = "complex",
    [LTYPE_DATETIME] = "datetime", [LTYPE_DATE] = "date",           [LTYPE_OBJECT] = "object",
};

enum ltype ltype_of(lua_State *L, int index)
{
    if (!lua_getmetatable(L, index))
        return LTYPE_PLAIN;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &types_key);
    lua_insert(L, -2);
    lua_rawget(L, -2);
    enum ltype type = (enum ltype)lua_tointeger(L, -1);
    lua_pop(L, 2);
    return type == LTYPE_PLAIN ? LTYPE_OTHER : type;
}

void ltype_set(lua_State *L, enum ltype type)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &metatable_keys[type]);
    lua_setmetatable(L, -2);
}

void ltype_push_null(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &null_key);
}

bool ltype_is_null(lua_State *L, int index)
{
    if (lua_type(L, index) != LUA_TUSERDATA)
        return false;
    index = lua_absindex(L, index);
    ltype_push_null(L);
    bool same = lua_rawequal(L, -1, index);
    lua_pop(L, 1);
    return same;
}

static int null_tostring(lua_State *L)
{
    lua_pushliteral(L, "null");
    return 1;
}

LUA_RUNS static void open_null(lua_State *L)
{
    lua_newuserdatauv(L, 0, 0);
    lua_createtable(L, 0, 2);
    lua_pushcfunction(L, null_tostring);
    lua_setfield(L, -2, "__tostring");
    lua_pushliteral(L, "pyro.null");
    lua_setfield(L, -2, "__name");
    lua_setmetatable(L, -2);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &null_key);
    lua_setfield(L, -2, "null");
}

static int real_text(lua_State *L)
{
    char text[PYRO_REAL_SIZE];
    double value = luaL_checknumber(L, 1);
    luaL_argcheck(L, isfinite(value), 1, "not finite");
    lua_pushlstring(L, text, pyro_real_text(value, text));
    return 1;
}

/* Nil for a day or time that Python has not. */
LUA_RAISES static int push_moment(lua_State *L, const char *text, size_t length)
{
    if (length > 0)
        lua_pushlstring(L, text, length);
    else
        lua_pushnil(L);
    return 1;
}

/* datetext(ordinal) */
static int date_text(lua_State *L)
{
    char text[PYRO_MOMENT_SIZE];
    return push_moment(L, text, pyro_date_text(luaL_checkinteger(L, 1), text));
}

/* datetimetext(seconds) */
static int datetime_text(lua_State *L)
{
    char text[PYRO_MOMENT_SIZE];
    return push_moment(L, text, pyro_datetime_text(luaL_checknumber(L, 1), text));
}

LUA_RAISES static void add_type(lua_State *L, enum ltype type)
{
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &metatable_keys[type]);
    lua_pushinteger(L, type);
    lua_rawset(L, -3);
}

void ltypes_open(lua_State *L)
{
    static const luaL_Reg texts[] = {{"format_real", real_text},
                                     {"format_date", date_text},
                                     {"format_datetime", datetime_text},
                                     {NULL, NULL}};
    open_null(L);
    lua_createtable(L, 0, LTYPE_COUNT); /* core.types */
    lua_createtable(L, 0, LTYPE_COUNT); /* registry */
    for (enum ltype type = LTYPE_DICT; type <= LTYPE_OBJECT; type++) {
        lua_createtable(L, 0, 4);
        lua_pushfstring(L, "pyro.%s", type_names[type]);
        lua_setfield(L, -2, "__name");
        lua_pushvalue(L, -1);
        lua_setfield(L, -4, type_names[type]);
        add_type(L, type);
    }
    luaL_getmetatable(L, LERROR_TYPE);
    add_type(L, LTYPE_ERROR);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &types_key);
    lua_setfield(L, -2, "types");
    luaL_setfuncs(L, texts, 0);
}
