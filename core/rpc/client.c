/* The client's state machine: resolving, connecting, the handshake, and what comes in.
 *
 * States are those of enum pyro_client_state. Where protocol or serializer turn out to be wrong,
 * the client dials again, and who waits goes on waiting. Functions of the stream run as completions
 * (but for space and filled, which only record) and post those of pending calls: none of these runs
 * from within. */
#include "rpc/client.h"

#include <stdio.h>

#include "base/assert.h"
#include "base/memory.h"
#include "net/adopt.h"
#include "net/connect.h"
#include "rpc/client_encryption.h"
#include "rpc/client_handshake.h"
#include "rpc/client_key.h"
#include "rpc/members.h"
#include "rpc/wirelog.h"

/* --- connecting --- */

static const struct pyro_stream_ops stream_ops;

static void use_stream(struct pyro_client *client, struct pyro_stream *stream)
{
    const struct pyro_config *config = &client->runtime->config;
    client->stream = stream;
    client->heard = false;
    client->rejected = false;
    client->lost = false;
    client->input.protocol = NULL; /* the answer may be in another one than ours */
    pyro_stream_high_water(stream, (size_t)config->MAX_PENDING);
    pyro_stream_nodelay(stream, config->SOCK_NODELAY);
}

/* Starts an attempt to connect, with the dialect as it is. */
static enum pyro_code dial(struct pyro_client *client, struct pyro_error *err)
{
    int ip_version = (int)client->runtime->config.PREFER_IP_VERSION;
    struct pyro_stream *stream = pyro_stream_connect(client->runtime->loop, &client->uri,
                                                     ip_version, &stream_ops, client, err);
    if (!stream)
        return err->code;
    if (client->tls &&
        pyro_tls_start(stream, client->tls, client->uri.host, client->uri.port, err) != PYRO_OK) {
        pyro_stream_close(stream);
        return err->code;
    }
    use_stream(client, stream);
    client->state = CLIENT_CONNECTING;
    return PYRO_OK;
}

/* Connects anew, as the dialect was changed, while who waits goes on waiting. */
static void dial_again(struct pyro_client *client)
{
    struct pyro_error err = {.code = PYRO_OK};
    pyro_client_close_stream(client);
    if (dial(client, &err) != PYRO_OK) {
        client->state = CLIENT_CONNECTING; /* else there is nothing to end */
        pyro_client_end(client, &err);
    }
}

/* The search ends with a direct URI, or an error. Timeouts of those who wait begin: until now, each
 * step of the search had its own. */
static void client_on_found(void *owner, const struct pyro_found *found)
{
    struct pyro_client *client = owner;
    struct pyro_error err = {.code = PYRO_OK};
    PYRO_ASSERT(client->state == CLIENT_RESOLVING && client->search);
    PYRO_ASSERT(!found->uri == (found->error != NULL));
    client->search = NULL;
    if (found->error) {
        pyro_client_end(client, found->error);
        return;
    }
    pyro_uri_free(&client->uri);
    client->uri = *found->uri;
    if (pyro_client_check_found(client, &client->uri, &err) != PYRO_OK) {
        pyro_client_end(client, &err);
        return;
    }
    pyro_call_renew_all(&client->binding);
    dial_again(client);
}

static enum pyro_code resolve(struct pyro_client *client, double timeout, struct pyro_error *err)
{
    struct pyro_runtime *runtime = client->runtime;
    PYRO_ASSERT(runtime->resolve);
    client->search = runtime->resolve(runtime, &client->name, timeout, client->key, client_on_found,
                                      client, err);
    if (!client->search)
        return err->code;
    client->state = CLIENT_RESOLVING;
    return PYRO_OK;
}

static void be_ready(struct pyro_client *client)
{
    PYRO_ASSERT(client->stream && client->state != CLIENT_READY);
    PYRO_ASSERT(pyro_list_empty(&client->pending));
    client->state = CLIENT_READY;
    client->runtime->counters.connects++;
    pyro_call_finish_all(&client->binding, NULL);
}

/* Asks on an adopted connection for the metadata, where they are wanted and not known, or show that
 * the server has the key. */
static enum pyro_code inquire(struct pyro_client *client, struct pyro_error *err)
{
    bool known = pyro_client_has_metadata(client) && !pyro_client_signs_with(client);
    if (!pyro_client_wants_metadata(client) || known) {
        client->state = CLIENT_READY;
        return PYRO_OK;
    }
    enum pyro_code code = pyro_client_request_metadata(client, err);
    if (code == PYRO_OK)
        client->state = CLIENT_METADATA;
    return code;
}

/* Tells the first who waits what the server said, which has accepted. */
static void accepted(struct pyro_client *client, struct pyro_message *answer)
{
    struct pyro_error err;
    client->dialect.typed = pyro_message_says_typed(answer);
    struct pyro_call *first = pyro_call_first(&client->binding);
    if (first)
        pyro_message_move(&first->reply, answer);
    if (!client->terms.confirm) {
        be_ready(client);
    } else if (first) {
        client->state = CLIENT_ACCEPTED;
        pyro_call_finish(first, NULL);
        first->client = client;
        pyro_list_push(&client->confirming, &first->node);
    } else {
        pyro_error_set(&err, PYRO_ECLOSED, "connection closed: nobody waits for it");
        pyro_client_end(client, &err);
    }
}

/* --- receiving --- */

static void fail(struct pyro_client *client, const struct pyro_error *why)
{
    pyro_log_write(&client->runtime->log, PYRO_INFO, "proxy", "%s", why->message);
    pyro_client_end(client, why);
}

static void take_handshake(struct pyro_client *client, struct pyro_message *message)
{
    struct pyro_error err = {.code = PYRO_OK};
    if (pyro_client_read_handshake(client, message, &err) == PYRO_OK)
        accepted(client, message);
    else if (pyro_dialect_refused(&client->dialect, message, &err))
        dial_again(client);
    else
        fail(client, &err);
}

static void take_description(struct pyro_client *client, struct pyro_message *message)
{
    struct pyro_error err = {.code = PYRO_OK};
    if (pyro_client_read_metadata(client, message, &err) == PYRO_OK) {
        client->dialect.typed = pyro_message_says_typed(message);
        be_ready(client);
    } else if (!pyro_dialect_refused(&client->dialect, message, &err) ||
               inquire(client, &err) != PYRO_OK) {
        fail(client, &err);
    }
}

static void take_reply(struct pyro_client *client, struct pyro_message *message)
{
    struct pyro_error err;
    pyro_error_clear(&err);
    struct pyro_call *call = pyro_call_first(&client->pending);
    if (message->header.type != PYRO_RESULT)
        pyro_error_set(&err, PYRO_EPROTOCOL, "invalid msg type %d received",
                       (int)message->header.type);
    else if (!call)
        pyro_error_set(&err, PYRO_EPROTOCOL, "a reply came that nobody waits for");
    else if (message->header.seq != call->seq)
        pyro_error_set(&err, PYRO_EPROTOCOL,
                       "invoke: reply sequence out of sync, got %d expected %d",
                       (int)message->header.seq, (int)call->seq);
    if (err.code != PYRO_OK) {
        fail(client, &err);
        return;
    }
    pyro_message_move(&call->reply, message);
    client->runtime->counters.raised += pyro_call_raised(call);
    pyro_call_finish(call, NULL);
}

static void take(struct pyro_client *client, struct pyro_message *message)
{
    struct pyro_error err;
    if ((message->has_hmac || pyro_client_signs_with(client)) &&
        pyro_client_verify(client, message, &err) != PYRO_OK) {
        fail(client, &err);
        return;
    }
    pyro_wirelog_received(client->runtime, "proxy", pyro_stream_peer(client->stream), message);
    if (client->state == CLIENT_HANDSHAKE)
        take_handshake(client, message);
    else if (client->state == CLIENT_METADATA)
        take_description(client, message);
    else
        take_reply(client, message);
}

/* Ends a connection on which something else came than messages. */
static void refuse_input(struct pyro_client *client, struct pyro_error *why)
{
    char text[PYRO_ERROR_SIZE], place[PYRO_PLACE_SIZE];
    if (client->state == CLIENT_HANDSHAKE) {
        client->rejected = true;
        snprintf(text, sizeof(text), "%s", why->message);
        pyro_uri_place(&client->uri, place);
        pyro_error_set(why, why->code, "cannot connect to %s: %s", place, text);
    }
    fail(client, why);
}

static void client_on_input(void *owner)
{
    struct pyro_client *client = owner;
    struct pyro_stream *stream = client->stream;
    client->input.limit = (size_t)client->runtime->config.MAX_MESSAGE_SIZE;
    struct pyro_message message = {.chunk = NULL};
    while (client->stream == stream) { /* what comes in may end it */
        struct pyro_error err;
        bool ready = false;
        pyro_error_clear(&err);
        if (pyro_input_next(&client->input, &message, &ready, &err) != PYRO_OK)
            refuse_input(client, &err);
        else if (!ready)
            return;
        else
            take(client, &message);
        pyro_message_release(&message);
    }
}

static void client_on_space(void *owner, char **at, size_t *size)
{
    pyro_input_space(&((struct pyro_client *)owner)->input, at, size);
}

static bool client_on_filled(void *owner, size_t size)
{
    ((struct pyro_client *)owner)->heard = true;
    pyro_input_filled(&((struct pyro_client *)owner)->input, size);
    return true;
}

static void client_on_drained(void *owner)
{
    pyro_call_finish_all(&((struct pyro_client *)owner)->draining, NULL);
}

/* Ends a connection that the server closed as soon as it had the handshake. */
static void end_unanswered(struct pyro_client *client, const struct pyro_error *why)
{
    struct pyro_error err;
    char place[PYRO_PLACE_SIZE];
    pyro_uri_place(&client->uri, place);
    pyro_error_set(
        &err, why->code, "%s: %s did not answer the handshake; perhaps it %s, or is no Pyro server",
        why->message, place,
        client->tls ? "wants a client's certificate (SSL_CLIENTCERT)" : "speaks TLS (set SSL)");
    pyro_client_end(client, &err);
}

/* Ends a connection that the server closed. */
static void be_left(struct pyro_client *client, const struct pyro_error *why)
{
    client->lost = client->state == CLIENT_READY && !pyro_call_first(&client->pending);
    pyro_client_end(client, why);
}

static void client_on_ended(void *owner, const struct pyro_error *why)
{
    struct pyro_client *client = owner;
    bool unanswered =
        client->state == CLIENT_HANDSHAKE && !client->heard && why->code == PYRO_ECLOSED;
    client->rejected = pyro_tls_failed(client->stream);
    if (unanswered && pyro_dialect_ignored(&client->dialect))
        dial_again(client);
    else if (unanswered)
        end_unanswered(client, why);
    else
        be_left(client, why);
}

static void client_on_connected(void *owner)
{
    struct pyro_client *client = owner;
    struct pyro_error err = {.code = PYRO_OK};
    pyro_call_renew_all(&client->binding); /* as Pyro's, the handshake has a timeout of its own */
    if (pyro_client_send_handshake(client, &err) == PYRO_OK)
        client->state = CLIENT_HANDSHAKE;
    else
        pyro_client_end(client, &err);
}

static const struct pyro_stream_ops stream_ops = {
    .space = client_on_space,
    .filled = client_on_filled,
    .input = client_on_input,
    .connected = client_on_connected,
    .drained = client_on_drained,
    .ended = client_on_ended,
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
    client->input.pool = &runtime->chunks;
    pyro_list_init(&client->binding);
    pyro_list_init(&client->confirming);
    pyro_list_init(&client->pending);
    pyro_list_init(&client->draining);
    pyro_list_push(&runtime->all_clients, &client->node);
    bool direct = uri->protocol == PYRO_URI_PYRO;
    if (pyro_uri_copy(&client->uri, uri, err) != PYRO_OK ||
        (!direct && pyro_uri_copy(&client->name, uri, err) != PYRO_OK)) {
        pyro_client_free(client);
        return NULL;
    }
    return client;
}

void pyro_client_disconnect(struct pyro_client *client)
{
    struct pyro_error why;
    pyro_error_set(&why, PYRO_ECLOSED, "connection released");
    pyro_client_end(client, &why);
    client->lost = false;
}

/* Heeds an exception that a call raised. A server of ours, which shows as it reads typed msgpack,
 * goes on after a CommunicationError. */
void pyro_client_raised(struct pyro_client *client, const char *class_name)
{
    struct pyro_error why;
    bool ends = strcmp(class_name, pyro_error_class(PYRO_ESECURITY)) == 0 ||
                (!client->dialect.typed && pyro_error_is_communication(class_name));
    if (!ends || client->adopted || client->state != CLIENT_READY)
        return;
    pyro_error_set(&why, PYRO_ECLOSED, "connection closed: another call on it ended in a %s",
                   class_name);
    pyro_client_end(client, &why);
}

void pyro_client_free(struct pyro_client *client)
{
    if (!client)
        return;
    pyro_client_disconnect(client);
    PYRO_ASSERT(client->state == CLIENT_IDLE && !client->stream && !client->search);
    PYRO_ASSERT(pyro_list_empty(&client->binding) && pyro_list_empty(&client->confirming));
    PYRO_ASSERT(pyro_list_empty(&client->pending) && pyro_list_empty(&client->draining));
    pyro_list_remove(&client->node);
    pyro_client_forget_encryption(client);
    pyro_map_free(&client->members);
    pyro_uri_free(&client->name);
    pyro_uri_free(&client->uri);
    pyro_hmac_key_release(client->key);
    pyro_free(client);
}

const struct pyro_uri *pyro_client_uri(const struct pyro_client *client)
{
    return &client->uri;
}

void pyro_client_keep_uri(struct pyro_client *client)
{
    PYRO_ASSERT(client->uri.protocol == PYRO_URI_PYRO);
    pyro_uri_free(&client->name);
}

enum pyro_code pyro_client_set_serializer(struct pyro_client *client,
                                          enum pyro_serializer serializer, struct pyro_error *err)
{
    if (client->state == CLIENT_READY &&
        pyro_dialect_check(&client->dialect, serializer, err) != PYRO_OK)
        return err->code;
    client->dialect.serializer = serializer;
    client->dialect.chosen = true;
    return PYRO_OK;
}

const struct pyro_protocol *pyro_client_protocol(const struct pyro_client *client)
{
    return client->dialect.protocol;
}

bool pyro_client_idle(const struct pyro_client *client)
{
    return client->state == CLIENT_IDLE;
}

bool pyro_client_rejected(const struct pyro_client *client)
{
    return client->rejected;
}

bool pyro_client_connected(const struct pyro_client *client)
{
    return client->state == CLIENT_READY;
}

struct pyro_certificate *pyro_client_certificate(const struct pyro_client *client)
{
    return client->stream ? pyro_tls_certificate(client->stream) : NULL;
}

bool pyro_client_lost(struct pyro_client *client, struct pyro_error *err)
{
    bool lost = client->lost;
    client->lost = false;
    if (lost)
        pyro_error_set(err, PYRO_ECLOSED, "connection closed by peer");
    return lost;
}

static enum pyro_code begin_binding(struct pyro_client *client,
                                    const struct pyro_connect_options *terms, double timeout,
                                    struct pyro_error *err)
{
    client->terms = terms ? *terms : (struct pyro_connect_options){.version = 0};
    if (client->state == CLIENT_IDLE && client->adopted)
        return pyro_error_set(err, PYRO_ECLOSED, "the connected socket has been closed");
    enum pyro_code code =
        pyro_dialect_begin(&client->dialect, &client->terms, &client->runtime->config,
                           pyro_client_signs_with(client) != NULL, err);
    if (code != PYRO_OK)
        return code;
    if (client->state == CLIENT_ADOPTED)
        return inquire(client, err);
    code = pyro_client_choose_encryption(client, err);
    if (code != PYRO_OK)
        return code;
    return client->name.object ? resolve(client, timeout, err) : dial(client, err);
}

enum pyro_code pyro_client_connect(struct pyro_client *client,
                                   const struct pyro_connect_options *terms, struct pyro_call *call,
                                   double timeout, bool *ready, struct pyro_error *err)
{
    if (client->state == CLIENT_IDLE || client->state == CLIENT_ADOPTED) {
        enum pyro_code code = begin_binding(client, terms, timeout, err);
        if (code != PYRO_OK)
            return code;
    }
    *ready = client->state == CLIENT_READY;
    if (*ready)
        return PYRO_OK;
    call->seq = 0;
    enum pyro_code code = pyro_call_wait(call, client, &client->binding, timeout, err);
    if (code == PYRO_OK && client->state == CLIENT_RESOLVING && call->timer)
        pyro_timer_stop(call->timer); /* see client_on_found() */
    return code;
}

enum pyro_code pyro_client_confirm(struct pyro_client *client, struct pyro_call *call,
                                   struct pyro_error *err)
{
    if (!pyro_client_must_confirm(client, call))
        return pyro_error_set(err, PYRO_ECLOSED, "connection closed amidst its handshake");
    pyro_call_detach(call);
    be_ready(client);
    return PYRO_OK;
}

enum pyro_code pyro_client_adopt(struct pyro_client *client, int descriptor,
                                 const struct pyro_encryption *encryption, struct pyro_error *err)
{
    if (pyro_encryption_check_socket(client->runtime, encryption, descriptor, err) != PYRO_OK)
        return err->code;
    struct pyro_stream *stream = pyro_stream_adopt(client->runtime->loop, descriptor, err);
    if (!stream)
        return err->code;
    use_stream(client, stream);
    pyro_stream_start(stream, &stream_ops, client);
    client->adopted = true;
    client->state = CLIENT_ADOPTED;
    return PYRO_OK;
}
