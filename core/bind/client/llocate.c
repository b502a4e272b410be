#include "bind/client/llocate.h"

#include <lauxlib.h>

#include "base/assert.h"
#include "bind/base/lerror.h"
#include "bind/base/lhmac.h"
#include "bind/base/marks.h"
#include "bind/client/lpending.h"
#include "bind/task/lwait.h"
#include "bind/value/lproxy.h"
#include "naming/client/locate.h"

LOOP_STEPS static void llocate_on_found(void *owner, const struct pyro_found *found)
{
    struct lpending *pending = owner;
    PYRO_ASSERT(pending->search && !pending->wait.over); /* found once */
    PYRO_ASSERT(!found->client == (found->error != NULL));
    pending->search = NULL;
    pending->located = found->client;
    if (found->error)
        pending->call.error = *found->error;
    lwait_end(&pending->wait);
}

static int located(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    struct lpending *pending = lpending_at(L, -1);
    struct pyro_error err = {.code = PYRO_OK};
    if (pending->call.error.code != PYRO_OK)
        return lerror_raise(L, &pending->call.error);
    struct lproxy *proxy = lproxy_push_empty(L);
    if (pyro_uri_copy(&proxy->uri, pyro_client_uri(pending->located), &err) != PYRO_OK)
        return lerror_raise(L, &err);
    proxy->client = pending->located;
    pending->located = NULL;
    return 1;
}

/* core.locate([host], [port], [HMAC key]) -> a connected proxy of the name server */
static int locate(lua_State *L)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct lruntime *runtime = lruntime_of(L);
    lua_Integer port = luaL_optinteger(L, 2, 0);
    luaL_argcheck(L, port >= 0 && port <= 65535, 2, "a port is 0 to 65535");
    struct pyro_locate_options options = {.host = luaL_optstring(L, 1, NULL),
                                          .port = (int)port,
                                          .timeout = runtime->core.config.COMMTIMEOUT};
    struct lpending *pending = lpending_push(L, runtime);
    options.key = lhmac_read(L, 3);
    pending->search = pyro_locate(&runtime->core, &options, llocate_on_found, pending, &err);
    pyro_hmac_key_release(options.key);
    if (!pending->search)
        return lerror_raise(L, &err);
    pending->wait.what = "name server";
    return lwait_for(L, &pending->wait, 0, located);
}

void llocate_open(lua_State *L)
{
    lua_pushcfunction(L, locate);
    lua_setfield(L, -2, "locate");
}
