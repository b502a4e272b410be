#include "net/timer.h"

#include "base/assert.h"
#include "base/memory.h"
#include "net/loop_private.h"

struct pyro_timer {
    uv_timer_t uv;
    struct pyro_completion *done;
};

static void timer_on_closed(uv_handle_t *handle)
{
    pyro_free(PYRO_CONTAINER(handle, struct pyro_timer, uv));
}

static void timer_close_handle(uv_handle_t *handle)
{
    pyro_close(handle, timer_on_closed);
}

static const struct pyro_handle_kind timer_kind = {.close = timer_close_handle};

struct pyro_timer *pyro_timer_new(struct pyro_loop *loop, struct pyro_completion *done)
{
    struct pyro_timer *timer = pyro_calloc(1, sizeof(*timer));
    if (!timer)
        return NULL;
    uv_timer_init(&loop->uv, &timer->uv); /* never fails */
    timer->uv.data = (void *)&timer_kind;
    timer->done = done;
    return timer;
}

static void timer_on_timeout(uv_timer_t *uv)
{
    struct pyro_timer *timer = PYRO_CONTAINER(uv, struct pyro_timer, uv);
    PYRO_ASSERT(!uv_is_active((uv_handle_t *)uv)); /* until it is started again */
    pyro_loop_expire(pyro_loop_of((uv_handle_t *)uv), timer->done);
}

void pyro_timer_start(struct pyro_timer *timer, double seconds)
{
    pyro_timer_stop(timer);
    uv_update_time(timer->uv.loop);
    uv_timer_start(&timer->uv, timer_on_timeout, pyro_milliseconds(seconds), 0);
}

void pyro_timer_stop(struct pyro_timer *timer)
{
    uv_timer_stop(&timer->uv);
    pyro_completion_cancel(timer->done);
}

void pyro_timer_unref(struct pyro_timer *timer)
{
    uv_unref((uv_handle_t *)&timer->uv);
}

void pyro_timer_free(struct pyro_timer *timer)
{
    if (!timer)
        return;
    pyro_timer_stop(timer);
    timer_close_handle((uv_handle_t *)&timer->uv);
}
