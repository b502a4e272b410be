#include "bind/task/levaluate.h"

#include <lauxlib.h>
#include <signal.h>

#include "base/assert.h"
#include "bind/base/marks.h"
#include "bind/task/llimit.h"
#include "bind/task/ltask.h"
#include "bind/task/lwait.h"
#include "net/signal.h"

#define EVALUATION_TYPE "pyro.evaluation"

/* What interrupts: control-c, and what ends the interactive mode, where that watches it. */
static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};

struct evaluation {
    struct lwait wait;
    struct lruntime *runtime;
    struct pyro_signal *signals[PYRO_COUNT(numbers)];
    struct pyro_completion signalled;
    struct ltask *task;   /* NULL once it is over */
    bool interrupted;     /* while it waited; again, nothing that it does works: it may use pcall */
    int *context;         /* the call context of who waits, which both use */
    int status, nresults; /* what its thread holds then */
};

static void on_instruction(lua_State *L, lua_Debug *where)
{
    (void)where;
    luaL_error(L, LWAIT_INTERRUPTED);
}

LOOP_STEPS static void on_ended(struct ltask *task, int status, int nresults)
{
    struct evaluation *evaluation = task->owner;
    if (status == LTASK_ABANDONED)
        return;
    PYRO_ASSERT(evaluation->task == task && !evaluation->wait.over);
    if (*evaluation->context)
        luaL_unref(task->runtime->from, LUA_REGISTRYINDEX, *evaluation->context);
    *evaluation->context = task->context;
    task->context = 0;
    evaluation->task = NULL;
    evaluation->status = status;
    evaluation->nresults = nresults;
    lwait_end(&evaluation->wait);
}

LOOP_STEPS static void on_signalled(struct pyro_completion *done)
{
    struct evaluation *evaluation = PYRO_CONTAINER(done, struct evaluation, signalled);
    struct ltask *task = evaluation->task;
    if (evaluation->runtime->request_loops > 0)
        pyro_signal_came(); /* they take it */
    else if (task && task->parked && pyro_signal_came()) {
        if (evaluation->interrupted)
            lua_sethook(task->thread, on_instruction, LUA_MASKCOUNT, 1);
        evaluation->interrupted = true;
        ltask_interrupt(task);
    }
}

static int evaluation_gc(lua_State *L)
{
    struct evaluation *evaluation = lua_touserdata(L, 1);
    lwait_gone(&evaluation->wait);
    for (size_t i = 0; i < PYRO_COUNT(numbers); i++) {
        if (evaluation->signals[i])
            pyro_signal_note(numbers[i], false);
        pyro_signal_free(evaluation->signals[i]);
        evaluation->signals[i] = NULL;
    }
    if (evaluation->task) /* whoever waits for it fails before it does */
        ltask_forsake(evaluation->task);
    evaluation->task = NULL;
    return 0;
}

/* A table of those at the top of the thread: they may be more than fit on a stack twice. */
LUA_RUNS static void push_results(lua_State *L, lua_State *thread, int count)
{
    lua_createtable(L, count, 1);
    lua_pushinteger(L, count);
    lua_setfield(L, -2, "n");
    for (int i = count; i > 0; i--) {
        lua_xmove(thread, L, 1);
        lua_rawseti(L, -2, i);
    }
}

/* The evaluation and its thread are at the top. */
static int evaluated(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    struct evaluation *evaluation = lua_touserdata(L, -2);
    lua_State *thread = lua_tothread(L, -1);
    lua_pushcfunction(L, evaluation_gc);
    lua_pushvalue(L, -3);
    lua_call(L, 1, 0);
    lua_pushboolean(L, evaluation->status == LUA_OK);
    if (evaluation->status == LUA_OK) {
        push_results(L, thread, evaluation->nresults);
        return 2;
    }
    lua_xmove(thread, L, 1);
    lua_pushvalue(L, -3);
    return 3;
}

LUA_RAISES static void watch_signals(lua_State *L, struct evaluation *evaluation)
{
    for (size_t i = 0; i < PYRO_COUNT(numbers); i++) {
        if (numbers[i] != SIGINT && !pyro_signal_is_handled(numbers[i]))
            continue;
        evaluation->signals[i] = pyro_signal_new(evaluation->runtime->core.loop, numbers[i], false,
                                                 &evaluation->signalled);
        if (!evaluation->signals[i])
            luaL_error(L, "interrupts cannot be watched");
        pyro_signal_note(numbers[i], true);
    }
}

static int evaluate(lua_State *L)
{
    struct lruntime *runtime = lruntime_of(L);
    luaL_checktype(L, 1, LUA_TFUNCTION);
    struct evaluation *evaluation = lua_newuserdatauv(L, sizeof(*evaluation), 0);
    *evaluation = (struct evaluation){.runtime = runtime, .context = ltask_context(runtime)};
    pyro_completion_init(&evaluation->signalled, on_signalled);
    luaL_setmetatable(L, EVALUATION_TYPE);
    lua_insert(L, 1);
    watch_signals(L, evaluation);
    struct ltask *task = ltask_start(L, lua_gettop(L) - 2, on_ended, evaluation);
    task->keep = task->interruptible = true;
    if (*evaluation->context) {
        lua_rawgeti(L, LUA_REGISTRYINDEX, *evaluation->context);
        task->context = luaL_ref(L, LUA_REGISTRYINDEX);
    }
    llimit_watch(task->thread);
    evaluation->task = task;
    return lwait_for(L, &evaluation->wait, 0, evaluated);
}

void levaluate_open(lua_State *L)
{
    luaL_newmetatable(L, EVALUATION_TYPE);
    lua_pushcfunction(L, evaluation_gc);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 1);
    lua_pushcfunction(L, evaluate);
    lua_setfield(L, -2, "evaluate");
}
