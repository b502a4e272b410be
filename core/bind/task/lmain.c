#include "bind/task/lmain.h"

#include <lauxlib.h>

#include "base/assert.h"
#include "bind/base/marks.h"
#include "bind/task/ltask.h"
#include "bind/task/lwait.h"

/* Registry key, by its address, of the thread that failed, or false. */
static const char failed_key = 0;

struct main_task {
    bool over;
    int status;
    int nresults;
};

/* Notes the thread that failed in the place that forget_failed() made: allocates nothing. */
static void note_failed(lua_State *L, struct ltask *task)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, task->anchor);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &failed_key);
    task->keep = true;
}

static void main_ended(struct ltask *task, int status, int nresults)
{
    struct main_task *end = task->owner;
    lua_State *L = task->runtime->from; /* the one that steps in lmain_run() */
    PYRO_ASSERT(!end->over);
    end->over = task->runtime->main_over = true;
    end->status = status;
    end->nresults = status == LUA_OK ? nresults : 1;
    if (!lua_checkstack(L, end->nresults + 4)) {
        end->status = LUA_ERRMEM;
        end->nresults = 0;
        return;
    }
    lua_xmove(task->thread, L, end->nresults);
    if (status != LUA_OK)
        note_failed(L, task);
}

/* Notes that no thread has failed: main_ended() then need not allocate to note one. */
LUA_RAISES static void forget_failed(lua_State *L)
{
    lua_pushboolean(L, false);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &failed_key);
}

int lmain_run(lua_State *L, int nargs)
{
    struct lruntime *runtime = lruntime_of(L);
    struct main_task end = {.over = false};
    forget_failed(L);
    struct ltask *task = ltask_start(L, nargs, main_ended, &end);
    lua_pop(L, 1); /* the thread: the task keeps it */
    while (!end.over) {
        if (!lruntime_step(runtime, L, -1) && !end.over) {
            ltask_forsake(task);
            lua_pushstring(L, lwait_in_vain(runtime));
            return LUA_ERRRUN;
        }
    }
    runtime->main_over = false;
    return end.status;
}

int lmain_push_failed_thread(lua_State *L)
{
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &failed_key) != LUA_TTHREAD) {
        lua_pop(L, 1);
        return 0;
    }
    forget_failed(L);
    return 1;
}

bool lmain_was_ended(lua_State *L)
{
    return lruntime_of(L)->limit.ended;
}
