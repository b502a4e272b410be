/* The daemon's end of a client's connection.
 *
 * A connection is new (its handshake is awaited), ready (it is served), and closed; it never goes
 * back. It is freed when the last reference of it goes, which may be a request's, long after it was
 * closed. Serving a message may do anything, even close the connection or free its daemon. */
#include "rpc/connection.h"
#include "base/serializer.h"

#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "base/memory.h"
#include "rpc/wirelog.h"

/* Bytes of a message that have to come in within MESSAGE_TIMEOUT, or all that are left of it. */
#define FAIR_PART (64 * 1024)
/* Oneway calls of one connection that may run at a time: more wait their turn. */
#define ONEWAY_LIMIT 256
/* Messages of one connection that are taken before others get their turn. */
#define MESSAGES_A_TURN 32
/* A handshake message is short; until it is checked, nobody may send more. */
#define HANDSHAKE_LIMIT (1024 * 1024)

/* Returns whether the client waits for the daemon, not the daemon for the client. */
static bool is_held_up(const struct pyro_connection *connection)
{
    return connection->busy || connection->yielding || connection->oneways >= ONEWAY_LIMIT;
}

static bool is_blocked(const struct pyro_connection *connection)
{
    return is_held_up(connection) || connection->draining ||
           pyro_stream_unsent(connection->stream) >=
               (size_t)connection->runtime->config.MAX_PENDING;
}

static void connection_on_space(void *owner, char **at, size_t *size)
{
    struct pyro_connection *connection = owner;
    pyro_input_space(&connection->input, at, size);
}

static bool connection_on_filled(void *owner, size_t size)
{
    struct pyro_connection *connection = owner;
    pyro_input_filled(&connection->input, size);
    return !is_blocked(connection);
}

static void log_refusal(struct pyro_connection *connection, enum pyro_refusal kind,
                        const char *doing, const struct pyro_error *err)
{
    const struct pyro_log_fields fields = {.client = pyro_slice_text(connection->peer),
                                           .error = pyro_slice_text(pyro_error_class(err->code))};
    pyro_registry_log_refusal(connection->registry, kind, &fields, "%s: %s: %s", doing,
                              pyro_error_class(err->code), err->message);
}

enum pyro_code pyro_connection_begin(struct pyro_connection *connection, struct pyro_draft *draft,
                                     const struct pyro_protocol *protocol,
                                     const struct pyro_header *header,
                                     const struct pyro_annotation *annotations, size_t count,
                                     struct pyro_error *err)
{
    if (connection->stream)
        pyro_registry_annotate(connection->registry, &annotations, &count);
    if (!connection->stream) {
        pyro_error_set(err, PYRO_ECLOSED, "connection closed");
        return PYRO_ECLOSED;
    }
    PYRO_ASSERT(!connection->writing);
    enum pyro_code code = pyro_message_begin(draft, pyro_stream_output(connection->stream),
                                             protocol, header, annotations, count, err);
    struct pyro_hmac_key *key = pyro_registry_key(connection->registry);
    if (code == PYRO_OK && key)
        code = pyro_message_sign(draft, key, err);
    connection->writing = code == PYRO_OK;
    return code;
}

enum pyro_code pyro_connection_end(struct pyro_connection *connection, struct pyro_draft *draft,
                                   size_t limit, bool compress, struct pyro_error *err)
{
    PYRO_ASSERT(connection->writing && connection->stream);
    connection->writing = false;
    enum pyro_code code = pyro_message_end(draft, limit, compress, err);
    if (code != PYRO_OK)
        return code;
    pyro_wirelog_sending(connection->runtime, "daemon", connection->peer, draft);
    pyro_stream_changed(connection->stream);
    return PYRO_OK;
}

void pyro_connection_abort(struct pyro_connection *connection, struct pyro_draft *draft)
{
    PYRO_ASSERT(connection->writing && connection->stream);
    connection->writing = false;
    pyro_message_abort(draft);
}

const struct pyro_codec *pyro_connection_codec(const struct pyro_connection *connection,
                                               enum pyro_serializer serializer)
{
    if (connection->typed && serializer == PYRO_SERIALIZER_MSGPACK)
        return &pyro_codec_msgpack_typed;
    return pyro_runtime_codec(connection->runtime, serializer);
}

bool pyro_connection_note_typed(struct pyro_connection *connection,
                                const struct pyro_message *message)
{
    if (!pyro_message_says_typed(message))
        return false;
    connection->typed = true;
    return pyro_config_accepts(&connection->runtime->config, PYRO_SERIALIZER_MSGPACK);
}

static PYRO_NOINLINE struct pyro_object *look_up(struct pyro_connection *connection,
                                                 struct pyro_slice id)
{
    struct pyro_object *object = pyro_registry_find(connection->registry, id);
    if (!object || id.length > PYRO_REMEMBERED_ID)
        return object;
    connection->object = object;
    connection->removals = connection->registry->removals;
    connection->id_length = id.length;
    memcpy(connection->id, id.data, id.length);
    return object;
}

struct pyro_object *pyro_connection_find(struct pyro_connection *connection, struct pyro_slice id)
{
    if (!pyro_connection_registry(connection))
        return NULL;
    if (connection->object && connection->removals == connection->registry->removals &&
        connection->id_length == id.length && memcmp(connection->id, id.data, id.length) == 0)
        return connection->object;
    return look_up(connection, id);
}

static bool answer_ping(struct pyro_connection *connection, const struct pyro_message *ping,
                        struct pyro_error *err)
{
    struct pyro_header header = ping->header;
    struct pyro_draft draft = {.out = NULL};
    header.flags = 0;
    if (pyro_connection_begin(connection, &draft, ping->protocol, &header, NULL, 0, err) != PYRO_OK)
        return false;
    if (!pyro_buffer_append(draft.out, "pong", 4)) {
        pyro_connection_abort(connection, &draft);
        pyro_error_memory(err);
        return false;
    }
    return pyro_connection_end(connection, &draft, 0, false, err) == PYRO_OK;
}

static bool accept_message(struct pyro_connection *connection, struct pyro_message *message,
                           struct pyro_error *err)
{
    enum pyro_message_type type = message->header.type;
    if (pyro_message_verify(message, pyro_registry_key(connection->registry), err) != PYRO_OK)
        return false;
    connection->identity.keyed = message->has_hmac;
    pyro_wirelog_received(connection->runtime, "daemon", connection->peer, message);
    if (connection->state == CONNECTION_NEW) {
        connection->ops->handshake(connection, message);
        return true;
    }
    if (type == PYRO_INVOKE) {
        connection->ops->request(connection, message);
        return true;
    }
    if (type == PYRO_PING)
        return answer_ping(connection, message, err);
    pyro_error_set(err, PYRO_EPROTOCOL, "invalid msg type %d received", (int)type);
    return false;
}

/* Returns how many seconds a client that is amid a message has for what comes next. Each time that
 * a fair part has come in, it has as many again: a large message may take long, a trickle not. */
static double time_for_message(struct pyro_connection *connection)
{
    const struct pyro_config *config = &connection->runtime->config;
    size_t pending = pyro_input_pending(&connection->input);
    double now = pyro_loop_now(connection->runtime->loop);
    if (connection->expected == 0 || pending >= connection->expected) {
        connection->expected = pending + FAIR_PART;
        connection->deadline = now + config->MESSAGE_TIMEOUT;
    }
    double left = connection->deadline - now;
    return config->COMMTIMEOUT > 0 && config->COMMTIMEOUT < left ? config->COMMTIMEOUT : left;
}

static bool is_amid_message(const struct pyro_connection *connection)
{
    bool begun =
        pyro_input_pending(&connection->input) > 0 || pyro_tls_is_amid_record(connection->stream);
    return begun && !is_blocked(connection) && connection->runtime->config.MESSAGE_TIMEOUT > 0;
}

static void restart_timer(struct pyro_connection *connection)
{
    double seconds = connection->runtime->config.COMMTIMEOUT;
    if (connection->state != CONNECTION_READY)
        return;
    if (is_amid_message(connection))
        seconds = time_for_message(connection);
    else
        connection->expected = 0;
    if (seconds > 0 || connection->expected > 0)
        pyro_timer_start(connection->timer, seconds);
    else
        pyro_timer_stop(connection->timer);
}

/* Returns whether there is input that was not taken yet. The client's end waits until it is: calls
 * that were sent before are carried out, as by Pyro. */
static bool has_unread(const struct pyro_connection *connection)
{
    return pyro_input_pending(&connection->input) > 0;
}

/* Gives the client its time for what it sends next, and hears it unless that must wait. */
static void await_more(struct pyro_connection *connection)
{
    restart_timer(connection);
    if (is_blocked(connection) && has_unread(connection))
        pyro_stream_pause(connection->stream);
    else
        pyro_stream_resume(connection->stream);
}

/* Lets go of the daemon, once nothing is served any more that a client sent who has gone. */
static void leave_registry(struct pyro_connection *connection)
{
    struct pyro_registry *registry = connection->registry;
    if (!registry || connection->busy || connection->oneways > 0)
        return;
    connection->registry = NULL;
    pyro_registry_release(registry);
}

void pyro_connection_proceed(struct pyro_connection *connection)
{
    if (!connection->stream)
        leave_registry(connection);
    else if (connection->draining)
        pyro_connection_drain(connection);
    else if (has_unread(connection))
        pyro_loop_post(connection->runtime->loop, &connection->proceed);
    else
        await_more(connection);
}

void pyro_connection_yield(struct pyro_connection *connection)
{
    if (!connection->stream)
        return;
    connection->yielding = true;
    pyro_completion_cancel(&connection->proceed);
    pyro_loop_post_late(connection->runtime->loop, &connection->proceed);
}

void pyro_connection_drain(struct pyro_connection *connection)
{
    connection->draining = true;
    if (!connection->busy && connection->oneways == 0)
        pyro_connection_close(connection);
}

void pyro_connection_decided(struct pyro_connection *connection)
{
    PYRO_ASSERT(connection->considered > 0);
    if (--connection->considered == 0 && connection->ended)
        pyro_connection_close(connection);
}

/* States only go up. */
static void set_state(struct pyro_connection *connection, enum connection_state state)
{
    PYRO_ASSERT(connection->state < state);
    connection->state = state;
}

void pyro_connection_accept(struct pyro_connection *connection)
{
    set_state(connection, CONNECTION_READY);
    pyro_connection_proceed(connection);
}

static void refuse(struct pyro_connection *connection, const struct pyro_error *why)
{
    if (connection->state == CONNECTION_NEW) {
        connection->ops->stranger(connection, why);
    } else {
        log_refusal(connection, PYRO_REFUSED_MESSAGE, "connection refused", why);
        pyro_connection_close(connection);
    }
}

size_t pyro_connection_limit(const struct pyro_connection *connection)
{
    size_t most = (size_t)connection->runtime->config.MAX_MESSAGE_SIZE;
    bool any = most == 0 || most > HANDSHAKE_LIMIT;
    return connection->state == CONNECTION_NEW && any ? HANDSHAKE_LIMIT : most;
}

static void process(struct pyro_connection *connection)
{
    struct pyro_message message = {.chunk = NULL};
    PYRO_ASSERT(!connection->writing);
    pyro_connection_retain(connection); /* what is served may close the connection */
    for (int taken = 0; connection->stream && !is_blocked(connection);) {
        struct pyro_error err;
        bool ready = false;
        pyro_error_clear(&err);
        connection->input.limit = pyro_connection_limit(connection);
        bool good = pyro_input_next(&connection->input, &message, &ready, &err) == PYRO_OK;
        if (good && !ready)
            break;
        connection->expected = 0;
        if (has_unread(connection)) /* what is served may step the loop */
            pyro_stream_pause(connection->stream);
        if (good)
            good = accept_message(connection, &message, &err);
        pyro_message_release(&message);
        if (!good)
            refuse(connection, &err);
        else if (++taken == MESSAGES_A_TURN)
            pyro_connection_yield(connection);
    }
    if (connection->stream)
        await_more(connection);
    pyro_connection_release(connection);
}

static void connection_on_input(void *owner)
{
    process(owner);
}

static void connection_on_proceed(struct pyro_completion *done)
{
    struct pyro_connection *connection = PYRO_CONTAINER(done, struct pyro_connection, proceed);
    connection->yielding = false;
    process(connection);
}

static void connection_on_ended(void *owner, const struct pyro_error *why)
{
    struct pyro_connection *connection = owner;
    if (why->code == PYRO_ECOMMUNICATION)
        log_refusal(connection, PYRO_REFUSED_HANDSHAKE, "TLS handshake failed", why);
    else
        pyro_log_about(&connection->runtime->log,
                       &(struct pyro_log_topic){.fields.client = pyro_slice_text(connection->peer)},
                       PYRO_DEBUG, "daemon", "%s", why->message);
    if (connection->considered > 0)
        connection->ended = true;
    else
        pyro_connection_close(connection);
}

static void connection_on_expired(struct pyro_completion *done)
{
    struct pyro_connection *connection = PYRO_CONTAINER(done, struct pyro_connection, expired);
    struct pyro_error err;
    if (is_held_up(connection))
        return;
    pyro_error_set(&err, PYRO_ETIMEOUT, "%s",
                   connection->state == CONNECTION_NEW ? "no handshake in time"
                   : connection->expected > 0 ? "the rest of a message did not come in time"
                                              : "no request within COMMTIMEOUT");
    log_refusal(connection, PYRO_REFUSED_SILENCE, "connection closed", &err);
    pyro_connection_close(connection);
}

static const struct pyro_stream_ops stream_ops = {
    .space = connection_on_space,
    .filled = connection_on_filled,
    .input = connection_on_input,
    .drained = connection_on_input,
    .ended = connection_on_ended,
};

static struct pyro_connection *new_connection(struct pyro_registry *registry,
                                              const struct pyro_connection_ops *ops,
                                              struct pyro_stream *stream)
{
    struct pyro_runtime *runtime = registry->runtime;
    struct pyro_connection *connection = pyro_calloc(1, sizeof(*connection));
    if (!connection)
        return NULL;
    pyro_list_init(&connection->node);
    connection->runtime = runtime;
    connection->input.pool = &runtime->chunks;
    connection->registry = registry;
    connection->ops = ops;
    connection->stream = stream;
    connection->refcount = 1;
    pyro_completion_init(&connection->proceed, connection_on_proceed);
    pyro_completion_init(&connection->expired, connection_on_expired);
    snprintf(connection->peer, sizeof(connection->peer), "%s", pyro_stream_peer(stream));
    pyro_peer_locate(&connection->identity, pyro_stream_peer(stream));
    connection->timer = pyro_timer_new(runtime->loop, &connection->expired);
    if (connection->timer)
        return connection;
    pyro_free(connection);
    return NULL;
}

struct pyro_connection *pyro_connection_open(struct pyro_registry *registry,
                                             const struct pyro_connection_ops *ops,
                                             struct pyro_stream *stream, bool accepted)
{
    const struct pyro_config *config = &registry->runtime->config;
    struct pyro_connection *connection = new_connection(registry, ops, stream);
    if (!connection) {
        pyro_stream_close(stream);
        return NULL;
    }
    pyro_stream_high_water(stream, (size_t)config->MAX_PENDING);
    pyro_stream_nodelay(stream, config->SOCK_NODELAY);
    pyro_stream_start(stream, &stream_ops, connection);
    if (accepted)
        pyro_connection_accept(connection);
    else
        pyro_timer_start(connection->timer, config->HANDSHAKE_TIMEOUT);
    return connection;
}

void pyro_connection_close(struct pyro_connection *connection)
{
    if (connection->state == CONNECTION_CLOSED)
        return;
    struct pyro_registry *registry = connection->registry;
    bool accepted = connection->state == CONNECTION_READY;
    PYRO_ASSERT(!connection->writing);
    pyro_connection_certificate(connection); /* the stream goes: somebody may still ask */
    set_state(connection, CONNECTION_CLOSED);
    pyro_stream_close(connection->stream);
    connection->stream = NULL;
    pyro_timer_free(connection->timer);
    connection->timer = NULL;
    pyro_completion_cancel(&connection->proceed);
    pyro_completion_cancel(&connection->expired);
    pyro_registry_retain(registry);
    connection->ops->closed(registry, connection, accepted);
    leave_registry(connection);
    pyro_connection_release(connection);
}

bool pyro_connection_closed(const struct pyro_connection *connection)
{
    return connection->state == CONNECTION_CLOSED;
}

const struct pyro_certificate *pyro_connection_certificate(struct pyro_connection *connection)
{
    if (!connection->certificate && connection->stream)
        connection->certificate = pyro_tls_certificate(connection->stream);
    return connection->certificate;
}

const char *pyro_connection_peer(const struct pyro_connection *connection)
{
    return connection->peer;
}

const struct pyro_peer *pyro_connection_identity(struct pyro_connection *connection)
{
    const struct pyro_certificate *certificate = pyro_connection_certificate(connection);
    if (certificate)
        connection->identity.subject = pyro_certificate_text(certificate, certificate->subject);
    return &connection->identity;
}

const struct pyro_value *pyro_connection_greeting(const struct pyro_connection *connection)
{
    const struct pyro_tree *greeting = connection->greeting;
    return greeting ? pyro_value_get(greeting->root.u.of.items, "handshake") : NULL;
}

void pyro_connection_retain(struct pyro_connection *connection)
{
    PYRO_ASSERT(connection->refcount > 0);
    connection->refcount++;
}

void pyro_connection_release(struct pyro_connection *connection)
{
    PYRO_ASSERT(connection->refcount > 0);
    if (--connection->refcount > 0)
        return;
    PYRO_ASSERT(connection->state == CONNECTION_CLOSED && pyro_list_empty(&connection->node));
    PYRO_ASSERT(!connection->busy && connection->oneways == 0 && connection->considered == 0);
    PYRO_ASSERT(!connection->registry);
    pyro_input_free(&connection->input);
    pyro_certificate_free(connection->certificate);
    if (connection->greeting)
        pyro_tree_free(connection->greeting);
    pyro_free(connection->greeting);
    pyro_free(connection);
}
