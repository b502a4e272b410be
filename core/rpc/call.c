#include "rpc/call.h"

#include <string.h>

#include "base/assert.h"
#include "rpc/client_output.h"

/* Returns whether a call waits here that has led to a nested one with that correlation id. */
static bool awaits_chain(const struct pyro_client *client, const struct pyro_call_head *head)
{
    for (struct pyro_list *node = client->pending.next; node != &client->pending;
         node = node->next) {
        const struct pyro_call *call = PYRO_CONTAINER(node, struct pyro_call, node);
        if (call->correlated && call->number <= head->awaited &&
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
    if (head->awaited > 0 && head->correlated && awaits_chain(client, head))
        return pyro_error_set(err, PYRO_ERUNTIME,
                              "%.*s() would wait for ever: this proxy waits for a call that waits "
                              "for it; use another proxy",
                              (int)head->method.length, head->method.data);
    if (!head->correlated && client->runtime->daemons > 0)
        header.correlated = pyro_runtime_identify(client->runtime, header.correlation);
    return pyro_client_begin_message(client, &header, head->annotations, head->annotation_count,
                                     err);
}

/* Returns the codec of a call. A blob is not typed: whoever passes it on can change nothing of it.
 */
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

/* Returns the next sequence number. 0 is left out: it marks a call that waits for no reply. */
static uint16_t next_seq(struct pyro_client *client)
{
    client->seq = (uint16_t)(client->seq + 1);
    if (client->seq == 0)
        client->seq = 1;
    return client->seq;
}

/* For the error, should its time be over, and for who looks at pending calls. */
static void note_method(struct pyro_call *call, struct pyro_slice method)
{
    size_t length = method.length < sizeof(call->method) ? method.length : sizeof(call->method);
    memcpy(call->method, method.data, length);
    call->method_length = (unsigned)length;
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
    client->runtime->counters.made++;
    if (!call) {
        pyro_stream_hurry(client->stream);
        return PYRO_OK;
    }
    call->number = client->runtime->counters.made;
    call->seq = header->seq;
    call->correlated = header->correlated;
    memcpy(call->correlation, header->correlation, sizeof(call->correlation));
    note_method(call, client->method);
    code = pyro_call_wait(call, client, &client->pending, timeout, err);
    if (code != PYRO_OK)
        pyro_message_abort(&client->draft); /* nothing of it has left yet */
    return code;
}

enum pyro_code pyro_client_send(struct pyro_client *client, struct pyro_call *call, double timeout,
                                struct pyro_error *err)
{
    PYRO_ASSERT(client->state == CLIENT_READY);
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
    pyro_client_abort_message(client);
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
