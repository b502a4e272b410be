#include <stdio.h>

#include "base/memory.h"
#include "rpc/connection.h"
#include "rpc/greeting.h"
#include "rpc/reading.h"
#include "value/tree.h"

/* --- who it is --- */

enum pyro_code pyro_greeting_read(struct pyro_greeting *greeting, struct pyro_sink *to,
                                  struct pyro_error *err)
{
    enum pyro_code code =
        pyro_message_open(&greeting->message, pyro_connection_limit(greeting->connection),
                          greeting->connection->runtime, &greeting->held, err);
    if (code != PYRO_OK)
        return code;
    greeting->codec = pyro_codec_answering(greeting->codec, greeting->message.data);
    pyro_reading_charge(&greeting->held, to);
    return greeting->codec->read(greeting->message.data, &greeting->held, to, err);
}

/* The value of a key of the introduction, or NULL. */
static const struct pyro_value *introduced(const struct pyro_greeting *greeting, const char *key)
{
    return pyro_value_get(&greeting->introduction.root.u.of.items[0], key);
}

static enum pyro_code read_introduction(struct pyro_greeting *greeting, struct pyro_error *err)
{
    greeting->introduction.sink.err = err;
    enum pyro_code code = pyro_greeting_read(greeting, &greeting->introduction.sink, err);
    pyro_reading_free(&greeting->held);
    if (code == PYRO_OK && !introduced(greeting, "handshake"))
        code = pyro_error_set(err, PYRO_EPROTOCOL, "handshake data is missing");
    return code;
}

static enum pyro_code check_introduction(struct pyro_greeting *greeting, struct pyro_error *err)
{
    const struct pyro_header *header = &greeting->message.header;
    if (header->type != PYRO_CONNECT)
        return pyro_error_set(err, PYRO_EPROTOCOL, "invalid msg type %d received",
                              (int)header->type);
    const struct pyro_runtime *runtime = greeting->connection->runtime;
    const struct pyro_codec *codec = pyro_runtime_codec(runtime, header->serializer);
    if (!codec || !pyro_config_accepts(&runtime->config, header->serializer))
        return pyro_error_set(err, PYRO_ESERIALIZE,
                              "message used serializer that is not accepted: %u",
                              header->serializer_id);
    greeting->codec = codec;
    return read_introduction(greeting, err);
}

static struct pyro_greeting *new_greeting(struct pyro_connection *connection,
                                          struct pyro_message *message)
{
    struct pyro_greeting *greeting = pyro_calloc(1, sizeof(*greeting));
    if (!greeting)
        return NULL;
    greeting->connection = connection;
    greeting->protocol = message->protocol;
    pyro_message_move(&greeting->message, message);
    pyro_tree_init(&greeting->introduction, NULL); /* they get it when they are filled */
    pyro_tree_init(&greeting->metadata, NULL);
    connection->holders++;
    connection->busy = true;
    return greeting;
}

static void free_greeting(struct pyro_greeting *greeting)
{
    struct pyro_connection *connection = greeting->connection;
    connection->busy = false;
    pyro_tree_free(&greeting->introduction);
    pyro_tree_free(&greeting->metadata);
    pyro_reading_free(&greeting->held);
    pyro_message_release(&greeting->message);
    pyro_free(greeting);
    pyro_connection_drop(connection);
}

/* --- the welcome --- */

static bool wants_metadata(const struct pyro_greeting *greeting)
{
    return (greeting->message.header.flags & PYRO_FLAG_METADATA) != 0;
}

/* An object may do anything to describe itself, even step the loop: nothing is written yet, and the
 * connection may be gone after that. */
static enum pyro_code describe_object(struct pyro_greeting *greeting, struct pyro_error *err)
{
    struct pyro_object *object = NULL;
    const struct pyro_value *id = introduced(greeting, "object");
    if (!greeting->connection->stream)
        return pyro_error_set(err, PYRO_ECLOSED, "connection closed");
    if (!wants_metadata(greeting))
        return PYRO_OK;
    if (id && id->type == PYRO_STR)
        object = pyro_daemon_find(greeting->connection->daemon, id->u.text);
    if (!object)
        return pyro_error_set(err, PYRO_EDAEMON, "unknown object");
    greeting->metadata.sink.err = err;
    return object->ops->describe(object, &greeting->metadata.sink);
}

struct pyro_sink *pyro_greeting_begin(struct pyro_greeting *greeting, struct pyro_error *err)
{
    const struct pyro_header *received = &greeting->message.header;
    struct pyro_header header = {.type = PYRO_CONNECTOK,
                                 .flags = received->flags & PYRO_FLAG_METADATA,
                                 .serializer = received->serializer,
                                 .seq = received->seq};
    struct pyro_sink *to = &greeting->writer.sink;
    pyro_header_correlate(&header, received);
    bool typed = pyro_connection_learn(greeting->connection, &greeting->message);
    if (describe_object(greeting, err) != PYRO_OK ||
        pyro_connection_begin(greeting->connection, &greeting->draft, greeting->protocol, &header,
                              &pyro_typed_annotation, typed, err) != PYRO_OK)
        return NULL;
    greeting->codec->open(&greeting->writer, greeting->draft.out, err);
    if (!wants_metadata(greeting) ||
        (pyro_begin(to, PYRO_DICT, 2) == PYRO_OK && pyro_put_text(to, "handshake") == PYRO_OK))
        return to;
    pyro_message_abort(&greeting->draft);
    return NULL;
}

static enum pyro_code put_metadata(struct pyro_greeting *greeting)
{
    struct pyro_sink *to = &greeting->writer.sink;
    enum pyro_code code;
    if ((code = pyro_put_text(to, "meta")) != PYRO_OK ||
        (code = pyro_value_put(&greeting->metadata.root.u.of.items[0], to)) != PYRO_OK)
        return code;
    return pyro_end(to, PYRO_DICT);
}

enum pyro_code pyro_greeting_end(struct pyro_greeting *greeting, struct pyro_error *err)
{
    struct pyro_connection *connection = greeting->connection;
    enum pyro_code code = wants_metadata(greeting) ? put_metadata(greeting) : PYRO_OK;
    if (code != PYRO_OK)
        pyro_message_abort(&greeting->draft);
    else
        code = pyro_connection_end(connection, &greeting->draft, 0,
                                   connection->runtime->config.COMPRESSION, err);
    if (code != PYRO_OK)
        return code;
    pyro_connection_welcome(connection);
    free_greeting(greeting);
    return PYRO_OK;
}

/* --- refusing --- */

/* The reason travels in the client's serializer where we have agreed on one, else in marshal, as
 * Pyro's does. */
static void send_refusal(struct pyro_connection *connection, const struct pyro_message *message,
                         const struct pyro_codec *codec, const struct pyro_error *why)
{
    struct pyro_header header = {.type = PYRO_CONNECTFAIL,
                                 .serializer =
                                     codec ? message->header.serializer : PYRO_SERIALIZER_MARSHAL,
                                 .seq = message->header.seq};
    if (!codec)
        codec = &pyro_codec_marshal;
    struct pyro_writer writer;
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_draft draft;

    pyro_header_correlate(&header, &message->header);
    if (pyro_connection_begin(connection, &draft, message->protocol, &header, NULL, 0, &err) !=
        PYRO_OK)
        return;
    codec->open(&writer, draft.out, &err);
    if (pyro_put_shown(&writer.sink, pyro_slice_text(why->message)) != PYRO_OK)
        pyro_message_abort(&draft);
    else
        pyro_connection_end(connection, &draft, 0, false, &err);
}

static void refuse(struct pyro_connection *connection, const struct pyro_message *message,
                   const struct pyro_codec *codec, const struct pyro_error *why)
{
    if (connection->stream)
        send_refusal(connection, message, codec, why);
    pyro_connection_close(connection);
}

static void log_refusal(struct pyro_connection *connection, const char *why, const char *detail)
{
    pyro_daemon_log_refusal(connection->daemon, PYRO_REFUSED_HANDSHAKE,
                            "%s: handshake failed: %s%s%s", connection->peer, why,
                            *detail ? ": " : "", detail);
}

/* Pyro's words go to the client; the log says what else is known. */
static void log_failure(const struct pyro_greeting *greeting, const struct pyro_error *why)
{
    const struct pyro_config *config = &greeting->connection->runtime->config;
    const struct pyro_header *header = &greeting->message.header;
    const struct pyro_value *id;
    char detail[200] = "";
    if (why->code == PYRO_EDAEMON && (id = introduced(greeting, "object")) != NULL &&
        id->type == PYRO_STR)
        snprintf(detail, sizeof(detail), "%s", id->u.text.data);
    else if (header->type == PYRO_CONNECT && !pyro_config_accepts(config, header->serializer))
        snprintf(detail, sizeof(detail), "%s; SERIALIZERS_ACCEPTED is %.100s",
                 pyro_serializer_name(header->serializer), config->SERIALIZERS_ACCEPTED);
    log_refusal(greeting->connection, why->message, detail);
}

void pyro_greeting_fail(struct pyro_greeting *greeting, const struct pyro_error *why)
{
    struct pyro_error reason = *why; /* may lie in the greeting */
    log_failure(greeting, &reason);
    refuse(greeting->connection, &greeting->message, greeting->codec, &reason);
    free_greeting(greeting);
}

void pyro_handshake_refuse(struct pyro_connection *connection, const struct pyro_error *why)
{
    const struct pyro_message unread = {.protocol = pyro_input_closest(&connection->input)};
    log_refusal(connection, why->message, "");
    refuse(connection, &unread, NULL, why);
}

/* --- */

static enum pyro_code greet(struct pyro_greeting *greeting, struct pyro_error *err)
{
    struct pyro_sink *to = pyro_greeting_begin(greeting, err);
    if (!to)
        return err->code;
    enum pyro_code code = pyro_put_text(to, "hello");
    if (code != PYRO_OK) {
        pyro_message_abort(&greeting->draft);
        return code;
    }
    return pyro_greeting_end(greeting, err);
}

void pyro_handshake(struct pyro_connection *connection, struct pyro_message *message)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_greeting *greeting = new_greeting(connection, message);
    if (!greeting) {
        pyro_error_memory(&err);
        log_refusal(connection, err.message, "");
        refuse(connection, message, NULL, &err);
        return;
    }
    if (check_introduction(greeting, &err) == PYRO_OK) {
        if (pyro_daemon_validates(connection->daemon, greeting))
            return;
        greet(greeting, &err);
    }
    if (err.code != PYRO_OK)
        pyro_greeting_fail(greeting, &err);
}
