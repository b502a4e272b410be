#include "net/watchdog.h"

#include "base/memory.h"
#include "net/service.h"
#include "net/timer.h"

struct pyro_watchdog {
    struct pyro_timer *timer;
    struct pyro_completion due;
    double period;
};

static void watchdog_on_due(struct pyro_completion *due)
{
    struct pyro_watchdog *watchdog = PYRO_CONTAINER(due, struct pyro_watchdog, due);
    pyro_timer_start(watchdog->timer, watchdog->period);
    pyro_service_notify("WATCHDOG=1", NULL);
}

struct pyro_watchdog *pyro_watchdog_new(struct pyro_loop *loop)
{
    double limit = pyro_service_watchdog();
    struct pyro_watchdog *watchdog = limit > 0 ? pyro_calloc(1, sizeof(*watchdog)) : NULL;
    if (!watchdog)
        return NULL;
    pyro_completion_init(&watchdog->due, watchdog_on_due);
    watchdog->period = limit / 2;
    watchdog->timer = pyro_timer_new(loop, &watchdog->due);
    if (!watchdog->timer) {
        pyro_free(watchdog);
        return NULL;
    }
    pyro_timer_unref(watchdog->timer);
    pyro_timer_start(watchdog->timer, watchdog->period);
    return watchdog;
}

void pyro_watchdog_free(struct pyro_watchdog *watchdog)
{
    if (!watchdog)
        return;
    pyro_timer_free(watchdog->timer);
    pyro_free(watchdog);
}
