#include "bind/value/lbuilder_state.h"

#include <lauxlib.h>

#include "base/memory.h"
#include "bind/base/lerror.h"
#include "value/budget.h"

/* The state that the builders of a runtime share. */
struct readings {
    struct lpart part;
    struct lkeys keys; /* of dicts that were built */
    size_t refused;    /* bytes built and refused since all garbage was collected */
};

static struct readings *readings_of(struct lruntime *runtime)
{
    return PYRO_CONTAINER(runtime->parts[LPART_VALUE], struct readings, part);
}

struct lkeys *lbuilder_keys(struct lruntime *runtime)
{
    return &readings_of(runtime)->keys;
}

/* Collects garbage where what was built and refused is much: more than a mebibyte, and a fair
 * part of what the state has in use, so that collecting does not cost more than building. */
static void give_back(lua_State *L, size_t built)
{
    const size_t much = 1024 * 1024, fair_part = 4;
    struct readings *readings = readings_of(lruntime_of(L));
    size_t used = (size_t)lua_gc(L, LUA_GCCOUNT, 0) * 1024;
    readings->refused += built;
    if (readings->refused < much || readings->refused < used / fair_part)
        return;
    readings->refused = 0;
    lua_gc(L, LUA_GCCOLLECT, 0);
}

int lbuilder_raise(lua_State *L, int top, const struct pyro_sink *sink)
{
    struct pyro_error err = *sink->err;
    lua_settop(L, top);
    if (sink->budget)
        give_back(L, pyro_budget_spent(sink->budget));
    return lerror_raise(L, &err);
}

static void readings_close(struct lruntime *runtime)
{
    pyro_free(readings_of(runtime));
}

void lbuilder_open(lua_State *L)
{
    struct lruntime *runtime = lruntime_of(L);
    if (runtime->parts[LPART_VALUE])
        return;
    struct readings *readings = pyro_calloc(1, sizeof(*readings));
    if (!readings) {
        luaL_error(L, "not enough memory");
        return; /* never */
    }
    readings->part.close = readings_close;
    lruntime_add_part(runtime, LPART_VALUE, &readings->part);
    lkeys_open(L, &readings->keys);
}
