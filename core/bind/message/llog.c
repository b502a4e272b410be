#include "bind/message/llog.h"

#include <lauxlib.h>

#include "base/uuid.h"
#include "bind/message/lcontext.h"
#include "bind/task/ltask.h"
#include "rpc/connection.h"

/* Returns the level whose name is the first argument. */
LUA_RAISES static enum pyro_level check_level(lua_State *L)
{
    enum pyro_level level;
    luaL_argcheck(L, pyro_log_level(luaL_checkstring(L, 1), &level), 1, "no level");
    return level;
}

/* Implements core.is_logged(level) -> whether lines of that level are written. */
static int is_logged(lua_State *L)
{
    lua_pushboolean(L, pyro_log_has(&lruntime_of(L)->core.log, check_level(L)));
    return 1;
}

/* Tells of the request that the running task serves, if it does. */
static void take_request(const struct lruntime *runtime, struct pyro_log_fields *fields)
{
    const struct pyro_request *request = runtime->task ? runtime->task->request : NULL;
    if (!request)
        return;
    fields->client = pyro_slice_text(pyro_connection_peer(request->connection));
    fields->object = request->call.object;
    fields->method = request->call.method;
}

/* Implements core.log(level, text). */
static int write_text(lua_State *L)
{
    struct lruntime *runtime = lruntime_of(L);
    enum pyro_level level = check_level(L);
    struct pyro_log_fields fields = {.client = {NULL, 0}};
    unsigned char correlation[PYRO_CORRELATION_SIZE];
    char shown[PYRO_UUID_TEXT_SIZE], traceparent[PYRO_TRACEPARENT_SIZE];
    struct pyro_slice text;
    text.data = luaL_checklstring(L, 2, &text.length);
    take_request(runtime, &fields);
    if (lcontext_correlation(L, runtime, correlation)) {
        pyro_uuid_text(correlation, shown);
        fields.correlation_id = pyro_slice_text(shown);
    }
    fields.traceparent = lcontext_trace(L, runtime, traceparent);
    pyro_log_text(&runtime->core.log, &fields, level, "script", text);
    return 0;
}

/* Implements core.log_http(level, text[, client[, kind]]): a line about HTTP. `kind` is the name of
 * those that are only counted, as in struct pyro_log_topic. */
static int write_http(lua_State *L)
{
    enum pyro_level level = check_level(L);
    const char *text = luaL_checkstring(L, 2);
    const struct pyro_log_topic topic = {
        .fields.client = pyro_slice_text(luaL_optstring(L, 3, "")),
        .kind = luaL_optstring(L, 4, NULL),
    };
    pyro_log_about(&lruntime_of(L)->core.log, &topic, level, "http", "%s", text);
    return 0;
}

/* Implements core.reopen_log() -> true; or nil and why the file cannot be opened. */
static int reopen(lua_State *L)
{
    struct pyro_error err;
    if (pyro_log_reopen(&lruntime_of(L)->core.log, &err) == PYRO_OK) {
        lua_pushboolean(L, true);
        return 1;
    }
    lua_pushnil(L);
    lua_pushstring(L, err.message);
    return 2;
}

void llog_open(lua_State *L)
{
    lua_pushcfunction(L, is_logged);
    lua_setfield(L, -2, "is_logged");
    lua_pushcfunction(L, write_text);
    lua_setfield(L, -2, "log");
    lua_pushcfunction(L, write_http);
    lua_setfield(L, -2, "log_http");
    lua_pushcfunction(L, reopen);
    lua_setfield(L, -2, "reopen_log");
}
