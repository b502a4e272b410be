/* Prints what a runtime is doing when SIGUSR1 comes.
 *
 * The signal's handler only asks for a report: it rings the loop's bell, whose completion makes the
 * report, and sets a hook in the thread that steps, or runs Lua, which makes it where Lua code
 * computes and does not step. Whichever comes first makes it. The hook then puts back the one that
 * was there before. */
#include "bind/module/ldump.h"

#include <lauxlib.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/memory.h"
#include "bind/task/lruntime.h"
#include "net/signal.h"

/* The hook of a thread before ours. */
struct hook {
    lua_State *thread; /* only compared: it may be gone */
    lua_Hook function;
    int mask, count;
};

struct dump {
    struct lpart part;
    struct lruntime *runtime;
    struct pyro_completion bell;
    atomic_bool wanted; /* the handler sets it */
    struct hook before; /* likewise */
};

static struct dump *dump_of(const struct lruntime *runtime)
{
    return PYRO_CONTAINER(runtime->parts[LPART_DUMP], struct dump, part);
}

/* --- reporting --- */

static int report(lua_State *L)
{
    lua_getglobal(L, "require");
    lua_pushliteral(L, "pyro.debug");
    lua_call(L, 1, 1);
    lua_call(L, 0, 1);
    fprintf(stderr, "pyrolua: state of process %ld\n%s\n", (long)getpid(),
            luaL_tolstring(L, -1, NULL));
    return 0;
}

LOOP_STEPS static void make_report(lua_State *L)
{
    if (!lua_checkstack(L, LUA_MINSTACK)) {
        fprintf(stderr, "pyrolua: no state: not enough memory\n");
        return;
    }
    lua_pushcfunction(L, report);
    if (lua_pcall(L, 0, 0, 0) == LUA_OK)
        return;
    const char *why = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "error";
    fprintf(stderr, "pyrolua: no state: %s\n", why);
    lua_pop(L, 1);
}

/* --- hearing of the signal --- */

static void dump_on_instruction(lua_State *L, lua_Debug *where);

/* Puts back the hook that a thread had. One that was made meanwhile has inherited ours. */
static void put_back(struct dump *dump, lua_State *L)
{
    const struct hook *before = &dump->before;
    if (lua_gethook(L) != dump_on_instruction)
        return;
    if (before->thread == L)
        lua_sethook(L, before->function, before->mask, before->count);
    else
        lua_sethook(L, NULL, 0, 0);
}

/* Makes the report that is wanted, in a thread that runs, or steps. */
LOOP_STEPS static void answer(struct dump *dump, lua_State *L)
{
    put_back(dump, L);
    if (atomic_exchange(&dump->wanted, false))
        make_report(L);
}

static void dump_on_instruction(lua_State *L, lua_Debug *where)
{
    (void)where;
    answer(dump_of(lruntime_of(L)), L);
}

LOOP_STEPS static void dump_on_bell(struct pyro_completion *bell)
{
    struct dump *dump = PYRO_CONTAINER(bell, struct dump, bell);
    answer(dump, dump->runtime->from);
}

/* In the signal's handler. */
static void dump_on_signal(void *context)
{
    struct dump *dump = context;
    lua_State *L = dump->runtime->from;
    atomic_store(&dump->wanted, true);
    pyro_loop_ring(dump->runtime->core.loop);
    if (lua_gethook(L) == dump_on_instruction)
        return;
    dump->before = (struct hook){L, lua_gethook(L), lua_gethookmask(L), lua_gethookcount(L)};
    lua_sethook(L, dump_on_instruction, LUA_MASKCOUNT, 1);
}

/* --- opening and closing --- */

static void close_dump(struct lruntime *runtime)
{
    pyro_signal_handle(SIGUSR1, NULL, NULL);
    pyro_completion_cancel(&dump_of(runtime)->bell);
    pyro_free(dump_of(runtime));
}

void ldump_on_signal(lua_State *L)
{
    struct lruntime *runtime = lruntime_of(L);
    PYRO_ASSERT(!runtime->embedded); /* else the bell is for posted functions */
    if (!pyro_signal_is_free(SIGUSR1))
        return;
    struct dump *dump = pyro_calloc(1, sizeof(*dump));
    if (!dump) {
        luaL_error(L, "not enough memory");
        return; /* never */
    }
    dump->part.close = close_dump;
    dump->runtime = runtime;
    pyro_completion_init(&dump->bell, dump_on_bell);
    pyro_loop_answer(runtime->core.loop, &dump->bell);
    lruntime_add_part(runtime, LPART_DUMP, &dump->part);
    pyro_signal_handle(SIGUSR1, dump_on_signal, dump);
}
