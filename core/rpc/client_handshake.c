/* The client's half of the handshake: two messages, or a call that asks for the metadata, written
 * and read. Keeps no state of its own; nothing here steps the loop. */
#include "rpc/client_handshake.h"

#include <stdio.h>

#include "codec/codec.h"
#include "rpc/client_output.h"
#include "rpc/daemon.h"
#include "rpc/exception.h"
#include "rpc/members.h"
#include "rpc/metadata.h"
#include "rpc/reading.h"
#include "value/tree.h"

static enum pyro_code put_handshake(struct pyro_sink *to, const struct pyro_dialect *dialect,
                                    const struct pyro_connect_options *terms, const char *object)
{
    enum pyro_code code;
    if ((code = pyro_begin(to, PYRO_DICT, object ? 2 : 1)) != PYRO_OK ||
        (code = pyro_put_text(to, "handshake")) != PYRO_OK ||
        (code = terms->handshake ? terms->handshake(terms->owner, dialect->protocol, to)
                                 : pyro_put_text(to, "hello")) != PYRO_OK)
        return code;
    if (object && ((code = pyro_put_text(to, "object")) != PYRO_OK ||
                   (code = pyro_put_text(to, object)) != PYRO_OK))
        return code;
    return pyro_end(to, PYRO_DICT);
}

/* Begins a message of the client's. NULL with the error. */
static struct pyro_sink *begin(struct pyro_client *client, const struct pyro_header *header,
                               struct pyro_error *err)
{
    if (pyro_client_begin_message(client, header, &pyro_typed_annotation, 1, err) != PYRO_OK)
        return NULL;
    pyro_client_codec(client)->open(&client->writer, client->draft.out, err);
    return &client->writer.sink;
}

/* Sends it, if it was written well. */
static enum pyro_code end(struct pyro_client *client, enum pyro_code code, struct pyro_error *err)
{
    if (code == PYRO_OK)
        return pyro_client_end_message(client, 0, false, err);
    pyro_client_abort_message(client);
    return code;
}

enum pyro_code pyro_client_send_handshake(struct pyro_client *client, struct pyro_error *err)
{
    const struct pyro_dialect *dialect = &client->dialect;
    const struct pyro_connect_options *terms = &client->terms;
    bool described = pyro_client_wants_metadata(client) || dialect->protocol->always_metadata;
    struct pyro_header header = {.type = PYRO_CONNECT,
                                 .flags = described ? PYRO_FLAG_METADATA : 0,
                                 .serializer = dialect->serializer,
                                 .correlated = terms->correlated};
    memcpy(header.correlation, terms->correlation, sizeof(header.correlation));
    struct pyro_sink *to = begin(client, &header, err);
    if (!to)
        return err->code;
    return end(client, put_handshake(to, dialect, terms, described ? client->uri.object : NULL),
               err);
}

static enum pyro_code put_inquiry(struct pyro_writer *writer, const struct pyro_codec *codec,
                                  const char *object)
{
    struct pyro_sink *to = &writer->sink;
    enum pyro_code code;
    if ((code = codec->call_begin(writer, pyro_slice_text(PYRO_DAEMON_NAME),
                                  pyro_slice_text("get_metadata"))) != PYRO_OK ||
        (code = pyro_begin(to, PYRO_TUPLE, 1)) != PYRO_OK ||
        (code = pyro_put_text(to, object)) != PYRO_OK ||
        (code = pyro_end(to, PYRO_TUPLE)) != PYRO_OK ||
        (code = pyro_begin(to, PYRO_DICT, 0)) != PYRO_OK ||
        (code = pyro_end(to, PYRO_DICT)) != PYRO_OK)
        return code;
    return codec->call_end(writer);
}

enum pyro_code pyro_client_request_metadata(struct pyro_client *client, struct pyro_error *err)
{
    const struct pyro_codec *codec = pyro_client_codec(client);
    struct pyro_header header = {.type = PYRO_INVOKE,
                                 .serializer = pyro_dialect_serializer(&client->dialect, codec)};
    if (!begin(client, &header, err))
        return err->code;
    return end(client, put_inquiry(&client->writer, codec, client->uri.object), err);
}

static enum pyro_code add_members(struct pyro_map *members, const struct pyro_value *names,
                                  unsigned bits, struct pyro_error *err)
{
    if (!names || names->type != PYRO_CONTAINER_VALUE || names->kind == PYRO_DICT)
        return pyro_error_set(err, PYRO_EPROTOCOL, "malformed metadata");
    for (size_t i = 0; i < names->u.of.count; i++) {
        const struct pyro_value *name = &names->u.of.items[i];
        if (name->type != PYRO_STR)
            return pyro_error_set(err, PYRO_EPROTOCOL, "malformed metadata");
        if (!pyro_add_member(members, name->u.text, bits))
            return pyro_error_memory(err);
    }
    return PYRO_OK;
}

static enum pyro_code read_metadata(const struct pyro_value *metadata, struct pyro_map *members,
                                    struct pyro_error *err)
{
    static const unsigned bits[PYRO_METADATA_LISTS] = {PYRO_METHOD, PYRO_ONEWAY, PYRO_ATTRIBUTE};
    pyro_map_free(members);
    for (int i = 0; i < PYRO_METADATA_LISTS; i++) {
        const struct pyro_value *names = pyro_value_get(metadata, pyro_metadata_keys[i]);
        if (add_members(members, names, bits[i], err) != PYRO_OK)
            return err->code;
    }
    return PYRO_OK;
}

/* Takes the metadata, and keeps them where METADATA is on. */
static enum pyro_code take_metadata(struct pyro_client *client, const struct pyro_value *metadata,
                                    struct pyro_error *err)
{
    struct pyro_map unwanted = {.entries = NULL};
    bool wanted = client->runtime->config.METADATA;
    enum pyro_code code = read_metadata(metadata, wanted ? &client->members : &unwanted, err);
    pyro_map_free(&unwanted);
    if (code == PYRO_OK && wanted && pyro_map_count(&client->members) == 0)
        return pyro_error_set(err, PYRO_EPYRO,
                              "remote object doesn't expose any methods or attributes. Did you "
                              "forget setting @expose on them? An object in Lua exposes its "
                              "functions, or those that pyro.expose() names");
    return code;
}

static enum pyro_code rejected(const struct pyro_uri *uri, struct pyro_slice reason,
                               struct pyro_error *err)
{
    char place[PYRO_PLACE_SIZE];
    pyro_uri_place(uri, place);
    if (pyro_slice_equals(reason, "unknown object"))
        return pyro_error_set(err, PYRO_ECOMMUNICATION,
                              "connection to %s rejected: unknown object: it has none of the id "
                              "'%.100s'; look up its URI anew",
                              place, uri->object);
    return pyro_error_set(err, PYRO_ECOMMUNICATION, "connection to %s rejected: %.*s", place,
                          (int)reason.length, reason.data);
}

/* Reads the value of a message that the server sent. The caller frees the tree, in any case. */
static enum pyro_code read_tree(const struct pyro_client *client, struct pyro_message *message,
                                struct pyro_tree *tree, struct pyro_error *err)
{
    struct pyro_reading held = {.parsed = NULL};
    pyro_tree_init(tree, err);
    enum pyro_code code = pyro_message_read(message, client->runtime, &held, &tree->sink, err);
    pyro_reading_free(&held);
    return code;
}

static enum pyro_code read_rejection(struct pyro_client *client, struct pyro_message *message,
                                     struct pyro_error *err)
{
    const struct pyro_uri *uri = &client->uri;
    struct pyro_slice reason = pyro_slice_text("no reason given");
    struct pyro_tree tree;
    client->rejected = true;
    if (!pyro_codec_find(message->header.serializer))
        return rejected(uri, reason, err);
    enum pyro_code code = read_tree(client, message, &tree, err);
    if (code == PYRO_OK) {
        const struct pyro_value *value = &tree.root.u.of.items[0];
        code = rejected(uri, value->type == PYRO_STR ? value->u.text : reason, err);
    }
    pyro_tree_free(&tree);
    return code;
}

/* Reads the exception of the call that asked for the metadata. */
static enum pyro_code read_objection(const struct pyro_value *exception, struct pyro_error *err)
{
    const char *text = pyro_exception_read(exception).text;
    return pyro_error_set(err, PYRO_ECOMMUNICATION, "the metadata cannot be had: %s",
                          text ? text : "no reason given");
}

/* Reads the metadata in a message: the value itself, or (`key` not NULL) what it has there. */
static enum pyro_code read_members(struct pyro_client *client, struct pyro_message *message,
                                   const char *key, struct pyro_error *err)
{
    struct pyro_tree tree;
    enum pyro_code code = read_tree(client, message, &tree, err);
    const struct pyro_value *value = code == PYRO_OK ? &tree.root.u.of.items[0] : NULL;
    if (code == PYRO_OK && message->header.flags & PYRO_FLAG_EXCEPTION)
        code = read_objection(value, err);
    else if (code == PYRO_OK)
        code = take_metadata(client, key ? pyro_value_get(value, key) : value, err);
    pyro_tree_free(&tree);
    return code;
}

enum pyro_code pyro_client_read_handshake(struct pyro_client *client, struct pyro_message *message,
                                          struct pyro_error *err)
{
    const struct pyro_header *header = &message->header;
    char place[PYRO_PLACE_SIZE];
    if (header->type == PYRO_CONNECTFAIL)
        return read_rejection(client, message, err);
    pyro_uri_place(&client->uri, place);
    if (header->type != PYRO_CONNECTOK || message->protocol != client->dialect.protocol)
        return pyro_error_set(err, PYRO_EPROTOCOL,
                              "cannot connect to %s: invalid msg type %d received", place,
                              (int)header->type);
    if (!pyro_client_wants_metadata(client))
        return PYRO_OK;
    if (header->flags & PYRO_FLAG_METADATA)
        return read_members(client, message, "meta", err);
    if (!pyro_client_signs_with(client))
        return PYRO_OK;
    /* The client's own handshake would be such an answer, signed with its key. */
    return pyro_error_set(err, PYRO_EPROTOCOL,
                          "cannot connect to %s: the signed answer has no metadata: it may be "
                          "another message, sent again",
                          place);
}

enum pyro_code pyro_client_read_metadata(struct pyro_client *client, struct pyro_message *message,
                                         struct pyro_error *err)
{
    if (message->header.type != PYRO_RESULT)
        return pyro_error_set(err, PYRO_EPROTOCOL, "invalid msg type %d received",
                              (int)message->header.type);
    return read_members(client, message, NULL, err);
}
