#include "bind/module/lallow.h"

#include <lauxlib.h>

#include "bind/base/lerror.h"
#include "bind/base/marks.h"
#include "bind/task/lruntime.h"
#include "rpc/rules.h"

#define LRULES_TYPE "pyro.rules"

static int open_rules(lua_State *L)
{
    struct pyro_error err = {.code = PYRO_OK};
    const char *path = luaL_checkstring(L, 1);
    struct pyro_rules **rules = lua_newuserdatauv(L, sizeof(struct pyro_rules *), 0);
    *rules = NULL;
    luaL_setmetatable(L, LRULES_TYPE);
    return pyro_rules_open(rules, path, &err) == PYRO_OK ? 1 : lerror_raise(L, &err);
}

static int rules_gc(lua_State *L)
{
    struct pyro_rules **rules = luaL_checkudata(L, 1, LRULES_TYPE);
    pyro_rules_free(*rules);
    *rules = NULL;
    return 0;
}

/* Returns the string that is a field of the question at 2; its data are NULL where it has none. */
LUA_RUNS static struct pyro_slice take_part(lua_State *L, const char *name)
{
    struct pyro_slice part;
    lua_getfield(L, 2, name);
    part.data = luaL_optlstring(L, -1, NULL, &part.length);
    return part; /* stays on the stack */
}

/* Says where the client of the question at 2 is. */
LUA_RUNS static void locate(lua_State *L, struct pyro_peer *peer)
{
    struct pyro_error err = {.code = PYRO_OK};
    const char *address = take_part(L, "address").data;
    if (!address || pyro_peer_locate(peer, address))
        return;
    pyro_error_set(&err, PYRO_EVALUE,
                   "'%s' is no address; write one such as 10.1.2.3, fd00::1 or unix", address);
    lerror_raise(L, &err);
}

static int rules_decide(lua_State *L)
{
    struct pyro_rules *rules = *(struct pyro_rules **)luaL_checkudata(L, 1, LRULES_TYPE);
    struct lruntime *runtime = lruntime_of(L);
    luaL_checktype(L, 2, LUA_TTABLE);
    struct pyro_peer peer = {.subject = take_part(L, "subject").data,
                             .user = take_part(L, "user").data};
    struct pyro_question question = {.peer = &peer,
                                     .object = take_part(L, "object"),
                                     .method = take_part(L, "method"),
                                     .name = take_part(L, "name")};
    question.any_method = !question.method.data;
    question.named = question.name.data ? PYRO_NAME_IS_READ : PYRO_NAME_NONE;
    locate(L, &peer);
    pyro_rules_refresh(rules, runtime->core.loop, &runtime->core.log, "http"); /* the gateway's */
    const struct pyro_rule *rule = pyro_rules_decide(rules, &question);
    lua_pushboolean(L, rule && rule->allow);
    if (!rule)
        return 1;
    lua_pushinteger(L, (lua_Integer)rule->line);
    return 2;
}

void lallow_open(lua_State *L)
{
    static const luaL_Reg methods[] = {{"decide", rules_decide}, {NULL, NULL}};
    luaL_newmetatable(L, LRULES_TYPE);
    lua_pushcfunction(L, rules_gc);
    lua_setfield(L, -2, "__gc");
    luaL_newlib(L, methods);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
    lua_pushcfunction(L, open_rules);
    lua_setfield(L, -2, "open_rules");
}
