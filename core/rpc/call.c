#include <stdio.h>

#include "base/escape.h"
#include "base/memory.h"
#include "rpc/client_state.h"
#include "rpc/reading.h"
#include "rpc/wirelog.h"

/* --- waiting --- */

void pyro_call_detach(struct pyro_call *call)
{
    pyro_list_remove(&call->node);
    call->client = NULL;
    if (call->timer)
        pyro_timer_stop(call->timer);
}

static void on_finished(struct pyro_completion *done)
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
    }
    return placeholder;
}

static void free_placeholder(struct pyro_call *placeholder)
{
    pyro_message_release(&placeholder->reply);
    pyro_free(placeholder);
}

void pyro_call_finish(struct pyro_call *call, const struct pyro_error *why)
{
    struct pyro_loop *loop = call->client->runtime->loop;
    pyro_call_detach(call);
    if (why)
        call->error = *why;
    if (call->done)
        pyro_loop_post(loop, &call->finished);
    else
        free_placeholder(call);
}

struct pyro_call *pyro_call_first(const struct pyro_list *list)
{
    return pyro_list_empty(list) ? NULL : PYRO_CONTAINER(list->next, struct pyro_call, node);
}

void pyro_call_finish_all(struct pyro_list *list, const struct pyro_error *why)
{
    struct pyro_call *call;
    while ((call = pyro_call_first(list)) != NULL)
        pyro_call_finish(call, why);
}

static void on_expired(struct pyro_completion *done)
{
    struct pyro_call *call = PYRO_CONTAINER(done, struct pyro_call, expired);
    struct pyro_client *client = call->client;
    struct pyro_error why, others;
    char place[PYRO_PLACE_SIZE];
    if (client->state == CLIENT_READY) {
        pyro_error_set(&why, PYRO_ETIMEOUT, "receiving: timeout: %s() did not answer within %g s",
                       call->method, call->timeout);
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
        pyro_completion_init(&call->expired, on_expired);
        call->timer = pyro_timer_new(loop, &call->expired);
    }
    if (call->timer)
        pyro_timer_start(call->timer, timeout);
    return call->timer != NULL;
}

enum pyro_code pyro_call_wait(struct pyro_call *call, struct pyro_client *client,
                              struct pyro_list *list, double timeout, struct pyro_error *err)
{
    call->error.code = PYRO_OK;
    call->runtime = client->runtime;
    pyro_completion_init(&call->finished, on_finished);
    if (timeout > 0 && !start_timer(call, client->runtime->loop, timeout))
        return pyro_error_memory(err);
    call->timeout = timeout;
    call->client = client;
    pyro_list_push(list, &call->node);
    return PYRO_OK;
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

/* --- calling --- */

/* Whether a call waits here that has led to a nested one with that id. */
static bool awaits_chain(const struct pyro_client *client, const struct pyro_call_head *head)
{
    for (struct pyro_list *node = client->pending.next; node != &client->pending;
         node = node->next) {
        const struct pyro_call *call = PYRO_CONTAINER(node, struct pyro_call, node);
        if (call->correlated &&
            memcmp(call->correlation, head->correlation, PYRO_CORRELATION_SIZE) == 0)
            return true;
    }
    return false;
}

static enum pyro_code begin_message(struct pyro_client *client, const struct pyro_call_head *head,
                                    enum pyro_serializer serializer, struct pyro_error *err)
{
    struct pyro_header header = {.type = PYRO_INVOKE,
                                 .flags = head->flags,
                                 .serializer = serializer,
                                 .correlated = head->correlated};
    memcpy(header.correlation, head->correlation, sizeof(header.correlation));
    client->method = head->method;
    if (client->state != CLIENT_READY)
        return pyro_error_set(err, PYRO_ECLOSED, "not connected");
    if (head->nested && head->correlated && awaits_chain(client, head))
        return pyro_error_set(err, PYRO_ERUNTIME,
                              "%.*s() would wait for ever: this proxy waits for a call that waits "
                              "for it; use another proxy",
                              (int)head->method.length, head->method.data);
    if (!head->correlated && client->runtime->daemons > 0)
        header.correlated = pyro_runtime_identify(client->runtime, header.correlation);
    return pyro_message_begin(&client->draft, pyro_stream_output(client->stream),
                              client->dialect.protocol, &header, head->annotations,
                              head->annotation_count, err);
}

/* Whoever passes a blob on can change nothing of it, so it is not typed. */
static const struct pyro_codec *find_codec(const struct pyro_client *client, unsigned flags)
{
    return flags & PYRO_FLAG_BLOB ? pyro_dialect_plain_codec(&client->dialect, client->runtime)
                                  : pyro_client_codec(client);
}

struct pyro_sink *pyro_client_begin(struct pyro_client *client, const struct pyro_call_head *head,
                                    struct pyro_error *err)
{
    const struct pyro_codec *codec = find_codec(client, head->flags);
    const struct pyro_config *config = &client->runtime->config;
    struct pyro_slice object = pyro_slice_text(head->object ? head->object : client->uri.object);
    if (!codec)
        pyro_error_set(err, PYRO_ECLOSED, "not connected");
    if (!codec || begin_message(client, head, pyro_dialect_serializer(&client->dialect, codec),
                                err) != PYRO_OK)
        return NULL;
    pyro_message_limit(&client->draft, (size_t)config->MAX_MESSAGE_SIZE, config->COMPRESSION);
    client->writing = codec;
    codec->open(&client->writer, client->draft.out, err);
    if (codec->call_begin(&client->writer, object, head->method) != PYRO_OK) {
        pyro_client_abort(client);
        return NULL;
    }
    return &client->writer.sink;
}

/* The next sequence number. 0 is left out: it marks a call that waits for no reply. */
static uint16_t next_seq(struct pyro_client *client)
{
    client->seq = (uint16_t)(client->seq + 1);
    if (client->seq == 0)
        client->seq = 1;
    return client->seq;
}

enum pyro_code pyro_client_end_message(struct pyro_client *client, size_t limit, bool compress,
                                       struct pyro_error *err)
{
    enum pyro_code code = pyro_message_end(&client->draft, limit, compress, err);
    if (code != PYRO_OK)
        return code;
    pyro_wirelog_sending(client->runtime, "proxy", pyro_stream_peer(client->stream),
                         &client->draft);
    pyro_stream_changed(client->stream);
    return PYRO_OK;
}

/* For the error, should its time be over. */
static void note_method(struct pyro_call *call, struct pyro_slice method)
{
    pyro_escape(call->method, sizeof(call->method), method);
}

static enum pyro_code end_message(struct pyro_client *client, struct pyro_call *call,
                                  double timeout, struct pyro_error *err)
{
    const struct pyro_config *config = &client->runtime->config;
    struct pyro_header *header = &client->draft.header;
    header->flags |= call ? 0 : PYRO_FLAG_ONEWAY;
    header->seq = next_seq(client);
    enum pyro_code code =
        pyro_client_end_message(client, (size_t)config->MAX_MESSAGE_SIZE, config->COMPRESSION, err);
    if (code != PYRO_OK)
        return code;
    if (!call) {
        pyro_stream_hurry(client->stream);
        return PYRO_OK;
    }
    call->seq = header->seq;
    call->correlated = header->correlated;
    memcpy(call->correlation, header->correlation, sizeof(call->correlation));
    if (timeout > 0)
        note_method(call, client->method);
    code = pyro_call_wait(call, client, &client->pending, timeout, err);
    if (code != PYRO_OK)
        pyro_client_abort(client);
    return code;
}

enum pyro_code pyro_client_send(struct pyro_client *client, struct pyro_call *call, double timeout,
                                struct pyro_error *err)
{
    enum pyro_code code = client->writing->call_end(&client->writer);
    if (code == PYRO_OK)
        return end_message(client, call, timeout, err);
    pyro_client_abort(client);
    return code;
}

enum pyro_code pyro_client_send_encoded(struct pyro_client *client,
                                        const struct pyro_call_head *head,
                                        enum pyro_serializer serializer, struct pyro_slice data,
                                        struct pyro_call *call, double timeout,
                                        struct pyro_error *err)
{
    if (client->state == CLIENT_READY &&
        pyro_dialect_check(&client->dialect, serializer, err) != PYRO_OK)
        return err->code;
    enum pyro_code code = begin_message(client, head, serializer, err);
    if (code != PYRO_OK)
        return code;
    if (pyro_buffer_append(client->draft.out, data.data, data.length))
        return end_message(client, call, timeout, err);
    pyro_client_abort(client);
    return pyro_error_memory(err);
}

void pyro_client_abort(struct pyro_client *client)
{
    pyro_message_abort(&client->draft);
}

bool pyro_client_congested(const struct pyro_client *client)
{
    return client->stream &&
           pyro_stream_unsent(client->stream) >= (size_t)client->runtime->config.MAX_PENDING;
}

void pyro_client_drain(struct pyro_client *client, struct pyro_call *call)
{
    call->seq = 0;
    pyro_call_wait(call, client, &client->draining, 0, &call->error);
}
