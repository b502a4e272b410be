#include "bind/lconfig.h"

#include <lauxlib.h>
#include <unistd.h>

#include "bind/lerror.h"
#include "bind/lruntime.h"
#include "include/pyrolua.h"

static const struct pyro_config_item *check_item(lua_State *L)
{
    const char *name = luaL_checkstring(L, 1);
    const struct pyro_config_item *item = pyro_config_find(name);
    if (!item)
        luaL_error(L, "there is no config item '%s'", name);
    return item;
}

static int config_get(lua_State *L)
{
    const struct pyro_config_item *item = check_item(L);
    const char *field = (const char *)&lruntime_of(L)->core.config + item->offset;
    switch (item->type) {
    case PYRO_CONFIG_bool:
        lua_pushboolean(L, *(const pyro_config_bool *)(const void *)field);
        break;
    case PYRO_CONFIG_int:
        lua_pushinteger(L, *(const pyro_config_int *)(const void *)field);
        break;
    case PYRO_CONFIG_real:
        lua_pushnumber(L, *(const pyro_config_real *)(const void *)field);
        break;
    case PYRO_CONFIG_text:
        lua_pushstring(L, *(const pyro_config_text *)(const void *)field);
        break;
    }
    return 1;
}

static int wrong_type(lua_State *L, const struct pyro_config_item *item, const char *wanted)
{
    lua_pushfstring(L, "config item %s must be %s, not %s", item->name, wanted,
                    luaL_typename(L, 2));
    lerror_push(L, "TypeError", lua_tostring(L, -1));
    return lua_error(L);
}

static int config_set(lua_State *L)
{
    const struct pyro_config_item *item = check_item(L);
    struct pyro_config *config = &lruntime_of(L)->core.config;
    struct pyro_error err = {.code = PYRO_OK};
    enum pyro_code code = PYRO_OK;
    lua_Integer number = 0;
    int whole = 0;
    switch (item->type) {
    case PYRO_CONFIG_bool:
        if (!lua_isboolean(L, 2))
            return wrong_type(L, item, "a boolean");
        code = pyro_config_set_bool(config, item, lua_toboolean(L, 2), &err);
        break;
    case PYRO_CONFIG_int:
        if (lua_type(L, 2) == LUA_TNUMBER)
            number = lua_tointegerx(L, 2, &whole);
        if (!whole)
            return wrong_type(L, item, "an integer");
        code = pyro_config_set_int(config, item, number, &err);
        break;
    case PYRO_CONFIG_real:
        if (lua_type(L, 2) != LUA_TNUMBER)
            return wrong_type(L, item, "a number");
        code = pyro_config_set_real(config, item, lua_tonumber(L, 2), &err);
        break;
    case PYRO_CONFIG_text:
        if (lua_type(L, 2) != LUA_TSTRING && !lua_isnil(L, 2))
            return wrong_type(L, item, "a string");
        code = pyro_config_set_text(config, item, lua_tostring(L, 2), &err);
        break;
    }
    return code == PYRO_OK ? 0 : lerror_raise(L, &err);
}

static int config_names(lua_State *L)
{
    size_t count;
    const struct pyro_config_item *items = pyro_config_items(&count);
    lua_createtable(L, (int)count, 0);
    for (size_t i = 0; i < count; i++) {
        lua_pushstring(L, items[i].name);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

static int config_reset(lua_State *L)
{
    struct pyro_error err = {.code = PYRO_OK};
    char *const *environment = lua_toboolean(L, 1) ? environ : NULL;
    return pyro_runtime_configure(&lruntime_of(L)->core, environment, &err) == PYRO_OK
               ? 0
               : lerror_raise(L, &err);
}

void lconfig_open(lua_State *L)
{
    static const luaL_Reg functions[] = {{"config_get", config_get},
                                         {"config_set", config_set},
                                         {"config_names", config_names},
                                         {"config_reset", config_reset},
                                         {NULL, NULL}};
    luaL_setfuncs(L, functions, 0);
    lua_pushliteral(L, PYROLUA_VERSION);
    lua_setfield(L, -2, "version");
}
