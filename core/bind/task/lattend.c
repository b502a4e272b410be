#include "bind/task/lattend.h"

#include <lauxlib.h>
#include <signal.h>

#include "base/assert.h"
#include "bind/task/llimit.h"
#include "bind/task/lready.h"
#include "bind/task/lruntime.h"
#include "net/signal.h"

#define ATTENTION_TYPE "pyro.attention"

/* Signals that ask a process to end. */
static const struct ending {
    int number;
    const char *name;
} endings[] = {{SIGINT, "SIGINT"}, {SIGTERM, "SIGTERM"}, {SIGHUP, "SIGHUP"}, {SIGQUIT, "SIGQUIT"}};

struct attention {
    struct lruntime *runtime;
    struct lloops *loops; /* NULL once it is closed */
    struct pyro_signal *signals[PYRO_COUNT(endings)];
    struct pyro_completion signalled;
};

static void unwatch(struct attention *attention)
{
    for (size_t i = 0; i < PYRO_COUNT(endings); i++) {
        pyro_signal_free(attention->signals[i]);
        attention->signals[i] = NULL;
    }
}

/* Logs which signal came, once where several request loops wait. */
static void log_signal(const struct attention *attention)
{
    struct lruntime *runtime = attention->runtime;
    for (size_t i = 0; i < PYRO_COUNT(endings) && !runtime->signalled; i++) {
        if (!attention->signals[i] || !pyro_signal_has_come(attention->signals[i]))
            continue;
        runtime->signalled = true;
        pyro_log_write(&runtime->core.log, PYRO_INFO, "service", "told to end by %s",
                       endings[i].name);
    }
}

/* From now on another signal has its default effect. */
static void attention_on_signalled(struct pyro_completion *done)
{
    struct attention *attention = PYRO_CONTAINER(done, struct attention, signalled);
    struct lruntime *runtime = attention->runtime;
    log_signal(attention);
    unwatch(attention);
    lready_stopping(runtime);
    pyro_signal_came();
    atomic_store(&runtime->limit.told, true);
    llimit_grace(runtime);
    lloops_stop(runtime->from, attention->loops);
}

static int attention_close(lua_State *L)
{
    struct attention *attention = luaL_checkudata(L, 1, ATTENTION_TYPE);
    struct lruntime *runtime = attention->runtime;
    if (!attention->loops)
        return 0;
    PYRO_ASSERT(attention->loops->attended > 0 && runtime->request_loops > 0);
    attention->loops->attended--;
    attention->loops = NULL;
    unwatch(attention);
    pyro_completion_cancel(&attention->signalled);
    if (--runtime->request_loops == 0) {
        llimit_forget(runtime);
        runtime->signalled = false;
        pyro_signal_tell(NULL, NULL);
    }
    return 0;
}

static void watch(struct attention *attention, size_t i)
{
    struct lruntime *runtime = attention->runtime;
    int number = endings[i].number;
    if (runtime->embedded || !pyro_signal_is_free(number))
        return;
    attention->signals[i] =
        pyro_signal_new(runtime->core.loop, number, true, &attention->signalled);
    pyro_signal_note(number, true);
}

void lattend_push(lua_State *L, int index, struct lloops *loops)
{
    index = lua_absindex(L, index);
    struct attention *attention = lua_newuserdatauv(L, sizeof(*attention), 1);
    *attention = (struct attention){.runtime = lruntime_of(L)};
    pyro_completion_init(&attention->signalled, attention_on_signalled);
    luaL_setmetatable(L, ATTENTION_TYPE);
    lua_pushvalue(L, index);
    lua_setiuservalue(L, -2, 1);
    attention->loops = loops;
    loops->attended++;
    if (attention->runtime->request_loops++ == 0 && !attention->runtime->embedded)
        pyro_signal_tell(llimit_tell, attention->runtime);
    for (size_t i = 0; i < PYRO_COUNT(endings); i++)
        watch(attention, i);
}

static int await_signal(lua_State *L)
{
    struct lloops *loops = lua_newuserdatauv(L, sizeof(*loops), 0);
    *loops = (struct lloops){.attended = 0};
    lloops_init(loops);
    lattend_push(L, -1, loops);
    lua_toclose(L, -1);
    return lloops_wait(L, loops, -1);
}

void lattend_open(lua_State *L)
{
    luaL_newmetatable(L, ATTENTION_TYPE);
    lua_pushcfunction(L, attention_close);
    lua_setfield(L, -2, "__close");
    lua_pushcfunction(L, attention_close);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 1);
    lua_pushcfunction(L, await_signal);
    lua_setfield(L, -2, "await_signal");
}
