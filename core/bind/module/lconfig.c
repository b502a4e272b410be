#include "bind/module/lconfig.h"

#include <lauxlib.h>
#include <unistd.h>

#include "base/config_set.h"
#include "base/words.h"
#include "bind/base/lerror.h"
#include "bind/base/marks.h"
#include "bind/task/lruntime.h"
#include "include/pyrolua.h"

/* Returns the item whose name is at 1; raises an error where there is none. */
LUA_RAISES static const struct pyro_config_item *check_item(lua_State *L)
{
    const char *name = luaL_checkstring(L, 1);
    const struct pyro_config_item *item = pyro_config_find(name);
    struct pyro_error err;
    while (!item) { /* not twice: luaL_error() does not return, which checkers do not know */
        pyro_config_unknown(name, &err);
        luaL_error(L, "%s", err.message);
    }
    return item;
}

/* Pushes a list of the elements of a string with commas. */
LUA_RAISES static void push_list(lua_State *L, const char *list)
{
    struct pyro_slice element;
    lua_newtable(L);
    for (lua_Integer i = 1; pyro_word_next(&list, &element); i++) {
        lua_pushlstring(L, element.data, element.length);
        lua_rawseti(L, -2, i);
    }
}

static int get_setting(lua_State *L)
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
    case PYRO_CONFIG_list:
        push_list(L, *(const pyro_config_list *)(const void *)field);
        break;
    }
    return 1;
}

LUA_RUNS static int wrong_type(lua_State *L, const struct pyro_config_item *item,
                               const char *wanted, int index)
{
    lua_pushfstring(L, "config item %s must be %s, not %s", item->name, wanted,
                    luaL_typename(L, index));
    lerror_push(L, "TypeError", lua_tostring(L, -1));
    return lua_error(L);
}

/* Replaces the list at 2 by its elements with commas between them. */
LUA_RUNS static void join_list(lua_State *L, const struct pyro_config_item *item)
{
    lua_Integer count = luaL_len(L, 2);
    luaL_Buffer text;
    luaL_buffinit(L, &text);
    for (lua_Integer i = 1; i <= count; i++) {
        if (lua_geti(L, 2, i) != LUA_TSTRING)
            wrong_type(L, item, "a list of strings", -1);
        luaL_addvalue(&text);
        if (i < count)
            luaL_addchar(&text, ',');
    }
    luaL_pushresult(&text);
    lua_replace(L, 2);
}

/* Sets an item to the value at 2. */
LUA_RUNS static enum pyro_code set(lua_State *L, struct pyro_config *config,
                                   struct pyro_setting setting, struct pyro_error *err)
{
    lua_Integer number = 0;
    int whole = 0;
    switch (setting.item->type) {
    case PYRO_CONFIG_bool:
        if (!lua_isboolean(L, 2))
            wrong_type(L, setting.item, "a boolean", 2);
        return pyro_config_set_bool(config, setting, lua_toboolean(L, 2), err);
    case PYRO_CONFIG_int:
        if (lua_type(L, 2) == LUA_TNUMBER)
            number = lua_tointegerx(L, 2, &whole);
        if (!whole)
            wrong_type(L, setting.item, "an integer", 2);
        return pyro_config_set_int(config, setting, number, err);
    case PYRO_CONFIG_real:
        if (lua_type(L, 2) != LUA_TNUMBER)
            wrong_type(L, setting.item, "a number", 2);
        return pyro_config_set_real(config, setting, lua_tonumber(L, 2), err);
    case PYRO_CONFIG_list:
        if (lua_istable(L, 2))
            join_list(L, setting.item);
        if (lua_type(L, 2) != LUA_TSTRING)
            wrong_type(L, setting.item, "a list, or a string with commas", 2);
        break;
    case PYRO_CONFIG_text:
        if (lua_type(L, 2) != LUA_TSTRING && !lua_isnil(L, 2))
            wrong_type(L, setting.item, "a string", 2);
        break;
    }
    return pyro_config_set_text(config, setting, lua_tostring(L, 2), err);
}

static int set_setting(lua_State *L)
{
    struct pyro_setting setting = {.item = check_item(L), .prefix = ""};
    struct pyro_runtime *core = &lruntime_of(L)->core;
    struct pyro_error err = {.code = PYRO_OK};
    lua_settop(L, 2);
    enum pyro_code code = set(L, &core->config, setting, &err);
    if (code == PYRO_OK)
        code = pyro_runtime_apply(core, &err);
    return code == PYRO_OK ? 0 : lerror_raise(L, &err);
}

static int setting_names(lua_State *L)
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

/* Implements core.is_secret(name) -> whether the setting's value is not to be shown. */
static int is_secret(lua_State *L)
{
    lua_pushboolean(L, check_item(L)->range == PYRO_RANGE_secret);
    return 1;
}

static int reset_settings(lua_State *L)
{
    struct pyro_error err = {.code = PYRO_OK};
    char *const *environment = lua_toboolean(L, 1) ? environ : NULL;
    return pyro_runtime_configure(&lruntime_of(L)->core, environment, &err) == PYRO_OK
               ? 0
               : lerror_raise(L, &err);
}

void lconfig_open(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"get_setting", get_setting},       {"set_setting", set_setting},
        {"setting_names", setting_names},   {"is_secret", is_secret},
        {"reset_settings", reset_settings}, {NULL, NULL}};
    luaL_setfuncs(L, functions, 0);
    lua_pushliteral(L, PYROLUA_VERSION);
    lua_setfield(L, -2, "version");
}
