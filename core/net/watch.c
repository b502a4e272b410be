#include "net/watch.h"

#include <fcntl.h>

#include "base/memory.h"
#include "net/loop_private.h"

struct pyro_watch {
    uv_poll_t uv;
    struct pyro_completion *done;
    bool kept; /* it goes on after each event */
};

static void watch_on_closed(uv_handle_t *handle)
{
    pyro_free(PYRO_CONTAINER(handle, struct pyro_watch, uv));
}

static void watch_close_handle(uv_handle_t *handle)
{
    pyro_close(handle, watch_on_closed);
}

static const struct pyro_handle_kind watch_kind = {.close = watch_close_handle};

/* Posts the completion, after an error, too: who waits looks what is the matter. */
static void watch_on_event(uv_poll_t *uv, int status, int events)
{
    struct pyro_watch *watch = PYRO_CONTAINER(uv, struct pyro_watch, uv);
    (void)status;
    (void)events;
    if (!watch->kept)
        uv_poll_stop(uv);
    pyro_loop_post(pyro_loop_of((uv_handle_t *)uv), watch->done);
}

/* libuv makes the descriptor non-blocking, which a watch does not need, and which others would not
 * expect who share it: a terminal is also the standard output, and the shell's. */
static int init_poll(struct pyro_loop *loop, uv_poll_t *uv, int descriptor)
{
    int flags = fcntl(descriptor, F_GETFL);
    int status = uv_poll_init(&loop->uv, uv, descriptor);
    if (flags != -1)
        fcntl(descriptor, F_SETFL, flags);
    return status;
}

struct pyro_watch *pyro_watch_new(struct pyro_loop *loop, int descriptor,
                                  struct pyro_completion *done, struct pyro_error *err)
{
    struct pyro_watch *watch = pyro_calloc(1, sizeof(*watch));
    if (!watch) {
        pyro_error_memory(err);
        return NULL;
    }
    int status = init_poll(loop, &watch->uv, descriptor);
    if (status != 0) {
        pyro_free(watch);
        pyro_error_set(err, PYRO_EOS, "cannot watch descriptor %d: %s", descriptor,
                       status == UV_EEXIST ? "it is already watched" : uv_strerror(status));
        return NULL;
    }
    watch->uv.data = (void *)&watch_kind;
    watch->done = done;
    return watch;
}

static void start(struct pyro_watch *watch, int events)
{
    if (!pyro_loop_inherited(pyro_loop_of((uv_handle_t *)&watch->uv)))
        uv_poll_start(&watch->uv, events, watch_on_event); /* fails only for a closing handle */
}

void pyro_watch_start(struct pyro_watch *watch)
{
    start(watch, UV_READABLE);
}

void pyro_watch_keep(struct pyro_watch *watch)
{
    watch->kept = true;
    start(watch, UV_READABLE);
}

void pyro_watch_start_end(struct pyro_watch *watch)
{
    start(watch, UV_DISCONNECT);
}

void pyro_watch_free(struct pyro_watch *watch)
{
    if (!watch)
        return;
    pyro_completion_cancel(watch->done);
    watch_close_handle((uv_handle_t *)&watch->uv);
}
