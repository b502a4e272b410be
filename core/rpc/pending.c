/* Pending calls, and how all of them end with their connection.
 *
 * A call is idle, then in one list of its client (waiting for the connection, to confirm it, for a
 * reply, or for output to leave), then finished: its completion is posted, and `done` called once.
 * `done` may do anything, even free the call and the client. */
#include "rpc/pending.h"

#include "base/assert.h"
#include "base/escape.h"
#include "base/memory.h"
#include "rpc/client_state.h"
#include "rpc/reading.h"

/* --- the lists --- */

struct pyro_call *pyro_call_first(const struct pyro_list *list)
{
    return pyro_list_empty(list) ? NULL : PYRO_CONTAINER(list->next, struct pyro_call, node);
}

void pyro_call_detach(struct pyro_call *call)
{
    PYRO_ASSERT(call->client && !pyro_list_empty(&call->node));
    pyro_list_remove(&call->node);
    call->client = NULL;
    if (call->timer)
        pyro_timer_stop(call->timer);
}

static void pending_on_finished(struct pyro_completion *done)
{
    struct pyro_call *call = PYRO_CONTAINER(done, struct pyro_call, finished);
    call->done(call);
}

/* In the place of a call that was forgotten: the reply to it is dropped. */
static struct pyro_call *new_placeholder(const struct pyro_call *call)
{
    struct pyro_call *placeholder = pyro_calloc(1, sizeof(*placeholder));
    if (placeholder) {
        placeholder->client = call->client;
        placeholder->seq = call->seq;
        placeholder->since = call->since;
    }
    return placeholder;
}

static void free_placeholder(struct pyro_call *placeholder)
{
    pyro_message_release(&placeholder->reply);
    pyro_free(placeholder);
}

/* Counts a call that gets no reply. */
static void count_lost(struct pyro_counters *counters, const struct pyro_error *why)
{
    pyro_tally_error(&counters->lost, &counters->classes, pyro_slice_text(pyro_error_name(why)));
}

void pyro_call_finish(struct pyro_call *call, const struct pyro_error *why)
{
    struct pyro_loop *loop = call->client->runtime->loop;
    if (why && call->done && call->seq != 0)
        count_lost(&call->client->runtime->counters, why);
    pyro_call_detach(call);
    if (why)
        call->error = *why;
    if (call->done)
        pyro_loop_post(loop, &call->finished);
    else
        free_placeholder(call);
}

void pyro_call_finish_all(struct pyro_list *list, const struct pyro_error *why)
{
    struct pyro_call *call;
    while ((call = pyro_call_first(list)) != NULL)
        pyro_call_finish(call, why);
}

/* --- the end of a connection --- */

void pyro_client_close_stream(struct pyro_client *client)
{
    PYRO_ASSERT(!client->drafting);
    client->state = CLIENT_IDLE;
    if (client->search)
        pyro_search_cancel(client->search);
    client->search = NULL;
    pyro_stream_close(client->stream);
    client->stream = NULL;
    pyro_input_free(&client->input);
}

void pyro_client_end(struct pyro_client *client, const struct pyro_error *why)
{
    if (client->state == CLIENT_IDLE)
        return;
    struct pyro_error reason = *why; /* may lie in what is freed below */
    struct pyro_call *confirming = pyro_call_first(&client->confirming);
    pyro_client_close_stream(client);
    if (confirming) /* it was told already: it will notice when it confirms */
        pyro_call_detach(confirming);
    pyro_call_finish_all(&client->binding, &reason);
    pyro_call_finish_all(&client->pending, &reason);
    pyro_call_finish_all(&client->draining, &reason);
}

bool pyro_client_must_confirm(const struct pyro_client *client, const struct pyro_call *call)
{
    return pyro_call_first(&client->confirming) == call;
}

/* --- waiting --- */

static void pending_on_expired(struct pyro_completion *done)
{
    struct pyro_call *call = PYRO_CONTAINER(done, struct pyro_call, expired);
    struct pyro_client *client = call->client;
    struct pyro_error why, others;
    char place[PYRO_PLACE_SIZE], method[PYRO_SHOWN_METHOD];
    if (client->state == CLIENT_READY) {
        pyro_call_show_method(call, method);
        pyro_error_set(&why, PYRO_ETIMEOUT, "receiving: timeout: %s() did not answer within %g s",
                       method, call->timeout);
    } else {
        pyro_uri_place(&client->uri, place);
        pyro_error_set(&why, PYRO_ETIMEOUT, "cannot connect to %s: timed out after %g s", place,
                       call->timeout);
    }
    pyro_error_set(&others, PYRO_ECLOSED, "connection closed: another call on it timed out");
    pyro_call_finish(call, &why);
    pyro_client_end(client, &others);
}

static bool start_timer(struct pyro_call *call, struct pyro_loop *loop, double timeout)
{
    if (!call->timer) {
        pyro_completion_init(&call->expired, pending_on_expired);
        call->timer = pyro_timer_new(loop, &call->expired);
    }
    if (call->timer)
        pyro_timer_start(call->timer, timeout);
    return call->timer != NULL;
}

/* Returns whether a call was sent after the last that waits for a reply. */
static inline bool follows_last(const struct pyro_list *pending, const struct pyro_call *call)
{
    const struct pyro_call *last = PYRO_CONTAINER(pending->previous, struct pyro_call, node);
    return pyro_list_empty(pending) || (uint16_t)(call->seq - last->seq) < UINT16_MAX / 2;
}

enum pyro_code pyro_call_wait(struct pyro_call *call, struct pyro_client *client,
                              struct pyro_list *list, double timeout, struct pyro_error *err)
{
    PYRO_ASSERT(!call->client);
    PYRO_ASSERT(list != &client->pending || follows_last(list, call));
    call->error.code = PYRO_OK;
    call->runtime = client->runtime;
    pyro_completion_init(&call->finished, pending_on_finished);
    if (timeout > 0 && !start_timer(call, client->runtime->loop, timeout))
        return pyro_error_memory(err);
    call->timeout = timeout;
    call->since = pyro_loop_now(client->runtime->loop);
    call->client = client;
    pyro_list_push(list, &call->node);
    return PYRO_OK;
}

void pyro_call_show_method(const struct pyro_call *call, char out[PYRO_SHOWN_METHOD])
{
    pyro_escape(out, PYRO_SHOWN_METHOD, pyro_slice(call->method, call->method_length));
}

void pyro_call_renew_all(struct pyro_list *list)
{
    for (struct pyro_list *node = list->next; node != list; node = node->next) {
        struct pyro_call *call = PYRO_CONTAINER(node, struct pyro_call, node);
        if (call->timeout > 0)
            pyro_timer_start(call->timer, call->timeout);
    }
}

void pyro_call_end(struct pyro_call *call)
{
    struct pyro_client *client = call->client;
    if (client) {
        struct pyro_error why;
        bool missed = (client->state == CLIENT_READY && call->seq != 0) ||
                      pyro_client_must_confirm(client, call);
        pyro_call_detach(call);
        if (client->state == CLIENT_RESOLVING && pyro_list_empty(&client->binding))
            pyro_client_close_stream(client); /* nobody wants to know any more */
        if (missed) {
            pyro_error_set(&why, PYRO_ECLOSED, "connection closed: a call on it was abandoned");
            pyro_client_end(client, &why);
        }
    }
    if (call->finished.run)
        pyro_completion_cancel(&call->finished);
    pyro_reading_free(&call->held);
    pyro_message_release(&call->reply);
}

void pyro_call_forget(struct pyro_call *call)
{
    struct pyro_call *placeholder = NULL;
    if (call->client && call->client->state == CLIENT_READY && call->seq != 0)
        placeholder = new_placeholder(call);
    if (placeholder) {
        pyro_list_push(&call->node, &placeholder->node); /* before it: replies come in order */
        pyro_call_detach(call);
    }
    pyro_call_end(call);
}

void pyro_call_free(struct pyro_call *call)
{
    pyro_call_end(call);
    pyro_timer_free(call->timer);
    call->timer = NULL;
}

bool pyro_call_raised(const struct pyro_call *call)
{
    return (call->reply.header.flags & PYRO_FLAG_EXCEPTION) != 0;
}

enum pyro_code pyro_call_read(struct pyro_call *call, struct pyro_sink *to, struct pyro_error *err)
{
    return pyro_message_read(&call->reply, call->runtime, &call->held, to, err);
}
