#include "bind/http/lmetrics.h"

#include <lauxlib.h>
#include <stdio.h>

#include "base/memory.h"
#include "base/uri.h"
#include "bind/http/lhttp.h"

/* Room for the setting, as a URI: the setting is no longer. */
#define HOST_SIZE 300

struct metrics {
    struct lpart part;
    struct lhttp *server; /* NULL: they are not served */
};

static void metrics_close(struct lruntime *runtime)
{
    pyro_free(PYRO_CONTAINER(runtime->parts[LPART_METRICS], struct metrics, part));
    runtime->parts[LPART_METRICS] = NULL;
}

static struct metrics *metrics_of(const struct lruntime *runtime)
{
    struct lpart *part = runtime->parts[LPART_METRICS];
    return part ? PYRO_CONTAINER(part, struct metrics, part) : NULL;
}

LUA_RAISES static struct metrics *make_metrics(lua_State *L, struct lruntime *runtime)
{
    struct metrics *metrics = pyro_calloc(1, sizeof(*metrics));
    if (!metrics) {
        luaL_error(L, "not enough memory");
        return NULL; /* never */
    }
    metrics->part.close = metrics_close;
    lruntime_add_part(runtime, LPART_METRICS, &metrics->part);
    return metrics;
}

/* Finds out where to serve: the setting was checked when it was set. */
static enum pyro_code read_place(const char *place, char host[HOST_SIZE], uint16_t *port,
                                 struct pyro_error *err)
{
    struct pyro_uri uri;
    char text[HOST_SIZE];
    snprintf(text, sizeof(text), "PYRO:metrics@%s", place);
    enum pyro_code code = pyro_uri_parse(&uri, pyro_slice_text(text), 0, err);
    if (code != PYRO_OK)
        return code;
    snprintf(host, HOST_SIZE, "%s", uri.host);
    *port = uri.port;
    pyro_uri_free(&uri);
    return PYRO_OK;
}

/* Pushes the function that answers requests. */
LUA_RUNS static void push_handler(lua_State *L)
{
    luaL_checkstack(L, 6, NULL);
    lua_getglobal(L, "require");
    lua_pushliteral(L, "pyro.metrics");
    lua_call(L, 1, 1);
}

enum pyro_code lmetrics_serve(lua_State *L, struct pyro_error *err)
{
    struct lruntime *runtime = lruntime_of(L);
    struct metrics *metrics = metrics_of(runtime);
    const char *place = runtime->core.config.METRICS;
    char host[HOST_SIZE];
    struct pyro_http_options options = {.host = host};
    struct pyro_error why;
    if (!place || (metrics && metrics->server))
        return PYRO_OK;
    if (read_place(place, host, &options.port, err) != PYRO_OK)
        return err->code;
    if (!metrics)
        metrics = make_metrics(L, runtime);
    push_handler(L);
    metrics->server = lhttp_serve(L, &options, &why);
    lua_pop(L, 1);
    return metrics->server ? PYRO_OK : pyro_error_set(err, why.code, "METRICS: %s", why.message);
}

void lmetrics_stop(struct lruntime *runtime)
{
    struct metrics *metrics = metrics_of(runtime);
    if (!metrics || !metrics->server || runtime->core.daemons > 0)
        return;
    lhttp_close(runtime->from, metrics->server);
    metrics->server = NULL;
}
