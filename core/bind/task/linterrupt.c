#include "bind/task/linterrupt.h"

#include <lauxlib.h>
#include <signal.h>

#include "base/assert.h"
#include "bind/task/llimit.h"
#include "bind/task/lwait.h"

static const int numbers[LINTERRUPT_SIGNALS] = {SIGINT, SIGTERM, SIGHUP};

static void interrupt_on_instruction(lua_State *L, lua_Debug *where)
{
    (void)where;
    luaL_error(L, LWAIT_INTERRUPTED);
}

/* Interrupts a task that waits. The second time, nothing that it does works: it may use pcall. */
LOOP_STEPS static void interrupt_on_signalled(struct pyro_completion *done)
{
    struct linterrupt *interrupt = PYRO_CONTAINER(done, struct linterrupt, signalled);
    struct ltask *task = interrupt->task;
    if (!task)
        return;
    if (task->runtime->request_loops > 0)
        pyro_signal_came(); /* they take it */
    else if (task->parked && pyro_signal_came()) {
        if (interrupt->again)
            lua_sethook(task->thread, interrupt_on_instruction, LUA_MASKCOUNT, 1);
        interrupt->again = true;
        ltask_interrupt(task);
    }
}

void linterrupt_watch(lua_State *L, struct linterrupt *interrupt)
{
    pyro_completion_init(&interrupt->signalled, interrupt_on_signalled);
    for (size_t i = 0; i < LINTERRUPT_SIGNALS; i++) {
        if (numbers[i] != SIGINT && !pyro_signal_is_handled(numbers[i]))
            continue;
        interrupt->signals[i] =
            pyro_signal_new(lruntime_of(L)->core.loop, numbers[i], false, &interrupt->signalled);
        if (!interrupt->signals[i])
            luaL_error(L, "interrupts cannot be watched");
        pyro_signal_note(numbers[i], true);
    }
}

void linterrupt_begin(struct linterrupt *interrupt, struct ltask *task)
{
    task->interruptible = true;
    llimit_watch(task->thread);
    interrupt->task = task;
}

void linterrupt_ended(struct linterrupt *interrupt, const struct ltask *task)
{
    PYRO_ASSERT(interrupt->task == task);
    (void)task;
    interrupt->task = NULL;
}

void linterrupt_close(struct linterrupt *interrupt)
{
    for (size_t i = 0; i < LINTERRUPT_SIGNALS; i++) {
        if (interrupt->signals[i])
            pyro_signal_note(numbers[i], false);
        pyro_signal_free(interrupt->signals[i]);
        interrupt->signals[i] = NULL;
    }
    if (interrupt->task)
        ltask_forsake(interrupt->task);
    interrupt->task = NULL;
}
