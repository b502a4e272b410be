/* Tasks: coroutines that the scheduler resumes.
 *
 * A task is idle (its thread waits for a function), ready (its completion is posted), running, or
 * parked (in a wait, or in a plain coroutine.yield, which posts its completion anew). It ends once:
 * `ended` is called, then its thread is idle again, or freed. All of this happens in completions or
 * in Lua functions, never inside of libuv's callbacks. */
#include "bind/task/ltask.h"

#include <lauxlib.h>

#include "base/assert.h"
#include "base/memory.h"
#include "bind/base/marks.h"
#include "bind/task/llimit.h"
#include "bind/task/lwait.h"

/* Tasks that ended and wait to be used again. */
#define IDLE_LIMIT 64

LOOP_STEPS static void task_on_ready(struct pyro_completion *done)
{
    ltask_resume(PYRO_CONTAINER(done, struct ltask, ready));
}

/* Puts a task whose thread can run another function among the idle ones, with its anchor, so that
 * serving a call makes neither anew. */
static void put_back(struct ltask *task)
{
    struct lruntime *runtime = task->runtime;
    PYRO_ASSERT(!task->parked);
    pyro_list_remove(&task->node);
    pyro_list_push(&runtime->idle, &task->node);
    runtime->idle_count++;
}

/* Makes a task with a new thread, an idle one. Raises an error when out of memory. */
LUA_RAISES static void add_task(lua_State *L, struct lruntime *runtime)
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

/* Takes an idle task, of which there is one, as the next to be started. */
static struct ltask *take_idle(struct lruntime *runtime,
                               void (*ended)(struct ltask *task, int status, int nresults),
                               void *owner)
{
    struct ltask *task = PYRO_CONTAINER(pyro_list_pop(&runtime->idle), struct ltask, node);
    PYRO_ASSERT(runtime->idle_count > 0);
    runtime->idle_count--;
    *task = (struct ltask){.runtime = runtime,
                           .thread = task->thread,
                           .anchor = task->anchor,
                           .ended = ended,
                           .owner = owner};
    pyro_list_init(&task->node);
    pyro_completion_init(&task->ready, task_on_ready);
    return task;
}

static void free_task(struct ltask *task)
{
    pyro_list_remove(&task->node);
    pyro_completion_cancel(&task->ready);
    pyro_free(task);
}

LOOP_STEPS static void end_task(struct ltask *task, int status, int nresults)
{
    struct lruntime *runtime = task->runtime;
    bool cut_short = status != LUA_OK && runtime->main_over; /* by that, in a wait in place */
    PYRO_ASSERT(task->ended);                                /* its end is told once */
    PYRO_ASSERT(!task->parked);
    task->ended(task, cut_short ? LTASK_ABANDONED : status, nresults);
    task->ended = NULL;
    task->request = NULL; /* it was answered */
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

static void task_unawaited(struct ltask *task, int status, int nresults)
{
    (void)task;
    (void)status;
    (void)nresults;
}

void ltask_forsake(struct ltask *task)
{
    PYRO_ASSERT(task->ended); /* else it has ended */
    task->ended = task_unawaited;
}

void ltask_interrupt(struct ltask *task)
{
    PYRO_ASSERT(task->parked && task->parked->task == task);
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

/* Returns whether the thread is where the scheduler left it: at a yield, or with a function to be
 * called. Programs can close the threads that they have, and resume them. */
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
    struct lplace *place = runtime->place;
    int nresults = 0;
    PYRO_ASSERT(!task->parked); /* what it waited for is over, or given up */
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
    PYRO_ASSERT(runtime->task == task && runtime->steps >= steps); /* both nest */
    runtime->task = outer;
    runtime->from = from;
    runtime->steps = steps; /* also after an error that left a step */
    runtime->place = place;
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
    PYRO_ASSERT(!task->begun && lua_gettop(task->thread) == nargs + 1);
    task->nargs = nargs;
    runtime->core.counters.tasks++;
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

/* Ends all tasks, as the Lua state is being closed. */
static void tasks_close(struct lruntime *runtime)
{
    while (!pyro_list_empty(&runtime->tasks)) {
        struct ltask *task = PYRO_CONTAINER(runtime->tasks.next, struct ltask, node);
        task->ended(task, LTASK_ABANDONED, 0);
        free_task(task);
    }
    struct pyro_list *node;
    for (; (node = pyro_list_pop(&runtime->idle)) != NULL; runtime->idle_count--)
        pyro_free(PYRO_CONTAINER(node, struct ltask, node));
    PYRO_ASSERT(runtime->idle_count == 0);
}

void ltask_open(struct lruntime *runtime)
{
    static struct lpart part = {.close = tasks_close};
    if (!runtime->parts[LPART_TASK])
        lruntime_add_part(runtime, LPART_TASK, &part);
}
