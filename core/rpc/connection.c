#include "rpc/connection.h"

#include <stdio.h>

#include "base/memory.h"
#include "rpc/wirelog.h"

/* Received bytes that may wait while a request is served, or the client does not read. */
#define UNREAD_LIMIT (256 * 1024)
/* Bytes of a message that have to come in within MESSAGE_TIMEOUT, or all that are left of it. */
#define FAIR_PART (64 * 1024)
/* Oneway calls of one connection that may run at a time: more wait their turn. */
#define ONEWAY_LIMIT 256
/* A handshake message is short; until it is checked, nobody may send more. */
#define HANDSHAKE_LIMIT (1024 * 1024)

static bool held_up(const struct pyro_connection *connection)
{
    return connection->busy || connection->leaving || connection->yielding ||
           connection->oneways >= ONEWAY_LIMIT ||
           pyro_stream_unsent(connection->stream) >=
               (size_t)connection->runtime->config.MAX_PENDING;
}

static void stream_space(void *owner, char **at, size_t *size)
{
    struct pyro_connection *connection = owner;
    pyro_input_space(&connection->input, at, size);
}

static bool stream_filled(void *owner, size_t size)
{
    struct pyro_connection *connection = owner;
    pyro_input_filled(&connection->input, size);
    return !held_up(connection) || pyro_input_pending(&connection->input) < UNREAD_LIMIT;
}

static void log_trouble(struct pyro_connection *connection, enum pyro_refusal kind,
                        const char *doing, const struct pyro_error *err)
{
    pyro_daemon_log_refusal(connection->daemon, kind, "%s: %s: %s: %s", connection->peer, doing,
                            pyro_error_class(err->code), err->message);
}

enum pyro_code pyro_connection_begin(struct pyro_connection *connection, struct pyro_draft *draft,
                                     const struct pyro_protocol *protocol,
                                     const struct pyro_header *header,
                                     const struct pyro_annotation *annotations, size_t count,
                                     struct pyro_error *err)
{
    if (connection->daemon)
        pyro_daemon_annotate(connection->daemon, &annotations, &count);
    if (!connection->stream) {
        pyro_error_set(err, PYRO_ECLOSED, "connection closed");
        return PYRO_ECLOSED;
    }
    return pyro_message_begin(draft, pyro_stream_output(connection->stream), protocol, header,
                              annotations, count, err);
}

enum pyro_code pyro_connection_end(struct pyro_connection *connection, struct pyro_draft *draft,
                                   size_t limit, bool compress, struct pyro_error *err)
{
    enum pyro_code code = pyro_message_end(draft, limit, compress, err);
    if (code != PYRO_OK)
        return code;
    pyro_wirelog_sending(connection->runtime, "daemon", connection->peer, draft);
    pyro_stream_changed(connection->stream);
    return PYRO_OK;
}

const struct pyro_codec *pyro_connection_codec(const struct pyro_connection *connection,
                                               enum pyro_serializer serializer)
{
    if (connection->typed && serializer == PYRO_SERIALIZER_MSGPACK)
        return &pyro_codec_msgpack_typed;
    return pyro_runtime_codec(connection->runtime, serializer);
}

bool pyro_connection_learn(struct pyro_connection *connection, const struct pyro_message *message)
{
    if (!pyro_message_says_typed(message))
        return false;
    connection->typed = true;
    return pyro_config_accepts(&connection->runtime->config, PYRO_SERIALIZER_MSGPACK);
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
        pyro_message_abort(&draft);
        pyro_error_memory(err);
        return false;
    }
    return pyro_connection_end(connection, &draft, 0, false, err) == PYRO_OK;
}

static bool accept_message(struct pyro_connection *connection, struct pyro_message *message,
                           struct pyro_error *err)
{
    enum pyro_message_type type = message->header.type;
    pyro_wirelog_received(connection->runtime, "daemon", connection->peer, message);
    if (connection->state == CONNECTION_NEW) {
        pyro_handshake_receive(connection, message);
        return true;
    }
    if (type == PYRO_INVOKE) {
        pyro_serve(connection, message);
        return true;
    }
    if (type == PYRO_PING)
        return answer_ping(connection, message, err);
    pyro_error_set(err, PYRO_EPROTOCOL, "invalid msg type %d received", (int)type);
    return false;
}

/* The client is amid a message: how many seconds it has for what comes next. Each time that a fair
 * part has come in, it has as many again: a large message may take long, a trickle not. */
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
    return pyro_input_pending(&connection->input) > 0 && !held_up(connection) &&
           connection->runtime->config.MESSAGE_TIMEOUT > 0;
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

/* The client has its time for what it sends next, and is heard unless that must wait. */
static void await_more(struct pyro_connection *connection)
{
    restart_timer(connection);
    if (!held_up(connection))
        pyro_stream_resume(connection->stream);
}

void pyro_connection_proceed(struct pyro_connection *connection)
{
    if (!connection->stream)
        return;
    if (connection->leaving)
        pyro_connection_leave(connection);
    else if (pyro_input_pending(&connection->input) > 0)
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

void pyro_connection_leave(struct pyro_connection *connection)
{
    connection->leaving = true;
    if (!connection->busy && connection->oneways == 0)
        pyro_connection_close(connection);
}

void pyro_connection_welcome(struct pyro_connection *connection)
{
    connection->state = CONNECTION_READY;
    pyro_connection_proceed(connection);
}

static void refuse(struct pyro_connection *connection, const struct pyro_error *why)
{
    if (connection->state == CONNECTION_NEW) {
        pyro_handshake_refuse(connection, why);
    } else {
        log_trouble(connection, PYRO_REFUSED_MESSAGE, "connection refused", why);
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
    connection->holders++; /* what is served may close the connection */
    while (connection->stream && !held_up(connection)) {
        struct pyro_error err;
        bool ready = false;
        pyro_error_clear(&err);
        connection->input.limit = pyro_connection_limit(connection);
        bool good = pyro_input_next(&connection->input, &message, &ready, &err) == PYRO_OK;
        if (good && !ready)
            break;
        connection->expected = 0;
        if (good)
            good = accept_message(connection, &message, &err);
        pyro_message_release(&message);
        if (!good)
            refuse(connection, &err);
    }
    if (connection->stream)
        await_more(connection);
    pyro_connection_release(connection);
}

static void stream_input(void *owner)
{
    process(owner);
}

static void on_proceed(struct pyro_completion *done)
{
    struct pyro_connection *connection = PYRO_CONTAINER(done, struct pyro_connection, proceed);
    connection->yielding = false;
    process(connection);
}

static void stream_ended(void *owner, const struct pyro_error *why)
{
    struct pyro_connection *connection = owner;
    pyro_log_write(&connection->runtime->log, PYRO_DEBUG, "daemon", "%s: %s", connection->peer,
                   why->message);
    pyro_connection_close(connection);
}

static void on_expired(struct pyro_completion *done)
{
    struct pyro_connection *connection = PYRO_CONTAINER(done, struct pyro_connection, expired);
    struct pyro_error err;
    if (connection->busy)
        return;
    pyro_error_set(&err, PYRO_ETIMEOUT, "%s",
                   connection->state == CONNECTION_NEW ? "no handshake in time"
                   : connection->expected > 0 ? "the rest of a message did not come in time"
                                              : "no request within COMMTIMEOUT");
    log_trouble(connection, PYRO_REFUSED_SILENCE, "connection closed", &err);
    pyro_connection_close(connection);
}

static const struct pyro_stream_ops stream_ops = {
    .space = stream_space,
    .filled = stream_filled,
    .input = stream_input,
    .drained = stream_input,
    .ended = stream_ended,
};

bool pyro_connection_open(struct pyro_daemon *daemon, struct pyro_runtime *runtime,
                          struct pyro_stream *stream, bool introduced)
{
    struct pyro_connection *connection = pyro_calloc(1, sizeof(*connection));
    if (!connection) {
        pyro_stream_close(stream);
        return false;
    }
    pyro_list_init(&connection->node);
    pyro_daemon_adopt(daemon, connection);
    connection->runtime = runtime;
    connection->input.pool = &runtime->chunks;
    connection->daemon = daemon;
    connection->stream = stream;
    connection->holders = 1;
    pyro_completion_init(&connection->proceed, on_proceed);
    pyro_completion_init(&connection->expired, on_expired);
    snprintf(connection->peer, sizeof(connection->peer), "%s", pyro_stream_peer(stream));
    connection->timer = pyro_timer_new(runtime->loop, &connection->expired);
    if (!connection->timer) {
        pyro_connection_close(connection);
        return false;
    }
    pyro_stream_high_water(stream, (size_t)runtime->config.MAX_PENDING);
    pyro_stream_nodelay(stream, runtime->config.SOCK_NODELAY);
    pyro_stream_start(stream, &stream_ops, connection);
    if (introduced)
        pyro_connection_welcome(connection);
    else
        pyro_timer_start(connection->timer, runtime->config.HANDSHAKE_TIMEOUT);
    return true;
}

void pyro_connection_close(struct pyro_connection *connection)
{
    if (connection->state == CONNECTION_CLOSED)
        return;
    bool welcomed = connection->state == CONNECTION_READY;
    connection->state = CONNECTION_CLOSED;
    pyro_stream_close(connection->stream);
    connection->stream = NULL;
    pyro_timer_free(connection->timer);
    connection->timer = NULL;
    pyro_completion_cancel(&connection->proceed);
    pyro_completion_cancel(&connection->expired);
    struct pyro_daemon *daemon = connection->daemon;
    connection->daemon = NULL;
    if (daemon)
        pyro_daemon_forget(daemon, connection, welcomed);
    pyro_connection_release(connection);
}

bool pyro_connection_closed(const struct pyro_connection *connection)
{
    return connection->state == CONNECTION_CLOSED;
}

const char *pyro_connection_peer(const struct pyro_connection *connection)
{
    return connection->peer;
}

void pyro_connection_retain(struct pyro_connection *connection)
{
    connection->holders++;
}

void pyro_connection_release(struct pyro_connection *connection)
{
    if (--connection->holders > 0)
        return;
    pyro_input_free(&connection->input);
    pyro_free(connection);
}
