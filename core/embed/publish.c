#include "embed/publish.h"

#include "rpc/daemon.h"

/* A wait on the C stack. */
struct waiter {
    struct pyro_publishing publishing;
    bool over;
};

static void waiter_on_done(struct pyro_publishing *publishing)
{
    PYRO_CONTAINER(publishing, struct waiter, publishing)->over = true;
}

/* Steps the loop until the wait is over; whoever is called meanwhile may free the daemon. Gives the
 * wait up where the runtime is stopped or freed. Returns a code as public functions do. */
LOOP_STEPS static int wait_for(pyrolua_runtime *runtime, struct waiter *waiter)
{
    bool alive = true;
    int code = PYROLUA_OK;
    while (code == PYROLUA_OK && !runtime->closing && !waiter->over && alive)
        code = embed_step(runtime, -1, &alive);
    if (!waiter->over)
        pyro_publishing_cancel(&waiter->publishing);
    if (code != PYROLUA_OK || runtime->closing)
        return code;
    if (!waiter->over)
        return embed_unmet(runtime);
    return waiter->publishing.error.code == PYRO_OK
               ? PYROLUA_OK
               : embed_fail(runtime, &waiter->publishing.error);
}

/* Tells the program, which may free the daemon. */
static void publish_on_lost(void *owner, const char *name)
{
    pyrolua_daemon *daemon = owner;
    pyrolua_runtime *runtime = daemon->runtime;
    if (!daemon->lost || runtime->closing)
        return;
    uint64_t outer = embed_enter_callback(runtime);
    daemon->lost(daemon->lost_context, daemon, name);
    embed_leave_callback(runtime, outer);
}

static struct pyro_publish_options read_options(const pyrolua_publication *publication)
{
    struct pyro_publish_options options = {.lease = PYRO_DEFAULT_LEASE};
    if (!publication)
        return options;
    options.host = publication->nameserver;
    options.port = publication->port;
    options.safe = publication->safe != 0;
    options.tags = publication->metadata;
    while (options.tags && options.tags[options.tag_count])
        options.tag_count++;
    if (publication->lease != 0)
        options.lease = publication->lease;
    return options;
}

/* Begins to publish a name, whose object is registered. */
static enum pyro_code begin(pyrolua_daemon *daemon, const char *name, const char *id,
                            const pyrolua_publication *publication, struct pyro_publishing *wait,
                            struct pyro_error *err)
{
    struct pyro_publish_options options = read_options(publication);
    struct pyro_buffer text = {.data = NULL};
    struct pyro_uri uri = {.object = NULL};
    if (!daemon->publisher)
        daemon->publisher =
            pyro_publisher_new(embed_core(daemon->runtime), publish_on_lost, daemon, err);
    enum pyro_code code =
        daemon->publisher ? pyro_daemon_uri(daemon->daemon, id, true, &uri, err) : err->code;
    if (code == PYRO_OK && (!pyro_uri_text(&uri, &text) || !pyro_buffer_append(&text, "", 1)))
        code = pyro_error_memory(err);
    if (code == PYRO_OK)
        code = pyro_publisher_publish(daemon->publisher, name, text.data, &options, wait, err);
    pyro_uri_free(&uri);
    pyro_buffer_free(&text);
    return code;
}

int pyrolua_daemon_publish(pyrolua_daemon *daemon, const char *name, const char *id,
                           const pyrolua_publication *publication)
{
    struct waiter waiter = {.publishing = {.done = waiter_on_done}};
    struct pyro_error err = {.code = PYRO_OK};
    if (!daemon)
        return PYROLUA_EVALUE;
    pyrolua_runtime *runtime = daemon->runtime;
    if (!name || !id)
        return embed_refuse_null(runtime, name ? "id" : "name");
    if (publication && (publication->port < 0 || publication->port > UINT16_MAX))
        return embed_refuse(runtime, "a port is 0 to 65535");
    int code = embed_enter_wait(runtime);
    if (code != PYROLUA_OK)
        return code;
    if (!pyro_daemon_find(daemon->daemon, pyro_slice_text(id)))
        code = embed_refuse(runtime, "no object is registered with that id");
    else if (begin(daemon, name, id, publication, &waiter.publishing, &err) != PYRO_OK)
        code = embed_fail(runtime, &err);
    else
        code = wait_for(runtime, &waiter);
    return embed_leave(runtime, code);
}

int pyrolua_daemon_unpublish(pyrolua_daemon *daemon, const char *name)
{
    struct waiter waiter = {.publishing = {.done = waiter_on_done}};
    if (!daemon)
        return PYROLUA_EVALUE;
    pyrolua_runtime *runtime = daemon->runtime;
    if (!name)
        return embed_refuse_null(runtime, "name");
    int code = embed_enter_wait(runtime);
    if (code != PYROLUA_OK)
        return code;
    if (daemon->publisher && pyro_publisher_unpublish(daemon->publisher, name, &waiter.publishing))
        code = wait_for(runtime, &waiter);
    else
        code = embed_refuse(runtime, "the daemon does not publish that name");
    return embed_leave(runtime, code);
}

int pyrolua_daemon_lost(pyrolua_daemon *daemon, pyrolua_lost *function, void *context)
{
    if (!daemon)
        return PYROLUA_EVALUE;
    if (daemon->runtime->closing)
        return embed_fail_closed(daemon->runtime);
    daemon->lost = function;
    daemon->lost_context = context;
    return PYROLUA_OK;
}

void publish_stop(pyrolua_daemon *daemon)
{
    struct waiter waiter = {.publishing = {.done = waiter_on_done}};
    pyrolua_runtime *runtime = daemon->runtime;
    if (!daemon->publisher || embed_enter_wait(runtime) != PYROLUA_OK)
        return;
    if (pyro_publisher_stop(daemon->publisher, &waiter.publishing))
        (void)wait_for(runtime, &waiter);
    embed_leave(runtime, PYROLUA_OK);
}
