#include "bind/module/lallow.h"

#include <lauxlib.h>

#include "bind/base/lerror.h"
#include "bind/base/marks.h"
#include "rpc/rules.h"

/* Returns the string that is a field of the question at 2; its data are NULL where it has none. */
LUA_RUNS static struct pyro_slice take_part(lua_State *L, const char *name)
{
    struct pyro_slice part;
    lua_getfield(L, 2, name);
    part.data = luaL_optlstring(L, -1, NULL, &part.length);
    return part; /* stays on the stack */
}

/* Implements core.check_rules(path, {object=, method=, address=, subject=, name=}) -> whether that
 * is allowed, and the line of the rule that decides, or nil. */
static int check_rules(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_rules *rules;
    luaL_checktype(L, 2, LUA_TTABLE);
    const char *address = take_part(L, "address").data;
    struct pyro_peer peer = {.subject = take_part(L, "subject").data};
    struct pyro_question question = {.peer = &peer,
                                     .object = take_part(L, "object"),
                                     .method = take_part(L, "method"),
                                     .name = take_part(L, "name")};
    question.named = question.name.data ? PYRO_NAME_IS_READ : PYRO_NAME_NONE;
    if (address && !pyro_peer_locate(&peer, address))
        pyro_error_set(&err, PYRO_EVALUE,
                       "'%s' is no address; write one such as 10.1.2.3, fd00::1 or unix", address);
    if (err.code != PYRO_OK)
        return lerror_raise(L, &err);
    if (pyro_rules_open(&rules, path, &err) != PYRO_OK)
        return lerror_raise(L, &err);
    const struct pyro_rule *rule = pyro_rules_decide(rules, &question);
    bool allowed = rule && rule->allow;
    lua_Integer line = rule ? (lua_Integer)rule->line : 0;
    pyro_rules_free(rules);
    lua_pushboolean(L, allowed);
    if (line == 0)
        return 1;
    lua_pushinteger(L, line);
    return 2;
}

void lallow_open(lua_State *L)
{
    lua_pushcfunction(L, check_rules);
    lua_setfield(L, -2, "check_rules");
}
