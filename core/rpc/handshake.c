#include <stdio.h>

#include "base/memory.h"
#include "codec/marshal.h"
#include "rpc/connection.h"
#include "value/tree.h"

/* What the client asked for. */
struct introduction {
    const struct pyro_codec *codec; /* that both sides have; NULL: none */
    struct pyro_object *object;     /* whose metadata it wants; NULL: none */
};

static enum pyro_code read_introduction(struct pyro_connection *connection,
                                        const struct pyro_message *message, struct pyro_tree *tree,
                                        struct introduction *out, struct pyro_error *err)
{
    enum pyro_code code = pyro_codec_read(out->codec, message->data, &tree->sink, err);
    if (code != PYRO_OK)
        return code;
    const struct pyro_value *data = &tree->root.u.of.items[0];
    if (!pyro_value_get(data, "handshake"))
        return pyro_error_set(err, PYRO_EPROTOCOL, "handshake data is missing");
    if (!(message->header.flags & PYRO_FLAG_METADATA))
        return PYRO_OK;
    const struct pyro_value *object = pyro_value_get(data, "object");
    if (object && object->type == PYRO_STR)
        out->object = pyro_daemon_find(connection->daemon, object->u.text);
    if (!out->object)
        return pyro_error_set(err, PYRO_EDAEMON, "unknown object");
    return PYRO_OK;
}

static enum pyro_code check_introduction(struct pyro_connection *connection,
                                         const struct pyro_message *message,
                                         struct introduction *out, struct pyro_error *err)
{
    const struct pyro_header *header = &message->header;
    if (header->type != PYRO_CONNECT)
        return pyro_error_set(err, PYRO_EPROTOCOL, "invalid msg type %d received",
                              (int)header->type);
    const struct pyro_codec *codec = pyro_codec_find(header->serializer);
    if (!codec || !pyro_config_accepts(&connection->runtime->config, header->serializer))
        return pyro_error_set(err, PYRO_ESERIALIZE,
                              "message used serializer that is not accepted: %u",
                              header->serializer_id);
    out->codec = codec;
    struct pyro_tree tree;
    pyro_tree_init(&tree, err);
    enum pyro_code code = read_introduction(connection, message, &tree, out, err);
    pyro_tree_free(&tree);
    return code;
}

/* `metadata` holds the object's description, or nothing where none was asked for. */
static enum pyro_code write_welcome(struct pyro_sink *to, const struct pyro_tree *metadata)
{
    enum pyro_code code;
    if (metadata->root.u.of.count == 0)
        return pyro_put_text(to, "hello");
    if ((code = pyro_begin(to, PYRO_DICT, 2)) != PYRO_OK ||
        (code = pyro_put_text(to, "handshake")) != PYRO_OK ||
        (code = pyro_put_text(to, "hello")) != PYRO_OK ||
        (code = pyro_put_text(to, "meta")) != PYRO_OK ||
        (code = pyro_value_put(&metadata->root.u.of.items[0], to)) != PYRO_OK)
        return code;
    return pyro_end(to, PYRO_DICT);
}

static enum pyro_code send_welcome(struct pyro_connection *connection,
                                   const struct pyro_message *message,
                                   const struct introduction *who, const struct pyro_tree *metadata,
                                   struct pyro_error *err)
{
    struct pyro_header header = {.type = PYRO_CONNECTOK,
                                 .flags = message->header.flags & PYRO_FLAG_METADATA,
                                 .serializer = message->header.serializer,
                                 .seq = message->header.seq};
    pyro_header_correlate(&header, &message->header);
    struct pyro_buffer *out = pyro_stream_output(connection->stream);
    struct pyro_writer writer;
    struct pyro_draft draft;
    enum pyro_code code = pyro_message_begin(&draft, out, message->protocol, &header, NULL, 0, err);
    if (code != PYRO_OK)
        return code;
    who->codec->open(&writer, out, err);
    code = write_welcome(&writer.sink, metadata);
    if (code == PYRO_OK)
        return pyro_message_end(&draft, 0, false, err);
    pyro_message_abort(&draft);
    return code;
}

/* An object may do anything to describe itself, even step the loop: nothing is written meanwhile,
 * and the connection may be gone after that. */
static enum pyro_code welcome(struct pyro_connection *connection, struct pyro_message *message,
                              const struct introduction *who, struct pyro_error *err)
{
    struct pyro_tree metadata;
    enum pyro_code code = PYRO_OK;
    pyro_tree_init(&metadata, err);
    if (who->object)
        code = who->object->ops->describe(who->object, &metadata.sink);
    if (code == PYRO_OK && !connection->stream)
        code = pyro_error_set(err, PYRO_ECLOSED, "connection closed");
    if (code == PYRO_OK)
        code = send_welcome(connection, message, who, &metadata, err);
    pyro_tree_free(&metadata);
    return code;
}

/* The reason travels in the client's serializer where we have agreed on one, else in marshal, as
 * Pyro's does. */
static void refuse(struct pyro_connection *connection, const struct pyro_message *message,
                   const struct pyro_codec *codec, const struct pyro_error *why)
{
    struct pyro_header header = {.type = PYRO_CONNECTFAIL,
                                 .serializer = codec ? codec->serializer : PYRO_SERIALIZER_MARSHAL,
                                 .seq = message->header.seq};
    pyro_header_correlate(&header, &message->header);
    struct pyro_buffer *out = pyro_stream_output(connection->stream);
    struct pyro_writer writer;
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_draft draft;
    bool written;

    pyro_log_write(&connection->runtime->log, PYRO_WARNING, "daemon", "%s: handshake failed: %s",
                   connection->peer, why->message);
    if (pyro_message_begin(&draft, out, message->protocol, &header, NULL, 0, &err) != PYRO_OK)
        return;
    if (codec) {
        codec->open(&writer, out, &err);
        written = pyro_put_text(&writer.sink, why->message) == PYRO_OK;
    } else {
        written = pyro_marshal_write_text(out, pyro_slice_text(why->message));
    }
    if (!written)
        pyro_message_abort(&draft);
    else if (pyro_message_end(&draft, 0, false, &err) == PYRO_OK)
        pyro_stream_changed(connection->stream);
}

void pyro_handshake_refuse(struct pyro_connection *connection, const struct pyro_error *why)
{
    const struct pyro_message unread = {.protocol = pyro_input_closest(&connection->input)};
    refuse(connection, &unread, NULL, why);
}

enum pyro_code pyro_handshake(struct pyro_connection *connection, struct pyro_message *message)
{
    struct introduction who = {.codec = NULL};
    struct pyro_error err = {.code = PYRO_OK};
    enum pyro_code code = check_introduction(connection, message, &who, &err);
    if (code == PYRO_OK && who.codec)
        code = welcome(connection, message, &who, &err);
    if (code != PYRO_OK) {
        if (connection->stream)
            refuse(connection, message, who.codec, &err);
        return code;
    }
    pyro_stream_changed(connection->stream);
    return PYRO_OK;
}
