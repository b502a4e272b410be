#include "bind/task/lnesting.h"

#include "bind/base/lerror.h"
#include "bind/base/marks.h"

/* A wait leaves these free for what runs meanwhile, whose errors have to be told as well: of Lua's
 * 200 nested calls of C, and bytes. */
#define SPARE_CALLS 40
#define SPARE_STACK ((size_t)64 * 1024)

/* (count): calls itself so many times. */
static int descend(lua_State *L)
{
    lua_Integer left = lua_tointeger(L, 1);
    if (left > 0) {
        lua_pushcfunction(L, descend);
        lua_pushinteger(L, left - 1);
        lua_call(L, 1, 0);
    }
    return 0;
}

/* Lua does not tell how deep it is: so this tries. */
LOOP_STEPS static bool has_calls(lua_State *L)
{
    if (!lua_checkstack(L, 3))
        return false;
    lua_pushcfunction(L, descend);
    lua_pushinteger(L, SPARE_CALLS);
    bool good = lua_pcall(L, 1, 0, 0) == LUA_OK;
    if (!good)
        lua_pop(L, 1);
    return good;
}

bool lnesting_allowed(lua_State *L, struct lruntime *runtime, struct pyro_error *err)
{
    int64_t most = runtime->core.config.MAX_NESTED_WAITS;
    if (runtime->steps == 0)
        return true;
    if (runtime->steps > most)
        pyro_error_set(err, PYRO_EPYRO,
                       "too many nested waits: at most %lld may wait inside of one another "
                       "(MAX_NESTED_WAITS)",
                       (long long)most);
    else if (!has_calls(L) || pyro_stack_left(&runtime->stack) < SPARE_STACK)
        pyro_error_set(err, PYRO_EPYRO,
                       "too many nested waits: %u wait inside of one another, and the stack has no "
                       "room for more",
                       runtime->steps - 1);
    else
        return true;
    return false;
}

void lnesting_check_step(lua_State *L, struct lruntime *runtime)
{
    struct pyro_error err = {.code = PYRO_OK};
    if (!lnesting_allowed(L, runtime, &err))
        lerror_raise(L, &err);
}
