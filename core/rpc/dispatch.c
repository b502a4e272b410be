/* Makes requests of messages, and passes them on to the objects that they are for. */
#include "rpc/dispatch.h"
#include "base/serializer.h"

#include <string.h>

#include "base/assert.h"
#include "base/memory.h"
#include "rpc/guard.h"
#include "rpc/private.h"
#include "rpc/reading.h"
#include "rpc/request.h"

/* Returns what a request asks for. Attributes are read and written by methods of these names. */
static enum pyro_request_kind kind_of(const struct pyro_request *request)
{
    struct pyro_slice method = request->call.method;
    if (request->flags & PYRO_FLAG_BATCH)
        return PYRO_REQUEST_BATCH;
    if (method.length == 0 || method.data[0] != '_')
        return PYRO_REQUEST_METHOD;
    if (pyro_slice_equals(method, "__getattr__"))
        return PYRO_REQUEST_GET;
    return pyro_slice_equals(method, "__setattr__") ? PYRO_REQUEST_SET : PYRO_REQUEST_METHOD;
}

/* Private names never reach an object, whatever it is. A batch has the name "<batch>". */
static bool is_private(const struct pyro_request *request)
{
    return request->kind != PYRO_REQUEST_GET && request->kind != PYRO_REQUEST_SET &&
           pyro_is_private(request->call.method);
}

/* Each call allocates a request: its size is to be one that glibc caches for each thread. */
_Static_assert(sizeof(struct pyro_request) <= 1032, "a request is larger than what is quick");

/* Lets the connection's later requests wait. */
static void take_turn(struct pyro_connection *connection)
{
    PYRO_ASSERT(!connection->busy);
    connection->busy = true;
}

static struct pyro_request *new_request(struct pyro_connection *connection,
                                        struct pyro_message *message)
{
    struct pyro_request *request = pyro_malloc(sizeof(*request));
    if (!request)
        return NULL;
    memset(request, 0, offsetof(struct pyro_request, message));
    request->runtime = connection->runtime;
    request->protocol = message->protocol;
    if (pyro_connection_note_typed(connection, message)) {
        request->annotations = &pyro_typed_annotation;
        request->annotation_count = 1;
    }
    request->codec = pyro_connection_codec(connection, message->header.serializer);
    request->flags = message->header.flags & (PYRO_FLAG_ONEWAY | PYRO_FLAG_BATCH | PYRO_FLAG_BLOB);
    pyro_message_move(&request->message, message);
    request->guarded = connection->registry->guarded;
    request->connection = connection;
    request->since = pyro_loop_clock(connection->runtime->loop);
    request->made = connection->runtime->counters.made;
    connection->requests++;
    pyro_connection_retain(connection);
    if (request->flags & PYRO_FLAG_ONEWAY) {
        request->concurrent = connection->runtime->config.ONEWAY_THREADED;
        connection->runtime->counters.oneway++;
    }
    if (request->concurrent)
        connection->oneways++;
    else
        take_turn(connection);
    return request;
}

static enum pyro_code take_names(struct pyro_request *request, const struct pyro_value *description,
                                 struct pyro_error *err)
{
    const struct pyro_value *object = pyro_value_at(description, 1);
    const struct pyro_value *method = pyro_value_at(description, 2);
    if (!object || object->type != PYRO_STR || !method || method->type != PYRO_STR)
        return pyro_error_set(err, PYRO_EPROTOCOL, "malformed description of a serialized blob");
    request->call.object = object->u.text;
    request->call.method = method->u.text;
    return pyro_request_keep_names(request) ? PYRO_OK : pyro_error_memory(err);
}

/* Reads a blob's object and method, for which it need not be read. */
static enum pyro_code read_blob(struct pyro_request *request, struct pyro_error *err)
{
    struct pyro_tree tree;
    pyro_tree_init(&tree, err);
    enum pyro_code code = pyro_request_blob(request, &tree.sink, err);
    if (code == PYRO_OK)
        code = take_names(request, tree.root.u.of.items, err);
    pyro_tree_free(&tree);
    pyro_reading_free(&request->call.held);
    if (code != PYRO_OK) /* their names go with the tree */
        request->call.object = request->call.method = pyro_slice(NULL, 0);
    return code;
}

static enum pyro_code read_request(struct pyro_request *request, struct pyro_error *err)
{
    const struct pyro_header *header = &request->message.header;
    if (!pyro_config_accepts(&request->runtime->config, header->serializer))
        return pyro_error_set(err, PYRO_ESERIALIZE,
                              "message used serializer that is not accepted: %u",
                              header->serializer_id);
    enum pyro_code code =
        pyro_message_open(&request->message, (size_t)request->runtime->config.MAX_MESSAGE_SIZE,
                          request->runtime, &request->call.held, err);
    if (code != PYRO_OK)
        return code;
    request->codec = pyro_codec_answering(request->codec, request->message.data);
    if (request->flags & PYRO_FLAG_BLOB)
        return read_blob(request, err);
    return request->codec->read_call(request->message.data, &request->call, err);
}

/* Finds whom a request is for that was read; NULL with the error. */
static struct pyro_object *find_object(const struct pyro_request *request, struct pyro_error *err)
{
    struct pyro_object *object = pyro_request_object(request);
    if (!object) {
        pyro_error_set(err, PYRO_EDAEMON, "unknown object");
    } else if (is_private(request)) {
        pyro_refuse_private(err, request->call.method);
        object = NULL;
    }
    return object;
}

static void serve(struct pyro_request *request)
{
    struct pyro_error err;
    pyro_error_clear(&err);
    struct pyro_object *object = find_object(request, &err);
    if (!object) {
        pyro_request_fail(request, &err);
        return;
    }
    if (request->kind == PYRO_REQUEST_BATCH)
        request->runtime->counters.batches++;
    else
        pyro_count_known(request, object);
    object->ops->invoke(object, request);
}

/* Lets the owner decide about a request. The client's end waits for that: what the call finds, such
 * as an instance for the connection, is to be that of the calls before. */
static void consider(struct pyro_request *request, const struct pyro_wanted *wanted)
{
    const struct pyro_registry *registry = request->connection->registry;
    request->considered = true;
    request->connection->considered++;
    registry->hooks->consider(registry->owner, request, wanted);
}

void pyro_dispatch_allowed(struct pyro_request *request)
{
    struct pyro_connection *connection = request->connection;
    PYRO_ASSERT(request->considered);
    request->considered = false;
    pyro_connection_retain(connection);
    serve(request);
    pyro_connection_decided(connection);
    pyro_connection_release(connection);
}

/* Serves a request if its client may call what it calls. */
static PYRO_NOINLINE void serve_guarded(struct pyro_request *request)
{
    struct pyro_registry *registry = request->connection->registry;
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_wanted wanted;
    bool considered = false;
    enum pyro_code code = pyro_guard_request(request, &wanted, &err);
    if (code == PYRO_OK && !wanted.nothing && registry->hooks->consider) {
        consider(request, &wanted);
        considered = true;
    } else if (code == PYRO_OK) {
        code = pyro_guard_ask(request->connection, &wanted, &err);
    }
    pyro_guard_free_wanted(&wanted);
    if (considered)
        return;
    if (code == PYRO_OK || pyro_guard_limit(request, request->call.method))
        serve(request);
    else
        pyro_request_fail(request, &err);
}

static void log_unread(struct pyro_connection *connection, const char *why)
{
    const struct pyro_log_fields fields = {.client = pyro_slice_text(connection->peer)};
    pyro_registry_log_refusal(connection->registry, PYRO_REFUSED_MESSAGE, &fields,
                              "connection refused: %s", why);
}

void pyro_dispatch(struct pyro_connection *connection, struct pyro_message *message)
{
    struct pyro_error err;
    struct pyro_request *request = new_request(connection, message);
    if (!request || !request->codec) {
        log_unread(connection, request ? "serializer that is not accepted" : "out of memory");
        if (request)
            pyro_request_finish(request);
        pyro_connection_close(connection);
        return;
    }
    pyro_error_clear(&err);
    if (read_request(request, &err) != PYRO_OK) {
        request->unread = true;
        pyro_request_fail(request, &err);
        return;
    }
    request->kind = kind_of(request);
    if (request->guarded)
        serve_guarded(request);
    else
        serve(request);
}
