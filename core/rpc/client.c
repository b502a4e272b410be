#include "rpc/client.h"

#include <stdio.h>

#include "base/memory.h"
#include "net/stream.h"
#include "rpc/introduction.h"

enum client_state { CLIENT_IDLE, CLIENT_CONNECTING, CLIENT_HANDSHAKE, CLIENT_READY };

struct pyro_client {
    struct pyro_runtime *runtime;
    struct pyro_uri uri;
    enum client_state state;
    struct pyro_stream *stream;
    struct pyro_input input;
    const struct pyro_protocol *protocol;
    const struct pyro_codec *codec;
    struct pyro_list binding;  /* calls that wait for the connection */
    struct pyro_list pending;  /* calls that wait for replies, in order */
    struct pyro_list draining; /* calls that wait for output to leave */
    uint16_t seq;
    struct pyro_map members; /* name -> bits of enum pyro_member */
    struct pyro_writer writer;
    struct pyro_draft draft; /* the call that is being written */
};

/* --- calls --- */

static void stop_waiting(struct pyro_call *call)
{
    pyro_list_remove(&call->node);
    call->client = NULL;
    pyro_timer_free(call->timer);
    call->timer = NULL;
}

static void on_finished(struct pyro_done *done)
{
    struct pyro_call *call = PYRO_CONTAINER(done, struct pyro_call, finished);
    call->done(call);
}

static void finish(struct pyro_client *client, struct pyro_call *call, const struct pyro_error *why)
{
    stop_waiting(call);
    if (why)
        call->error = *why;
    pyro_loop_post(client->runtime->loop, &call->finished);
}

static void finish_all(struct pyro_client *client, struct pyro_list *waiting,
                       const struct pyro_error *why)
{
    while (!pyro_list_empty(waiting))
        finish(client, PYRO_CONTAINER(waiting->next, struct pyro_call, node), why);
}

/* The connection is over: whoever waits learns why. */
static void disconnect(struct pyro_client *client, const struct pyro_error *why)
{
    if (client->state == CLIENT_IDLE)
        return;
    struct pyro_error reason = *why; /* may lie in what is freed below */
    client->state = CLIENT_IDLE;
    pyro_stream_close(client->stream);
    client->stream = NULL;
    pyro_input_free(&client->input);
    finish_all(client, &client->binding, &reason);
    finish_all(client, &client->pending, &reason);
    finish_all(client, &client->draining, &reason);
}

static void on_expired(struct pyro_done *done)
{
    struct pyro_call *call = PYRO_CONTAINER(done, struct pyro_call, expired);
    struct pyro_client *client = call->client;
    struct pyro_error why, others;
    if (client->state == CLIENT_READY)
        pyro_error_set(&why, PYRO_ETIMEOUT, "receiving: timeout");
    else
        pyro_error_set(&why, PYRO_ETIMEOUT, "cannot connect to ('%s', %d): timed out",
                       client->uri.sockname ? client->uri.sockname : client->uri.host,
                       (int)client->uri.port);
    pyro_error_set(&others, PYRO_ECLOSED, "connection closed: another call on it timed out");
    finish(client, call, &why);
    disconnect(client, &others);
}

static enum pyro_code wait_in(struct pyro_client *client, struct pyro_list *list,
                              struct pyro_call *call, double timeout, struct pyro_error *err)
{
    call->error.code = PYRO_OK;
    call->timer = NULL;
    pyro_done_init(&call->finished, on_finished);
    if (timeout > 0) {
        pyro_done_init(&call->expired, on_expired);
        call->timer = pyro_timer_new(client->runtime->loop, &call->expired);
        if (!call->timer)
            return pyro_error_memory(err);
        pyro_timer_start(call->timer, timeout);
    }
    call->client = client;
    pyro_list_push(list, &call->node);
    return PYRO_OK;
}

void pyro_call_free(struct pyro_call *call)
{
    struct pyro_client *client = call->client;
    if (client) {
        struct pyro_error why;
        bool outstanding = client->state == CLIENT_READY && call->seq != 0;
        stop_waiting(call);
        if (outstanding) {
            pyro_error_set(&why, PYRO_ECLOSED, "connection closed: a call on it was abandoned");
            disconnect(client, &why);
        }
    }
    if (call->finished.run)
        pyro_done_cancel(&call->finished);
    pyro_reading_free(&call->held);
    pyro_message_release(&call->reply);
}

bool pyro_call_raised(const struct pyro_call *call)
{
    return (call->reply.header.flags & PYRO_FLAG_EXCEPTION) != 0;
}

enum pyro_code pyro_call_read(struct pyro_call *call, struct pyro_sink *to, struct pyro_error *err)
{
    const struct pyro_header *header = &call->reply.header;
    const struct pyro_codec *codec = pyro_codec_find(header->serializer);
    if (!codec)
        return pyro_error_set(err, PYRO_ESERIALIZE, "invalid serializer in response: %u",
                              header->serializer_id);
    return codec->read(call->reply.data, &call->held, to, err);
}

/* --- receiving --- */

static void be_ready(struct pyro_client *client)
{
    client->state = CLIENT_READY;
    finish_all(client, &client->binding, NULL);
}

static enum pyro_code take_reply(struct pyro_client *client, struct pyro_message *message,
                                 struct pyro_error *err)
{
    if (message->header.type != PYRO_RESULT)
        return pyro_error_set(err, PYRO_EPROTOCOL, "invalid msg type %d received",
                              (int)message->header.type);
    if (pyro_list_empty(&client->pending))
        return pyro_error_set(err, PYRO_EPROTOCOL, "a reply came that nobody waits for");
    struct pyro_call *call = PYRO_CONTAINER(client->pending.next, struct pyro_call, node);
    if (message->header.seq != call->seq)
        return pyro_error_set(err, PYRO_EPROTOCOL,
                              "invoke: reply sequence out of sync, got %d expected %d",
                              (int)message->header.seq, (int)call->seq);
    pyro_message_move(&call->reply, message);
    finish(client, call, NULL);
    return PYRO_OK;
}

/* Takes one message, if there is one. False when there is nothing more to do here: no whole
 * message, or the connection is gone. */
static bool take_message(struct pyro_client *client)
{
    struct pyro_message message = {.chunk = NULL};
    struct pyro_error err = {.code = PYRO_OK};
    bool ready = false;
    enum pyro_code code = pyro_input_next(&client->input, &message, &ready, &err);
    if (code == PYRO_OK && !ready)
        return false;
    if (code == PYRO_OK && client->state == CLIENT_HANDSHAKE) {
        code = pyro_read_welcome(&message, &client->uri, client->runtime->config.METADATA,
                                 &client->members, &err);
        if (code == PYRO_OK)
            be_ready(client);
    } else if (code == PYRO_OK) {
        code = take_reply(client, &message, &err);
    }
    pyro_message_release(&message);
    if (code != PYRO_OK) {
        pyro_log_write(&client->runtime->log, PYRO_ERROR, "proxy", "%s", err.message);
        disconnect(client, &err);
    }
    return code == PYRO_OK;
}

static void stream_space(void *owner, char **at, size_t *size)
{
    pyro_input_space(&((struct pyro_client *)owner)->input, at, size);
}

static bool stream_filled(void *owner, size_t size)
{
    pyro_input_filled(&((struct pyro_client *)owner)->input, size);
    return true;
}

static void stream_input(void *owner)
{
    while (take_message(owner)) {
    }
}

static void stream_drained(void *owner)
{
    struct pyro_client *client = owner;
    finish_all(client, &client->draining, NULL);
}

static void stream_ended(void *owner, const struct pyro_error *why)
{
    disconnect(owner, why);
}

static void stream_connected(void *owner)
{
    struct pyro_client *client = owner;
    struct pyro_error err = {.code = PYRO_OK};
    client->state = CLIENT_HANDSHAKE;
    if (pyro_write_introduction(pyro_stream_output(client->stream), client->protocol, client->codec,
                                client->uri.object, client->runtime->config.METADATA,
                                &err) != PYRO_OK)
        disconnect(client, &err);
    else
        pyro_stream_changed(client->stream);
}

static const struct pyro_stream_ops stream_ops = {
    .space = stream_space,
    .filled = stream_filled,
    .input = stream_input,
    .connected = stream_connected,
    .drained = stream_drained,
    .ended = stream_ended,
};

/* --- the client --- */

struct pyro_client *pyro_client_new(struct pyro_runtime *runtime, const struct pyro_uri *uri,
                                    struct pyro_error *err)
{
    struct pyro_client *client = pyro_calloc(1, sizeof(*client));
    if (!client) {
        pyro_error_memory(err);
        return NULL;
    }
    client->runtime = runtime;
    client->protocol = &pyro_protocol_48;
    pyro_list_init(&client->binding);
    pyro_list_init(&client->pending);
    pyro_list_init(&client->draining);
    if (pyro_uri_copy(&client->uri, uri, err) != PYRO_OK) {
        pyro_free(client);
        return NULL;
    }
    return client;
}

void pyro_client_disconnect(struct pyro_client *client)
{
    struct pyro_error why;
    pyro_error_set(&why, PYRO_ECLOSED, "connection released");
    disconnect(client, &why);
}

void pyro_client_free(struct pyro_client *client)
{
    if (!client)
        return;
    pyro_client_disconnect(client);
    pyro_map_free(&client->members);
    pyro_uri_free(&client->uri);
    pyro_free(client);
}

const struct pyro_uri *pyro_client_uri(const struct pyro_client *client)
{
    return &client->uri;
}

const struct pyro_protocol *pyro_client_protocol(const struct pyro_client *client)
{
    return client->protocol;
}

bool pyro_client_connected(const struct pyro_client *client)
{
    return client->state == CLIENT_READY;
}

static enum pyro_code connect_client(struct pyro_client *client, struct pyro_error *err)
{
    const struct pyro_config *config = &client->runtime->config;
    bool automatic = strcmp(config->SERIALIZER, "auto") == 0;
    const char *name = automatic ? "msgpack" : config->SERIALIZER;
    client->codec = pyro_codec_find(pyro_serializer_find(pyro_slice_text(name)));
    if (!client->codec)
        return pyro_error_set(err, PYRO_ESERIALIZE, "serializer '%s' is unknown or not available",
                              config->SERIALIZER);
    client->stream = pyro_stream_connect(client->runtime->loop, &client->uri,
                                         (int)config->PREFER_IP_VERSION, &stream_ops, client, err);
    if (!client->stream)
        return err->code;
    pyro_stream_high_water(client->stream, (size_t)config->MAX_PENDING);
    pyro_stream_nodelay(client->stream, config->SOCK_NODELAY);
    client->input.protocol = client->protocol;
    client->input.limit = (size_t)config->MAX_MESSAGE_SIZE;
    client->state = CLIENT_CONNECTING;
    return PYRO_OK;
}

enum pyro_code pyro_client_bind(struct pyro_client *client, struct pyro_call *call, double timeout,
                                bool *ready, struct pyro_error *err)
{
    enum pyro_code code;
    *ready = client->state == CLIENT_READY;
    if (*ready)
        return PYRO_OK;
    if (client->state == CLIENT_IDLE && (code = connect_client(client, err)) != PYRO_OK)
        return code;
    call->seq = 0;
    return wait_in(client, &client->binding, call, timeout, err);
}

unsigned pyro_client_member(const struct pyro_client *client, struct pyro_slice name)
{
    return (unsigned)(uintptr_t)pyro_map_get(&client->members, name);
}

bool pyro_client_described(const struct pyro_client *client)
{
    return pyro_map_count(&client->members) > 0;
}

bool pyro_client_describe(struct pyro_client *client, struct pyro_slice name, unsigned member)
{
    return pyro_add_member(&client->members, name, member);
}

const struct pyro_map *pyro_client_members(const struct pyro_client *client)
{
    return &client->members;
}

struct pyro_sink *pyro_client_begin(struct pyro_client *client, const char *object,
                                    struct pyro_slice method, struct pyro_error *err)
{
    if (client->state != CLIENT_READY) {
        pyro_error_set(err, PYRO_ECLOSED, "not connected");
        return NULL;
    }
    struct pyro_buffer *out = pyro_stream_output(client->stream);
    struct pyro_header header = {.type = PYRO_INVOKE, .serializer = client->codec->serializer};
    if (pyro_message_begin(&client->draft, out, client->protocol, &header, NULL, 0, err) != PYRO_OK)
        return NULL;
    client->codec->open(&client->writer, out, err);
    if (client->codec->call_begin(&client->writer,
                                  pyro_slice_text(object ? object : client->uri.object),
                                  method) != PYRO_OK) {
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

enum pyro_code pyro_client_send(struct pyro_client *client, struct pyro_call *call, unsigned flags,
                                double timeout, struct pyro_error *err)
{
    const struct pyro_config *config = &client->runtime->config;
    enum pyro_code code = client->codec->call_end(&client->writer);
    if (code != PYRO_OK) {
        pyro_client_abort(client);
        return code;
    }
    client->draft.header.flags = flags | (call ? 0 : PYRO_FLAG_ONEWAY);
    client->draft.header.seq = next_seq(client);
    code = pyro_message_end(&client->draft, (size_t)config->MAX_MESSAGE_SIZE, false, err);
    if (code != PYRO_OK)
        return code;
    if (call) {
        call->seq = client->draft.header.seq;
        code = wait_in(client, &client->pending, call, timeout, err);
        if (code != PYRO_OK) {
            pyro_client_abort(client);
            return code;
        }
    }
    pyro_stream_changed(client->stream);
    return PYRO_OK;
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
    wait_in(client, &client->draining, call, 0, &call->error);
}
