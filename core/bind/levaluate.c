#include "bind/levaluate.h"

#include <lauxlib.h>
#include <signal.h>

#include "bind/lcontext.h"
#include "bind/lruntime.h"
#include "net/signal.h"

#define EVALUATION_TYPE "pyro.evaluation"
#define INSTRUCTIONS 1000 /* between two looks at whether somebody interrupted */

struct evaluation {
    struct lwait wait;
    struct lruntime *runtime;
    struct pyro_signal *interrupt;
    struct pyro_done signalled;
    struct ltask *task;   /* NULL once it is over, or given up */
    int *context;         /* the call context of who waits, which both use */
    bool over;            /* by itself: */
    int status, nresults; /* what its thread holds then */
};

static void raise_interrupted(lua_State *L)
{
    luaL_error(L, "interrupted!");
}

static void on_instructions(lua_State *L, lua_Debug *where)
{
    (void)where;
    if (pyro_signal_came())
        raise_interrupted(L);
}

static void on_given_up(lua_State *L, lua_Debug *where)
{
    (void)where;
    lua_sethook(L, on_instructions, LUA_MASKCOUNT, INSTRUCTIONS); /* it fails once */
    raise_interrupted(L);
}

static void on_ended(struct ltask *task, int status, int nresults)
{
    struct evaluation *evaluation = task->owner;
    if (status == LTASK_ABANDONED)
        return;
    if (*evaluation->context)
        luaL_unref(task->runtime->from, LUA_REGISTRYINDEX, *evaluation->context);
    *evaluation->context = task->context;
    task->context = 0;
    evaluation->task = NULL;
    evaluation->over = true;
    evaluation->status = status;
    evaluation->nresults = status == LUA_OK ? nresults : 1;
    lwait_end(&evaluation->wait);
}

static void on_signalled(struct pyro_done *done)
{
    struct evaluation *evaluation = PYRO_CONTAINER(done, struct evaluation, signalled);
    struct ltask *task = evaluation->task;
    if (!pyro_signal_came() || !task || evaluation->runtime->request_loops > 0)
        return;
    lua_sethook(task->thread, on_given_up, LUA_MASKCOUNT, 1);
    ltask_forsake(task);
    evaluation->task = NULL;
    lwait_end(&evaluation->wait);
}

static int evaluation_gc(lua_State *L)
{
    struct evaluation *evaluation = lua_touserdata(L, 1);
    if (evaluation->interrupt)
        pyro_signal_note(SIGINT, false);
    pyro_signal_free(evaluation->interrupt);
    evaluation->interrupt = NULL;
    return 0;
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
    if (!evaluation->over)
        return 0;
    luaL_checkstack(L, evaluation->nresults + 2, "too many results");
    lua_pushboolean(L, evaluation->status == LUA_OK);
    lua_xmove(thread, L, evaluation->nresults);
    if (evaluation->status == LUA_OK)
        return 1 + evaluation->nresults;
    lua_pushvalue(L, -3);
    return 3;
}

static int evaluate(lua_State *L)
{
    struct lruntime *runtime = lruntime_of(L);
    luaL_checktype(L, 1, LUA_TFUNCTION);
    struct evaluation *evaluation = lua_newuserdatauv(L, sizeof(*evaluation), 0);
    *evaluation = (struct evaluation){.runtime = runtime, .context = lcontext_reference(runtime)};
    pyro_done_init(&evaluation->signalled, on_signalled);
    luaL_setmetatable(L, EVALUATION_TYPE);
    lua_insert(L, 1);
    evaluation->interrupt =
        pyro_signal_new(runtime->core.loop, SIGINT, false, &evaluation->signalled);
    if (!evaluation->interrupt)
        return luaL_error(L, "interrupts cannot be watched");
    pyro_signal_note(SIGINT, true);
    struct ltask *task = ltask_start(L, lua_gettop(L) - 2, on_ended, evaluation);
    task->keep = true;
    if (*evaluation->context) {
        lua_rawgeti(L, LUA_REGISTRYINDEX, *evaluation->context);
        task->context = luaL_ref(L, LUA_REGISTRYINDEX);
    }
    lua_sethook(task->thread, on_instructions, LUA_MASKCOUNT, INSTRUCTIONS);
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
