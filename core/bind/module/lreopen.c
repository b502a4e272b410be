#include "bind/module/lreopen.h"

#include <signal.h>

#include "bind/task/lruntime.h"
#include "net/signal.h"

/* In the signal's handler. */
static void reopen_on_signal(void *context)
{
    struct pyro_runtime *core = context;
    pyro_log_expire(&core->log);
    pyro_loop_wake(core->loop);
}

static void close_reopen(struct lruntime *runtime)
{
    (void)runtime;
    pyro_signal_handle(SIGUSR2, NULL, NULL);
}

void lreopen_on_signal(lua_State *L)
{
    static struct lpart part = {close_reopen};
    struct lruntime *runtime = lruntime_of(L);
    if (!pyro_signal_is_free(SIGUSR2))
        return;
    lruntime_add_part(runtime, LPART_REOPEN, &part);
    pyro_signal_handle(SIGUSR2, reopen_on_signal, &runtime->core);
}
