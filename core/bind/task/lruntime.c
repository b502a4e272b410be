#include "bind/task/lruntime.h"

#include <stdio.h>
#include <stdio_ext.h>
#include <unistd.h>

#include "base/memory.h"
#include "bind/base/lerror.h"
#include "bind/client/lasync.h"
#include "bind/client/lcall.h"
#include "bind/task/llimit.h"
#include "bind/task/lnesting.h"
#include "net/signal.h"

static const char runtime_key = 0; /* its address is the registry key */

/* Tasks that ended and wait to be used again. */
#define IDLE_LIMIT 64

struct lruntime *lruntime_of(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &runtime_key);
    struct lruntime *runtime = lua_touserdata(L, -1);
    lua_pop(L, 1);
    return runtime;
}

void *lruntime_userdata(lua_State *L, int index, int type)
{
    void *data = lua_touserdata(L, index);
    if (!data || !lua_getmetatable(L, index))
        return NULL;
    bool same = lua_topointer(L, -1) == lua_topointer(L, type);
    lua_pop(L, 1);
    return same ? data : NULL;
}

void lruntime_push_method(lua_State *L, lua_CFunction function)
{
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(LMETHOD_FUNCTIONS)) != LUA_TNIL)
        return;
    lua_pop(L, 1);
    lua_pushvalue(L, lua_upvalueindex(LMETHOD_TYPE));
    lua_pushvalue(L, 2);
    lua_pushcclosure(L, function, LMETHOD_NAME);
    lua_pushvalue(L, 2);
    lua_pushvalue(L, -2);
    lua_rawset(L, lua_upvalueindex(LMETHOD_FUNCTIONS));
}

void lruntime_index_methods(lua_State *L, lua_CFunction index)
{
    lua_pushvalue(L, -1);
    lruntime_push_weak_table(L, "v");
    lua_pushcclosure(L, index, LMETHOD_FUNCTIONS);
    lua_setfield(L, -2, "__index");
}

static void free_task(struct ltask *task)
{
    pyro_list_remove(&task->node);
    pyro_completion_cancel(&task->ready);
    pyro_free(task);
}

static int runtime_gc(lua_State *L)
{
    struct lruntime *runtime = lua_touserdata(L, 1);
    while (!pyro_list_empty(&runtime->tasks)) {
        struct ltask *task = PYRO_CONTAINER(runtime->tasks.next, struct ltask, node);
        task->ended(task, LTASK_ABANDONED, 0);
        free_task(task);
    }
    struct pyro_list *node;
    while ((node = pyro_list_pop(&runtime->idle)) != NULL)
        pyro_free(PYRO_CONTAINER(node, struct ltask, node));
    lasync_close(runtime);
    if (runtime->core.loop)
        pyro_runtime_close(&runtime->core);
    return 0;
}

struct lruntime *lruntime_open(lua_State *L, struct pyro_error *err)
{
    struct lruntime *runtime = lruntime_of(L);
    if (runtime)
        return runtime;
    runtime = lua_newuserdatauv(L, sizeof(*runtime), 0);
    *runtime = (struct lruntime){.task = NULL};
    for (size_t i = 0; i < LHOOK_COUNT; i++)
        runtime->hooks[i] = LUA_NOREF;
    runtime->exposures = LUA_NOREF;
    pyro_list_init(&runtime->tasks);
    pyro_list_init(&runtime->idle);
    pyro_list_init(&runtime->asyncs);
    pyro_list_init(&runtime->spare_asyncs);
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, runtime_gc);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2);
    if (pyro_runtime_open(&runtime->core, environ, err) != PYRO_OK)
        return NULL;
    lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
    runtime->main = runtime->from = lua_tothread(L, -1);
    lua_pop(L, 1);
    lua_createtable(L, LCALL_SPARES, 0);
    runtime->spare_calls = luaL_ref(L, LUA_REGISTRYINDEX);
    lkeys_open(L, &runtime->keys);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &runtime_key);
    return runtime;
}

int lruntime_hooks(lua_State *L)
{
    static const char *const names[LHOOK_COUNT] = {[LHOOK_DESCRIBE] = "describe",
                                                   [LHOOK_MAKES_INSTANCES] = "makesInstances",
                                                   [LHOOK_TRACEBACK] = "traceback",
                                                   [LHOOK_UNCAUGHT] = "uncaught",
                                                   [LHOOK_CALLBACK] = "callback",
                                                   [LHOOK_IS_CLASS] = "isClass",
                                                   [LHOOK_INSTANCE] = "instance",
                                                   [LHOOK_ITEMS] = "items",
                                                   [LHOOK_STREAM] = "stream",
                                                   [LHOOK_FAILED] = "failed",
                                                   [LHOOK_DEPARTED] = "departed",
                                                   [LHOOK_EXCEPTION] = "exception",
                                                   [LHOOK_TEXT] = "text"};
    struct lruntime *runtime = lruntime_of(L);
    luaL_checktype(L, 1, LUA_TTABLE);
    for (size_t i = 0; i < LHOOK_COUNT; i++) {
        if (lua_getfield(L, 1, names[i]) != LUA_TFUNCTION)
            return luaL_error(L, "hook '%s' must be a function", names[i]);
        luaL_unref(L, LUA_REGISTRYINDEX, runtime->hooks[i]);
        runtime->hooks[i] = luaL_ref(L, LUA_REGISTRYINDEX);
    }
    return 0;
}

void lruntime_push_hook(lua_State *L, enum lhook hook)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, lruntime_of(L)->hooks[hook]);
}

void lruntime_push_weak_table(lua_State *L, const char *mode)
{
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushstring(L, mode);
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
}

int lruntime_undisturbed(lua_State *L, lua_CFunction f)
{
    bool running = lua_gc(L, LUA_GCISRUNNING) == 1; /* not so in a finalizer */
    lua_pushcfunction(L, f);
    lua_insert(L, 1);
    if (running)
        lua_gc(L, LUA_GCSTOP);
    int status = lua_pcall(L, lua_gettop(L) - 1, 1, 0);
    if (running) { /* and what was put off is made up for, else a loop of this collects nothing */
        lua_gc(L, LUA_GCRESTART);
        lua_gc(L, LUA_GCSTEP, 0);
    }
    return status == LUA_OK ? 1 : lua_error(L);
}

bool lruntime_step(struct lruntime *runtime, lua_State *L, double timeout)
{
    lua_State *outer = runtime->from;
    if (runtime->main_over || atomic_load_explicit(&runtime->stopping, memory_order_relaxed))
        return false;
    if (timeout != 0 && __fpending(stdout) > 0)
        fflush(stdout); /* what was printed shall be seen while this program waits */
    runtime->from = L;
    runtime->steps++;
    bool alive = pyro_loop_step(runtime->core.loop, timeout);
    runtime->steps--;
    runtime->from = outer;
    if (llimit_is(runtime))
        llimit_again(runtime);
    return alive;
}

const char *lruntime_in_vain(const struct lruntime *runtime)
{
    return pyro_loop_inherited(runtime->core.loop)
               ? "waiting for what cannot come: this process was forked, and all is its parent's"
               : "waiting for what cannot come: nothing is open any more";
}

/* --- waiting --- */

void lwait_end(struct lwait *wait)
{
    struct ltask *task = wait->task;
    wait->over = true;
    wait->task = NULL;
    if (task) {
        task->parked = NULL;
        ltask_resume(task);
    }
}

/* A thread that still waits for it goes with the Lua state. */
void lwait_gone(struct lwait *wait)
{
    if (wait->task && lua_status(wait->task->thread) != LUA_YIELD)
        ltask_cancel(wait->task);
}

int lwait_for(lua_State *L, struct lwait *wait, lua_KContext context, lua_KFunction k)
{
    struct lruntime *runtime = lruntime_of(L);
    if (!wait->over)
        lnesting_check(L, runtime);
    return lwait_in(L, runtime, wait, context, k);
}

static int fail_interrupted(lua_State *L)
{
    lua_pushliteral(L, LWAIT_INTERRUPTED);
    return lua_error(L);
}

/* A task that was parked goes on: its wait is over, or else it was interrupted. Or somebody else
 * has resumed it, which changes nothing. */
static int unparked(lua_State *L, int status, lua_KContext context)
{
    struct lwait *wait = (struct lwait *)context;
    if (wait->over)
        return wait->k(L, status, wait->context);
    if (!wait->task)
        return fail_interrupted(L);
    lua_settop(L, wait->top);
    return lua_yieldk(L, 0, context, unparked);
}

int lwait_in(lua_State *L, struct lruntime *runtime, struct lwait *wait, lua_KContext context,
             lua_KFunction k)
{
    struct ltask *task = runtime->task;
    if (!wait->over && lruntime_can_park(L, runtime)) {
        *wait = (struct lwait){
            .task = task, .top = lua_gettop(L), .k = k, .context = context, .cancel = wait->cancel};
        task->parked = wait;
        return lua_yieldk(L, 0, (lua_KContext)wait, unparked);
    }
    while (!wait->over) {
        bool alive = lruntime_step(runtime, L, -1);
        if (!wait->over && task && task->interruptible && pyro_signal_came())
            return fail_interrupted(L);
        if (!wait->over && !alive)
            return luaL_error(L, lruntime_in_vain(runtime));
    }
    return k(L, LUA_OK, context);
}

/* --- tasks --- */

static void on_ready(struct pyro_completion *done)
{
    ltask_resume(PYRO_CONTAINER(done, struct ltask, ready));
}

/* Its thread can run another function: it waits for one, with its anchor, so that serving a call
 * makes neither anew. */
static void put_back(struct ltask *task)
{
    struct lruntime *runtime = task->runtime;
    pyro_list_remove(&task->node);
    pyro_list_push(&runtime->idle, &task->node);
    runtime->idle_count++;
}

/* Makes a task with a new thread, an idle one. Raises an error when out of memory. */
static void add_task(lua_State *L, struct lruntime *runtime)
{
    lua_State *thread = lua_newthread(L);
    int anchor = luaL_ref(L, LUA_REGISTRYINDEX);
    struct ltask *task = pyro_malloc(sizeof(*task));
    if (!task) {
        luaL_unref(L, LUA_REGISTRYINDEX, anchor);
        luaL_error(L, "not enough memory");
        return; /* never */
    }
    *task = (struct ltask){.runtime = runtime, .thread = thread, .anchor = anchor};
    pyro_list_init(&task->node);
    put_back(task);
}

static int add_task_protected(lua_State *L)
{
    add_task(L, lua_touserdata(L, 1));
    return 0;
}

/* There is an idle task: it is the one to be started next. */
static struct ltask *take_idle(struct lruntime *runtime,
                               void (*ended)(struct ltask *task, int status, int nresults),
                               void *owner)
{
    struct ltask *task = PYRO_CONTAINER(pyro_list_pop(&runtime->idle), struct ltask, node);
    runtime->idle_count--;
    *task = (struct ltask){.runtime = runtime,
                           .thread = task->thread,
                           .anchor = task->anchor,
                           .ended = ended,
                           .owner = owner};
    pyro_list_init(&task->node);
    pyro_completion_init(&task->ready, on_ready);
    return task;
}

static void end_task(struct ltask *task, int status, int nresults)
{
    struct lruntime *runtime = task->runtime;
    bool cut_short = status != LUA_OK && runtime->main_over; /* by that, in a wait in place */
    task->ended(task, cut_short ? LTASK_ABANDONED : status, nresults);
    if (task->context)
        luaL_unref(runtime->from, LUA_REGISTRYINDEX, task->context);
    bool usable = false;
    if (status != LTASK_CLOSED && !task->keep) {
        usable = status == LUA_OK || lua_resetthread(task->thread) == LUA_OK;
        lua_settop(task->thread, 0);
    }
    if (usable && !task->shown && runtime->idle_count < IDLE_LIMIT) {
        put_back(task);
    } else {
        luaL_unref(runtime->from, LUA_REGISTRYINDEX, task->anchor);
        free_task(task);
    }
}

static void nobody_waits(struct ltask *task, int status, int nresults)
{
    (void)task;
    (void)status;
    (void)nresults;
}

void ltask_forsake(struct ltask *task)
{
    task->ended = nobody_waits;
}

void ltask_interrupt(struct ltask *task)
{
    task->parked->task = NULL;
    task->parked = NULL;
    ltask_resume(task);
}

void ltask_cancel(struct ltask *task)
{
    struct lwait *wait = task->parked;
    task->parked = NULL;
    if (wait) {
        wait->task = NULL;
        if (wait->cancel)
            wait->cancel(wait);
    }
    pyro_loop_post(task->runtime->core.loop, &task->ready);
}

/* Whether the thread is where the scheduler left it: at a yield, or with a function to be called.
 * Programs can close the threads that they have, and resume them. */
static bool can_be_resumed(const struct ltask *task)
{
    lua_Debug running;
    if (task->begun)
        return lua_status(task->thread) == LUA_YIELD;
    return lua_status(task->thread) == LUA_OK && lua_gettop(task->thread) == task->nargs + 1 &&
           !lua_getstack(task->thread, 0, &running);
}

void ltask_resume(struct ltask *task)
{
    struct lruntime *runtime = task->runtime;
    struct ltask *outer = runtime->task;
    lua_State *from = runtime->from;
    unsigned steps = runtime->steps;
    int nresults = 0;
    pyro_completion_cancel(&task->ready);
    if (!can_be_resumed(task)) {
        end_task(task, LTASK_CLOSED, 0);
        return;
    }
    task->begun = true;
    runtime->task = task;
    runtime->from = task->thread; /* while it runs, steps nest in it */
    if (llimit_is(runtime))
        llimit_enter(task);
    int status = lua_resume(task->thread, from, task->nargs, &nresults);
    runtime->task = outer;
    runtime->from = from;
    runtime->steps = steps; /* also after an error that left a step */
    task->nargs = 0;
    if (status != LUA_YIELD) {
        end_task(task, status, nresults);
    } else if (!task->parked) { /* a plain coroutine.yield lets the others go first */
        lua_pop(task->thread, nresults);
        pyro_loop_post(runtime->core.loop, &task->ready);
    }
}

struct ltask *ltask_take(struct lruntime *runtime,
                         void (*ended)(struct ltask *task, int status, int nresults), void *owner)
{
    lua_State *L = runtime->from;
    if (pyro_list_empty(&runtime->idle)) {
        if (!lua_checkstack(L, 2))
            return NULL;
        lua_pushcfunction(L, add_task_protected);
        lua_pushlightuserdata(L, runtime);
        if (lua_pcall(L, 1, 0, 0) != LUA_OK) {
            lua_pop(L, 1);
            return NULL;
        }
    }
    return take_idle(runtime, ended, owner);
}

void ltask_go(struct ltask *task, int nargs)
{
    struct lruntime *runtime = task->runtime;
    task->nargs = nargs;
    pyro_list_push(&runtime->tasks, &task->node);
    pyro_loop_post(runtime->core.loop, &task->ready);
}

struct ltask *ltask_start(lua_State *L, int nargs,
                          void (*ended)(struct ltask *task, int status, int nresults), void *owner)
{
    struct lruntime *runtime = lruntime_of(L);
    luaL_checkstack(L, 4, "too many tasks");
    if (pyro_list_empty(&runtime->idle))
        add_task(L, runtime);
    struct ltask *task = take_idle(runtime, ended, owner);
    if (!lua_checkstack(task->thread, nargs + 1)) {
        put_back(task);
        luaL_error(L, "too many arguments");
    }
    lua_xmove(L, task->thread, nargs + 1);
    lua_rawgeti(L, LUA_REGISTRYINDEX, task->anchor);
    ltask_go(task, nargs);
    return task;
}
