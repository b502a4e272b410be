#include "net/work.h"

#include "base/assert.h"
#include "base/memory.h"
#include "net/loop_private.h"

struct pyro_work {
    uv_work_t uv;
    uv_sem_t left; /* posted when `run` has returned */
    struct pyro_loop *loop;
    pyro_work_fn *run;
    void *context;
    struct pyro_completion *done;
    bool running;
    bool freed; /* by its owner, while libuv has it still */
};

struct pyro_work *pyro_work_new(struct pyro_loop *loop, pyro_work_fn *run, void *context,
                                struct pyro_completion *done)
{
    struct pyro_work *work = pyro_calloc(1, sizeof(*work));
    if (!work)
        return NULL;
    if (uv_sem_init(&work->left, 0) != 0) {
        pyro_free(work);
        return NULL;
    }
    work->loop = loop;
    work->run = run;
    work->context = context;
    work->done = done;
    return work;
}

static void destroy(struct pyro_work *work)
{
    uv_sem_destroy(&work->left);
    pyro_free(work);
}

static void work_on_thread(uv_work_t *uv)
{
    struct pyro_work *work = PYRO_CONTAINER(uv, struct pyro_work, uv);
    work->run(work->context);
    uv_sem_post(&work->left);
}

static void work_on_end(uv_work_t *uv, int status)
{
    struct pyro_work *work = PYRO_CONTAINER(uv, struct pyro_work, uv);
    PYRO_ASSERT(work->running && (work->freed || status == 0));
    work->running = false;
    if (work->freed) {
        destroy(work);
        return;
    }
    uv_sem_wait(&work->left); /* it was posted before */
    pyro_loop_post(work->loop, work->done);
}

void pyro_work_start(struct pyro_work *work)
{
    PYRO_ASSERT(!work->running && !pyro_completion_is_posted(work->done));
    work->running = true;
    uv_queue_work(&work->loop->uv, &work->uv, work_on_thread, work_on_end); /* never fails */
}

bool pyro_work_is_running(const struct pyro_work *work)
{
    return work->running;
}

void pyro_work_free(struct pyro_work *work)
{
    if (!work)
        return;
    pyro_completion_cancel(work->done);
    if (!work->running) {
        destroy(work);
        return;
    }
    work->freed = true;
    if (!pyro_loop_inherited(work->loop) && uv_cancel((uv_req_t *)&work->uv) != 0)
        uv_sem_wait(&work->left);
}
