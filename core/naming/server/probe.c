#include "naming/server/probe.h"

static void end(struct probe *probe, bool reached)
{
    pyro_timer_stop(probe->timer);
    pyro_stream_close(probe->stream);
    probe->stream = NULL;
    probe->done(probe, reached);
}

/* Nothing is read: who connects to a server speaks first. */
static void probe_space(void *owner, char **at, size_t *size)
{
    static char unread;
    (void)owner;
    *at = &unread;
    *size = sizeof(unread);
}

static bool probe_filled(void *owner, size_t size)
{
    (void)owner;
    (void)size;
    return false;
}

static void probe_ignore(void *owner)
{
    (void)owner;
}

static void probe_on_connected(void *owner)
{
    end(owner, true);
}

static void probe_on_ended(void *owner, const struct pyro_error *why)
{
    (void)why;
    end(owner, false);
}

static void probe_on_late(struct pyro_completion *done)
{
    end(PYRO_CONTAINER(done, struct probe, late), false);
}

bool probe_init(struct probe *probe, struct pyro_runtime *runtime,
                void (*done)(struct probe *probe, bool reached))
{
    *probe = (struct probe){.done = done};
    pyro_completion_init(&probe->late, probe_on_late);
    probe->timer = pyro_timer_new(runtime->loop, &probe->late);
    return probe->timer != NULL;
}

bool probe_start(struct probe *probe, struct pyro_runtime *runtime, const struct pyro_uri *uri,
                 double seconds)
{
    static const struct pyro_stream_ops ops = {.space = probe_space,
                                               .filled = probe_filled,
                                               .input = probe_ignore,
                                               .connected = probe_on_connected,
                                               .drained = probe_ignore,
                                               .ended = probe_on_ended};
    struct pyro_error err;
    PYRO_ASSERT(!probe->stream);
    probe->stream = pyro_stream_connect(runtime->loop, uri, (int)runtime->config.PREFER_IP_VERSION,
                                        &ops, probe, &err);
    if (!probe->stream)
        return false;
    pyro_timer_start(probe->timer, seconds);
    return true;
}

void probe_free(struct probe *probe)
{
    pyro_stream_close(probe->stream);
    pyro_timer_free(probe->timer);
    *probe = (struct probe){.done = NULL};
}
