#include "bind/server/ldaemon_stats.h"

#include "bind/base/lundisturbed.h"
#include "bind/server/ldaemon_state.h"
#include "bind/task/lruntime.h"
#include "bind/value/lbuilder.h"
#include "bind/value/lbuilder_state.h"
#include "rpc/stats.h"

static int push_stats(lua_State *L)
{
    const struct pyro_stats_options options = {.daemon = lua_isnil(L, 1) ? NULL
                                                                         : ldaemon_check(L)->daemon,
                                               .buckets = lua_toboolean(L, 2)};
    struct pyro_error err = {.code = PYRO_OK};
    struct lbuilder builder;
    int top = lua_gettop(L);
    lbuilder_init(&builder, L, false, &err);
    if (pyro_stats_put(&lruntime_of(L)->core, &options, &builder.sink) != PYRO_OK)
        lbuilder_raise(L, top, &builder.sink);
    return 1;
}

/* Implements core.stats(daemon or nil, buckets) -> what was counted, with the methods of that
 * daemon or of all; with `buckets`, histograms, too. */
static int daemon_stats(lua_State *L)
{
    return lundisturbed_call(L, push_stats);
}

void ldaemon_stats_open(lua_State *L)
{
    lua_pushcfunction(L, daemon_stats);
    lua_setfield(L, -2, "stats");
}
