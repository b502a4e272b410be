/* Makes a table of what a runtime is doing: lua/pyro/debug.lua shows it.
 *
 * Lists of the core are walked while tables are made. No finalizer runs meanwhile (lundisturbed.h),
 * so nothing leaves a list. Of each kind only some rows are made; `more` counts the others. */
#include "bind/module/ldebug.h"

#include <lauxlib.h>
#include <stdatomic.h>

#include "base/escape.h"
#include "bind/base/lundisturbed.h"
#include "bind/task/lruntime.h"
#include "bind/task/ltask.h"
#include "bind/task/lwait.h"
#include "bind/value/luri.h"
#include "rpc/connection.h"
#include "rpc/request.h"
#include "rpc/survey.h"

/* Rows of a kind in the whole table. */
#define ROWS 200
/* Bytes of an object's id, and of the name of its method. */
#define SHOWN 60

/* Rows of a kind: how many may still be made. */
struct kind {
    int left;
};

LUA_RUNS static void set_text(lua_State *L, const char *field, const char *text)
{
    lua_pushstring(L, text);
    lua_setfield(L, -2, field);
}

LUA_RUNS static void set_count(lua_State *L, const char *field, uint64_t count)
{
    lua_pushinteger(L, (lua_Integer)count);
    lua_setfield(L, -2, field);
}

LUA_RUNS static void set_seconds(lua_State *L, double seconds)
{
    lua_pushnumber(L, seconds > 0 ? seconds : 0);
    lua_setfield(L, -2, "seconds");
}

/* Pushes a row for the list at the top. Returns false, and counts the row, where there are enough.
 */
LUA_RUNS static bool begin_row(lua_State *L, struct kind *kind)
{
    if (kind->left-- > 0) {
        lua_newtable(L);
        return true;
    }
    lua_getfield(L, -1, "more");
    lua_pushinteger(L, lua_tointeger(L, -1) + 1);
    lua_setfield(L, -3, "more");
    lua_pop(L, 1);
    return false;
}

/* Appends the row at the top to the list below it. */
LUA_RAISES static void end_row(lua_State *L)
{
    lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
}

/* --- tasks --- */

/* Returns the innermost wait in place of a task, or NULL. */
static const struct lplace *place_of(const struct lruntime *runtime, const struct ltask *task)
{
    const struct lplace *place = runtime->place;
    while (place && place->task != task)
        place = place->outer;
    return place;
}

LUA_RUNS static void set_wait(lua_State *L, const struct lruntime *runtime,
                              const struct lwait *wait)
{
    set_text(L, "state", "waiting");
    set_text(L, "waits", wait->what);
    set_seconds(L, pyro_loop_now(runtime->core.loop) - wait->since);
}

/* Says what a task serves: "example.warehouse.take", and for whom. */
LUA_RUNS static void set_request(lua_State *L, const struct pyro_request *request)
{
    char object[SHOWN], method[SHOWN];
    pyro_escape(object, sizeof(object), request->call.object);
    pyro_escape(method, sizeof(method), request->call.method);
    lua_pushfstring(L, "%s.%s", object, method);
    lua_setfield(L, -2, "serves");
    set_text(L, "peer", pyro_connection_peer(request->connection));
    lua_pushboolean(L, pyro_connection_closed(request->connection));
    lua_setfield(L, -2, "gone");
}

/* Sets the thread of a wait in place, which may be a coroutine of the program's. */
LUA_RUNS static void set_thread(lua_State *L, const struct lplace *place)
{
    if (!lua_checkstack(place->thread, 1))
        return;
    lua_pushthread(place->thread);
    lua_xmove(place->thread, L, 1);
    lua_setfield(L, -2, "thread");
}

LUA_RUNS static void push_task(lua_State *L, const struct lruntime *runtime,
                               const struct ltask *task)
{
    const struct lplace *place = place_of(runtime, task);
    if (task->parked)
        set_wait(L, runtime, task->parked);
    else if (place)
        set_wait(L, runtime, place->wait);
    else
        set_text(L, "state", pyro_completion_is_posted(&task->ready) ? "ready" : "running");
    if (task->request)
        set_request(L, task->request);
    lua_rawgeti(L, LUA_REGISTRYINDEX, task->anchor);
    lua_setfield(L, -2, "thread");
    if (place)
        set_thread(L, place);
}

/* Adds waits in place outside of tasks, such as a main program's in a stock interpreter. */
LUA_RUNS static void add_places(lua_State *L, const struct lruntime *runtime, struct kind *kind)
{
    for (const struct lplace *place = runtime->place; place; place = place->outer) {
        if (place->task || !begin_row(L, kind))
            continue;
        set_wait(L, runtime, place->wait);
        set_thread(L, place);
        end_row(L);
    }
}

LUA_RUNS static void push_tasks(lua_State *L, struct lruntime *runtime)
{
    struct kind tasks = {ROWS};
    lua_newtable(L);
    add_places(L, runtime, &tasks);
    for (struct pyro_list *node = runtime->tasks.next; node != &runtime->tasks; node = node->next) {
        if (begin_row(L, &tasks)) {
            push_task(L, runtime, PYRO_CONTAINER(node, struct ltask, node));
            end_row(L);
        }
    }
}

/* --- daemons --- */

LUA_RUNS static void push_connection(lua_State *L, const struct pyro_connection *connection)
{
    struct pyro_connection_survey survey;
    pyro_survey_connection(connection, &survey);
    set_text(L, "peer", survey.peer);
    set_text(L, "state", survey.state);
    set_count(L, "requests", survey.requests);
    set_count(L, "running", survey.running);
    set_count(L, "unread", survey.unread);
    set_count(L, "unsent", survey.unsent);
}

LUA_RUNS static void push_daemon(lua_State *L, const struct pyro_daemon *daemon,
                                 struct kind *connections)
{
    struct pyro_daemon_survey survey;
    const struct pyro_connection *connection = NULL;
    pyro_survey_daemon(daemon, &survey);
    set_text(L, "location", survey.location);
    set_text(L, "state",
             !survey.open       ? "closed"
             : survey.listening ? "listening"
                                : "not listening");
    set_count(L, "objects", survey.objects);
    set_count(L, "streams", survey.item_streams);
    lua_newtable(L);
    while ((connection = pyro_survey_next_connection(daemon, connection)) != NULL) {
        if (begin_row(L, connections)) {
            push_connection(L, connection);
            end_row(L);
        }
    }
    lua_setfield(L, -2, "connections");
}

LUA_RUNS static void push_daemons(lua_State *L, const struct lruntime *runtime)
{
    struct kind daemons = {ROWS}, connections = {ROWS};
    const struct pyro_daemon *daemon = NULL;
    lua_newtable(L);
    while ((daemon = pyro_survey_next_daemon(&runtime->core, daemon)) != NULL) {
        if (begin_row(L, &daemons)) {
            push_daemon(L, daemon, &connections);
            end_row(L);
        }
    }
}

/* --- proxies --- */

LUA_RUNS static void push_call(lua_State *L, const struct pyro_call_survey *survey)
{
    set_text(L, "waits", survey->waits);
    set_seconds(L, survey->seconds);
    if (survey->method[0])
        set_text(L, "method", survey->method);
}

LUA_RUNS static void push_calls(lua_State *L, const struct pyro_client *client, struct kind *calls)
{
    struct pyro_survey_cursor at = {.node = NULL};
    struct pyro_call_survey survey;
    lua_newtable(L);
    while (pyro_survey_next_call(client, &at, &survey)) {
        if (begin_row(L, calls)) {
            push_call(L, &survey);
            end_row(L);
        }
    }
}

LUA_RUNS static void push_client(lua_State *L, const struct pyro_client *client,
                                 const struct pyro_client_survey *survey, struct kind *calls)
{
    luri_push_text(L, survey->uri);
    lua_setfield(L, -2, "uri");
    set_text(L, "state", survey->state);
    if (survey->protocol)
        set_count(L, "protocol", survey->protocol);
    set_text(L, "serializer", survey->serializer);
    set_count(L, "unread", survey->unread);
    set_count(L, "announced", survey->announced);
    set_count(L, "unsent", survey->unsent);
    push_calls(L, client, calls);
    lua_setfield(L, -2, "calls");
}

/* Clients that are not connected, nor about to be, are only counted. */
LUA_RUNS static void push_clients(lua_State *L, const struct lruntime *runtime)
{
    struct kind clients = {ROWS}, calls = {ROWS};
    const struct pyro_client *client = NULL;
    uint64_t idle = 0;
    lua_newtable(L);
    while ((client = pyro_survey_next_client(&runtime->core, client)) != NULL) {
        struct pyro_client_survey survey;
        pyro_survey_client(client, &survey);
        if (pyro_client_idle(client)) {
            idle++;
        } else if (begin_row(L, &clients)) {
            push_client(L, client, &survey, &calls);
            end_row(L);
        }
    }
    set_count(L, "idle", idle);
}

/* --- all of it --- */

static int push_state(lua_State *L)
{
    struct lruntime *runtime = lruntime_of(L);
    luaL_checkstack(L, 12, "too many levels");
    lua_newtable(L);
    push_tasks(L, runtime);
    lua_setfield(L, -2, "tasks");
    push_daemons(L, runtime);
    lua_setfield(L, -2, "daemons");
    push_clients(L, runtime);
    lua_setfield(L, -2, "proxies");
    set_count(L, "completions", pyro_loop_posted(runtime->core.loop));
    set_count(L, "posted", atomic_load(&runtime->posted));
    return 1;
}

static int state(lua_State *L)
{
    lua_settop(L, 0);
    return lundisturbed_call(L, push_state);
}

void ldebug_open(lua_State *L)
{
    lua_pushcfunction(L, state);
    lua_setfield(L, -2, "state");
}
