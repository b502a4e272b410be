/* The daemon's half of the handshake.
 *
 * A handshake is received, then (by its validator, or at once) begun and ended, or failed: exactly
 * once, now or later. The validator, and the object that describes itself, may do anything, even
 * step the loop or close the connection. */
#include "rpc/handshake.h"
#include "base/serializer.h"

#include <stdio.h>

#include "base/assert.h"
#include "base/memory.h"
#include "rpc/exception.h"
#include "rpc/guard.h"
#include "rpc/reading.h"

/* Bytes of a handshake message that is kept as long as its connection. */
#define LONGEST_GREETING 4096
/* Bytes that its values may take: many small ones take far more than they did on the way. */
#define LARGEST_GREETING ((size_t)32 * 1024)
/* Bytes that the values of any handshake message may take while they are read: more take long, and
 * travel in a thousand bytes, compressed. */
#define LARGEST_VALUES ((size_t)8 * 1024 * 1024)

/* --- reading --- */

enum pyro_code pyro_handshake_read(struct pyro_handshake *handshake, struct pyro_sink *to,
                                   struct pyro_error *err)
{
    enum pyro_code code =
        pyro_message_open(&handshake->message, pyro_connection_limit(handshake->connection),
                          handshake->connection->runtime, &handshake->held, err);
    if (code != PYRO_OK)
        return code;
    pyro_budget_narrow(&handshake->held.budget, LARGEST_VALUES);
    handshake->codec = pyro_codec_answering(handshake->codec, handshake->message.data);
    pyro_reading_charge(&handshake->held, to);
    return handshake->codec->read(handshake->message.data, &handshake->held, to, err);
}

/* Returns the value of a key of the handshake message, or NULL. */
static const struct pyro_value *field(const struct pyro_handshake *handshake, const char *key)
{
    const struct pyro_tree *kept = handshake->connection->greeting;
    return pyro_value_get((kept ? kept : &handshake->data)->root.u.of.items, key);
}

static enum pyro_code read_data(struct pyro_handshake *handshake, struct pyro_error *err)
{
    handshake->data.sink.err = err;
    enum pyro_code code = pyro_handshake_read(handshake, &handshake->data.sink, err);
    pyro_reading_free(&handshake->held);
    if (code == PYRO_OK && !field(handshake, "handshake"))
        code = pyro_error_set(err, PYRO_EPROTOCOL, "handshake data is missing");
    return code;
}

static enum pyro_code check_message(struct pyro_handshake *handshake, struct pyro_error *err)
{
    const struct pyro_header *header = &handshake->message.header;
    if (header->type != PYRO_CONNECT)
        return pyro_error_set(err, PYRO_EPROTOCOL, "invalid msg type %d received",
                              (int)header->type);
    const struct pyro_runtime *runtime = handshake->connection->runtime;
    const struct pyro_codec *codec = pyro_runtime_codec(runtime, header->serializer);
    if (!codec || !pyro_config_accepts(&runtime->config, header->serializer))
        return pyro_error_set(err, PYRO_ESERIALIZE,
                              "message used serializer that is not accepted: %u",
                              header->serializer_id);
    handshake->codec = codec;
    if (pyro_guard_connect(handshake->connection, err) != PYRO_OK)
        return err->code;
    return read_data(handshake, err);
}

static bool wants_metadata(const struct pyro_handshake *handshake)
{
    return (handshake->message.header.flags & PYRO_FLAG_METADATA) != 0;
}

bool pyro_handshake_wants_members(const struct pyro_handshake *handshake,
                                  struct pyro_wanted *wanted)
{
    const struct pyro_value *id = field(handshake, "object");
    *wanted =
        (struct pyro_wanted){.object = id && id->type == PYRO_STR ? id->u.text : pyro_slice("", 0),
                             .method = pyro_slice_text("get_metadata"),
                             .members = true};
    return wants_metadata(handshake);
}

/* Keeps the handshake data for authorize(). */
static enum pyro_code keep_greeting(struct pyro_handshake *handshake, struct pyro_error *err)
{
    struct pyro_connection *connection = handshake->connection;
    if (handshake->message.data.length > LONGEST_GREETING)
        return pyro_error_set(err, PYRO_EVALUE, "handshake data of more than %d bytes",
                              LONGEST_GREETING);
    if (pyro_tree_memory(&handshake->data) > LARGEST_GREETING)
        return pyro_error_set(err, PYRO_EVALUE, "handshake data of too many values");
    connection->greeting = pyro_malloc(sizeof(*connection->greeting));
    if (!connection->greeting)
        return pyro_error_memory(err);
    *connection->greeting = handshake->data;
    pyro_tree_init(&handshake->data, NULL);
    return PYRO_OK;
}

/* Checks what a client wants that may connect. */
static enum pyro_code check_client(struct pyro_handshake *handshake, struct pyro_error *err)
{
    struct pyro_connection *connection = handshake->connection;
    struct pyro_wanted wanted;
    enum pyro_code code = PYRO_OK;
    if (pyro_handshake_wants_members(handshake, &wanted))
        code = pyro_guard_members(connection, wanted.object, err);
    if (code == PYRO_OK && connection->registry->hooks->authorize)
        code = keep_greeting(handshake, err);
    return code;
}

static struct pyro_handshake *new_handshake(struct pyro_connection *connection,
                                            struct pyro_message *message)
{
    struct pyro_handshake *handshake = pyro_calloc(1, sizeof(*handshake));
    if (!handshake)
        return NULL;
    handshake->connection = connection;
    handshake->protocol = message->protocol;
    pyro_message_move(&handshake->message, message);
    pyro_tree_init(&handshake->data, NULL); /* they get it when they are filled */
    pyro_tree_init(&handshake->metadata, NULL);
    PYRO_ASSERT(!connection->busy && connection->state == CONNECTION_NEW);
    pyro_connection_retain(connection);
    connection->busy = true;
    return handshake;
}

static void free_handshake(struct pyro_handshake *handshake)
{
    struct pyro_connection *connection = handshake->connection;
    PYRO_ASSERT(connection->busy);
    connection->busy = false;
    pyro_connection_proceed(connection);
    pyro_tree_free(&handshake->data);
    pyro_tree_free(&handshake->metadata);
    pyro_reading_free(&handshake->held);
    pyro_message_release(&handshake->message);
    pyro_free(handshake);
    pyro_connection_release(connection);
}

/* --- accepting --- */

/* Checks whether the client may know what it wants to know, before the object is looked for. */
static enum pyro_code check_members(struct pyro_handshake *handshake, struct pyro_error *err)
{
    struct pyro_connection *connection = handshake->connection;
    const struct pyro_registry *registry = connection->registry;
    struct pyro_wanted wanted;
    if (handshake->asked || !connection->stream || !registry->hooks->authorize ||
        !pyro_handshake_wants_members(handshake, &wanted))
        return PYRO_OK; /* without a stream, nothing is sent */
    return registry->hooks->authorize(registry->owner, connection, &wanted, err);
}

/* Describes the object. It may do anything for that, even step the loop: nothing is written yet,
 * and the connection may be gone after that. */
static enum pyro_code describe_object(struct pyro_handshake *handshake, struct pyro_error *err)
{
    struct pyro_object *object = NULL;
    const struct pyro_value *id = field(handshake, "object");
    if (!handshake->connection->stream)
        return pyro_error_set(err, PYRO_ECLOSED, "connection closed");
    if (!wants_metadata(handshake))
        return PYRO_OK;
    if (id && id->type == PYRO_STR)
        object = pyro_registry_find(handshake->connection->registry, id->u.text);
    if (!object)
        return pyro_error_set(err, PYRO_EDAEMON, "unknown object");
    handshake->metadata.sink.err = err;
    return object->ops->describe(object, &handshake->metadata.sink);
}

struct pyro_sink *pyro_handshake_begin(struct pyro_handshake *handshake, struct pyro_error *err)
{
    const struct pyro_header *received = &handshake->message.header;
    struct pyro_header header = {.type = PYRO_CONNECTOK,
                                 .flags = received->flags & PYRO_FLAG_METADATA,
                                 .serializer = received->serializer,
                                 .seq = received->seq};
    struct pyro_sink *to = &handshake->writer.sink;
    pyro_header_correlate(&header, received);
    bool typed = pyro_connection_note_typed(handshake->connection, &handshake->message);
    if (check_members(handshake, err) != PYRO_OK || describe_object(handshake, err) != PYRO_OK ||
        pyro_connection_begin(handshake->connection, &handshake->draft, handshake->protocol,
                              &header, &pyro_typed_annotation, typed, err) != PYRO_OK)
        return NULL;
    handshake->codec->open(&handshake->writer, handshake->draft.out, err);
    if (!wants_metadata(handshake) ||
        (pyro_begin(to, PYRO_DICT, 2) == PYRO_OK && pyro_put_text(to, "handshake") == PYRO_OK))
        return to;
    pyro_connection_abort(handshake->connection, &handshake->draft);
    return NULL;
}

static enum pyro_code put_metadata(struct pyro_handshake *handshake)
{
    struct pyro_sink *to = &handshake->writer.sink;
    enum pyro_code code;
    if ((code = pyro_put_text(to, "meta")) != PYRO_OK ||
        (code = pyro_value_put(&handshake->metadata.root.u.of.items[0], to)) != PYRO_OK)
        return code;
    return pyro_end(to, PYRO_DICT);
}

void pyro_handshake_abort(struct pyro_handshake *handshake)
{
    pyro_connection_abort(handshake->connection, &handshake->draft);
}

enum pyro_code pyro_handshake_end(struct pyro_handshake *handshake, struct pyro_error *err)
{
    struct pyro_connection *connection = handshake->connection;
    enum pyro_code code = wants_metadata(handshake) ? put_metadata(handshake) : PYRO_OK;
    if (code != PYRO_OK)
        pyro_handshake_abort(handshake);
    else
        code = pyro_connection_end(connection, &handshake->draft, 0,
                                   connection->runtime->config.COMPRESSION, err);
    if (code != PYRO_OK)
        return code;
    connection->runtime->counters.handshakes++;
    pyro_connection_accept(connection);
    free_handshake(handshake);
    return PYRO_OK;
}

/* --- refusing --- */

/* Sends the reason of a refusal in the client's serializer where we have agreed on one, else in
 * marshal, as Pyro does. */
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
        pyro_connection_abort(connection, &draft);
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
    const struct pyro_log_fields fields = {.client = pyro_slice_text(connection->peer)};
    connection->runtime->counters.failed_handshakes++;
    pyro_registry_log_refusal(connection->stream ? connection->registry : NULL,
                              PYRO_REFUSED_HANDSHAKE, &fields, "handshake failed: %s%s%s", why,
                              *detail ? ": " : "", detail);
}

/* Pyro's words go to the client; the log says what else is known. */
static void log_failure(const struct pyro_handshake *handshake, const struct pyro_error *why)
{
    const struct pyro_config *config = &handshake->connection->runtime->config;
    const struct pyro_header *header = &handshake->message.header;
    const struct pyro_value *id;
    char detail[200] = "";
    if (why->code == PYRO_EDAEMON && (id = field(handshake, "object")) != NULL &&
        id->type == PYRO_STR)
        snprintf(detail, sizeof(detail), "%s", id->u.text.data);
    else if (header->type == PYRO_CONNECT && !pyro_config_accepts(config, header->serializer))
        snprintf(detail, sizeof(detail), "%s; SERIALIZERS_ACCEPTED is %.100s",
                 pyro_serializer_name(header->serializer), config->SERIALIZERS_ACCEPTED);
    log_refusal(handshake->connection, why->message, detail);
}

void pyro_handshake_fail(struct pyro_handshake *handshake, const struct pyro_error *why)
{
    struct pyro_error reason = *why; /* may lie in the handshake */
    log_failure(handshake, &reason);
    refuse(handshake->connection, &handshake->message, handshake->codec, &reason);
    free_handshake(handshake);
}

void pyro_handshake_refuse(struct pyro_connection *connection, const struct pyro_error *why)
{
    const struct pyro_message unread = {.protocol = pyro_input_closest(&connection->input)};
    log_refusal(connection, why->message, "");
    refuse(connection, &unread, NULL, why);
}

/* --- */

/* Passes a handshake on to the daemon's owner; false where the owner does not validate it. */
static bool pass_on(struct pyro_handshake *handshake)
{
    const struct pyro_registry *registry = handshake->connection->registry;
    return registry->hooks->handshake && registry->hooks->handshake(registry->owner, handshake);
}

static enum pyro_code validate(struct pyro_handshake *handshake, struct pyro_error *err)
{
    struct pyro_sink *to = pyro_handshake_begin(handshake, err);
    if (!to)
        return err->code;
    enum pyro_code code = pyro_put_text(to, "hello");
    if (code != PYRO_OK) {
        pyro_handshake_abort(handshake);
        return code;
    }
    return pyro_handshake_end(handshake, err);
}

void pyro_handshake_receive(struct pyro_connection *connection, struct pyro_message *message)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_handshake *handshake = new_handshake(connection, message);
    if (!handshake) {
        pyro_error_memory(&err);
        log_refusal(connection, err.message, "");
        refuse(connection, message, NULL, &err);
        return;
    }
    if (check_message(handshake, &err) == PYRO_OK && check_client(handshake, &err) == PYRO_OK) {
        if (pass_on(handshake))
            return;
        validate(handshake, &err);
    }
    if (err.code != PYRO_OK)
        pyro_handshake_fail(handshake, &err);
}
