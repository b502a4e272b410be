#include "bind/server/lstream.h"

#include <lauxlib.h>
#include <lualib.h>

#include "base/memory.h"
#include "bind/base/lerror.h"
#include "bind/base/lhook.h"
#include "bind/base/marks.h"
#include "bind/server/lanswer.h"
#include "bind/task/lbackground.h"
#include "bind/task/ltask.h"
#include "rpc/items.h"

struct lstream {
    struct pyro_items items;
    struct lruntime *runtime;
    int next;  /* reference of the function that makes an item; see LHOOK_ITEMS */
    int close; /* reference of the function to call once no more are wanted; or LUA_REFNIL */
};

static struct lstream *lstream_from(struct pyro_items *items)
{
    return PYRO_CONTAINER(items, struct lstream, items);
}

/* Continuation of serve_item(): the results are whether there is an item, and the item. */
static int item_came(lua_State *L, int status, lua_KContext context)
{
    struct ltask *task = (struct ltask *)context;
    struct pyro_request *request = task->request;
    struct pyro_error over;
    (void)status;
    if (!lua_toboolean(L, 1)) {
        lanswer_done(task);
        pyro_error_set(&over, PYRO_ESTOP, "%s", "");
        pyro_request_fail(request, &over);
        return 0;
    }
    lua_remove(L, 1);
    return lanswer_results(L, task);
}

/* Answers with the next item: the function of a task. The arguments are the function that makes the
 * item, and the task. */
static int serve_item(lua_State *L)
{
    lua_KContext context = (lua_KContext)lua_touserdata(L, 2);
    lua_pop(L, 1);
    lua_callk(L, 0, LUA_MULTRET, context, item_came);
    return item_came(L, LUA_OK, context);
}

LOOP_STEPS static void stream_on_next(struct pyro_items *self, struct pyro_request *request)
{
    struct ltask *task = lanswer_task(request);
    if (!task)
        return;
    lua_pushcfunction(task->thread, serve_item);
    lua_rawgeti(task->thread, LUA_REGISTRYINDEX, lstream_from(self)->next);
    lua_pushlightuserdata(task->thread, task);
    ltask_go(task, 2);
}

/* Calls the program's closing function in the background. */
LOOP_STEPS static void stream_on_release(struct pyro_items *self)
{
    struct lstream *stream = lstream_from(self);
    lua_State *L = stream->runtime->from;
    if (lua_checkstack(L, 4)) {
        lua_rawgeti(L, LUA_REGISTRYINDEX, stream->close);
        lbackground_spawn(L, 0);
        luaL_unref(L, LUA_REGISTRYINDEX, stream->next);
        luaL_unref(L, LUA_REGISTRYINDEX, stream->close);
    }
    pyro_free(stream);
}

static const struct pyro_items_ops ops = {stream_on_next, stream_on_release};

/* Makes a stream of the results of a method, which are all that is on the stack. */
LUA_RUNS static struct lstream *new_stream(lua_State *L, struct lruntime *runtime)
{
    lhook_push(L, LHOOK_ITEMS);
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, 2);
    int close = luaL_ref(L, LUA_REGISTRYINDEX), next = luaL_ref(L, LUA_REGISTRYINDEX);
    struct lstream *stream = pyro_calloc(1, sizeof(*stream));
    if (!stream) {
        luaL_unref(L, LUA_REGISTRYINDEX, next);
        luaL_unref(L, LUA_REGISTRYINDEX, close);
        luaL_error(L, "not enough memory");
        return NULL; /* never */
    }
    *stream = (struct lstream){.items.ops = &ops, .runtime = runtime, .next = next, .close = close};
    return stream;
}

int lstream_answer(lua_State *L, struct ltask *task)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct lstream *stream = NULL;
    if (task->runtime->core.config.ITER_STREAMING)
        stream = new_stream(L, task->runtime);
    if (pyro_request_stream(task->request, stream ? &stream->items : NULL, &err) != PYRO_OK)
        return lerror_raise(L, &err);
    lanswer_done(task);
    return 0;
}

/* core.unwrap_coroutine(f) -> the coroutine that a function of coroutine.wrap() resumes, or nil.
 * The first upvalue is what all of those functions are. */
static int wrapped(lua_State *L)
{
    lua_CFunction function = lua_tocfunction(L, 1);
    if (function && function == lua_tocfunction(L, lua_upvalueindex(1)))
        lua_getupvalue(L, 1, 1);
    else
        lua_pushnil(L);
    return 1;
}

/* -> the C function that coroutine.wrap() makes closures of; nil where there is no such library */
static int find_resumer(lua_State *L)
{
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    lua_CFunction resumer = NULL;
    if (lua_getfield(L, -1, LUA_COLIBNAME) == LUA_TTABLE &&
        lua_getfield(L, -1, "wrap") == LUA_TFUNCTION) {
        lua_pushcfunction(L, wrapped); /* any function will do */
        lua_call(L, 1, 1);
        resumer = lua_tocfunction(L, -1);
    }
    if (resumer)
        lua_pushcfunction(L, resumer);
    else
        lua_pushnil(L);
    return 1;
}

void lstream_open(lua_State *L)
{
    lua_pushcfunction(L, find_resumer);
    lua_call(L, 0, 1);
    lua_pushcclosure(L, wrapped, 1);
    lua_setfield(L, -2, "unwrap_coroutine");
}
