#include "net/fine_timer.h"

#include <errno.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/memory.h"
#include "net/loop_private.h"

#define DAY 86400.0

struct pyro_fine_timer {
    uv_poll_t uv;
    int descriptor;
    struct pyro_completion *done;
};

static void fine_timer_on_closed(uv_handle_t *handle)
{
    struct pyro_fine_timer *timer = PYRO_CONTAINER(handle, struct pyro_fine_timer, uv);
    close(timer->descriptor);
    pyro_free(timer);
}

static void fine_timer_close_handle(uv_handle_t *handle)
{
    pyro_close(handle, fine_timer_on_closed);
}

static const struct pyro_handle_kind fine_timer_kind = {.close = fine_timer_close_handle};

static int init_poll(struct pyro_loop *loop, struct pyro_fine_timer *timer)
{
    timer->descriptor = pyro_descriptor_lift(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC));
    if (timer->descriptor < 0)
        return uv_translate_sys_error(errno);
    int status = uv_poll_init(&loop->uv, &timer->uv, timer->descriptor);
    if (status != 0)
        close(timer->descriptor);
    return status;
}

struct pyro_fine_timer *pyro_fine_timer_new(struct pyro_loop *loop, struct pyro_completion *done,
                                            struct pyro_error *err)
{
    struct pyro_fine_timer *timer = pyro_calloc(1, sizeof(*timer));
    if (!timer) {
        pyro_error_memory(err);
        return NULL;
    }
    timer->done = done;
    int status = init_poll(loop, timer);
    if (status != 0) {
        pyro_error_set(err, PYRO_EOS, "cannot make a timer: %s", uv_strerror(status));
        pyro_free(timer);
        return NULL;
    }
    timer->uv.data = (void *)&fine_timer_kind;
    return timer;
}

static void fine_timer_on_readable(uv_poll_t *uv, int status, int events)
{
    struct pyro_fine_timer *timer = PYRO_CONTAINER(uv, struct pyro_fine_timer, uv);
    (void)status;
    (void)events;
    uv_poll_stop(uv);
    pyro_loop_expire(pyro_loop_of((uv_handle_t *)uv), timer->done);
}

/* Returns a time as the system has it: not 0, which would stop a timer. */
static struct timespec some_time(double seconds)
{
    if (!(seconds > 0))
        return (struct timespec){.tv_nsec = 1};
    time_t whole = (time_t)(seconds < DAY ? seconds : DAY);
    double rest = seconds < DAY ? seconds - (double)whole : 0;
    return (struct timespec){.tv_sec = whole, .tv_nsec = 1 + (long)(rest * 999999998)};
}

void pyro_fine_timer_start(struct pyro_fine_timer *timer, double seconds)
{
    struct itimerspec after = {.it_value = some_time(seconds)};
    pyro_fine_timer_stop(timer);
    timerfd_settime(timer->descriptor, 0, &after, NULL);
    if (!pyro_loop_inherited(pyro_loop_of((uv_handle_t *)&timer->uv)))
        uv_poll_start(&timer->uv, UV_READABLE, fine_timer_on_readable);
}

void pyro_fine_timer_stop(struct pyro_fine_timer *timer)
{
    if (!pyro_loop_inherited(pyro_loop_of((uv_handle_t *)&timer->uv)))
        uv_poll_stop(&timer->uv);
    pyro_completion_cancel(timer->done);
}

void pyro_fine_timer_free(struct pyro_fine_timer *timer)
{
    if (!timer)
        return;
    pyro_completion_cancel(timer->done);
    fine_timer_close_handle((uv_handle_t *)&timer->uv);
}
