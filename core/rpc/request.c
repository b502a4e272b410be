/* Requests: reading what a client sent, and answering it.
 *
 * A request is made by dispatch.c, and answered exactly once: begun and ended, failed, or finished.
 * An answer that was begun is ended or aborted before the loop is stepped again. Answering does not
 * run the connection's next request: the loop does. */
#include "rpc/request.h"

#include <string.h>

#include "base/assert.h"
#include "base/memory.h"
#include "rpc/blob.h"
#include "rpc/connection.h"
#include "rpc/exception.h"
#include "rpc/request_log.h"

/* From this size on, a call's bytes are given back as soon as they are read. */
#define LARGE_CALL ((size_t)64 * 1024)

bool pyro_request_keep_names(struct pyro_request *request)
{
    struct pyro_invocation *call = &request->call;
    size_t object = call->object.length, method = call->method.length;
    char *names = pyro_malloc(object + method);
    if (!names)
        return false;
    memcpy(names, call->object.data, object);
    memcpy(names + object, call->method.data, method);
    call->object = pyro_slice(names, object);
    call->method = pyro_slice(names + object, method);
    request->names = names;
    return true;
}

/* Keeps of what has been read only whom it is for. */
static void shed_bytes(struct pyro_request *request)
{
    if (request->message.data.length < LARGE_CALL || request->message.annotations.length > 0 ||
        pyro_request_reports_failure(request) || !pyro_request_keep_names(request))
        return;
    pyro_reading_free(&request->call.held);
    pyro_message_release(&request->message);
    request->message.data = pyro_slice(NULL, 0);
}

enum pyro_code pyro_request_peek_args(struct pyro_request *request, struct pyro_sink *to,
                                      struct pyro_error *err)
{
    if (request->flags & PYRO_FLAG_BLOB)
        return pyro_error_set(err, PYRO_ETYPE, "%.*s() takes no serialized blob",
                              (int)request->call.method.length, request->call.method.data);
    pyro_reading_charge(&request->call.held, to);
    enum pyro_code code = request->codec->read_args(&request->call, to, err);
    if (code != PYRO_OK)
        request->unread = true;
    return code;
}

enum pyro_code pyro_request_args(struct pyro_request *request, struct pyro_sink *to,
                                 struct pyro_error *err)
{
    enum pyro_code code = pyro_request_peek_args(request, to, err);
    if (code == PYRO_OK)
        shed_bytes(request);
    return code;
}

enum pyro_code pyro_request_blob(struct pyro_request *request, struct pyro_sink *to,
                                 struct pyro_error *err)
{
    pyro_reading_charge(&request->call.held, to);
    return pyro_blob_read(&request->message, &request->call.held, to, err);
}

struct pyro_object *pyro_request_object(const struct pyro_request *request)
{
    return pyro_connection_find(request->connection, request->call.object);
}

bool pyro_request_reports_failure(const struct pyro_request *request)
{
    const struct pyro_registry *registry = pyro_connection_registry(request->connection);
    return registry && registry->hooks->failed;
}

void pyro_request_report_failure(struct pyro_request *request, void *failure)
{
    const struct pyro_registry *registry = request->connection->registry;
    registry->hooks->failed(registry->owner, request, failure);
}

bool pyro_request_is_last(const struct pyro_request *request)
{
    return request->connection->draining;
}

bool pyro_request_wanted(const struct pyro_request *request)
{
    return !(request->flags & PYRO_FLAG_ONEWAY) && request->connection->stream;
}

struct pyro_sink *pyro_request_begin(struct pyro_request *request, unsigned flags,
                                     struct pyro_error *err)
{
    const struct pyro_config *config = &request->runtime->config;
    if (!pyro_request_wanted(request)) {
        pyro_error_set(err, PYRO_ECLOSED, "nobody waits for the answer");
        return NULL;
    }
    struct pyro_header header = {.type = PYRO_RESULT,
                                 .flags = flags,
                                 .serializer = request->message.header.serializer,
                                 .seq = request->message.header.seq};
    pyro_header_correlate(&header, &request->message.header);
    if (pyro_connection_begin(request->connection, &request->draft, request->protocol, &header,
                              request->annotations, request->annotation_count, err) != PYRO_OK)
        return NULL;
    pyro_message_limit(&request->draft, (size_t)config->MAX_MESSAGE_SIZE, config->COMPRESSION);
    request->codec->open(&request->writer, request->draft.out, err);
    return &request->writer.sink;
}

enum pyro_code pyro_request_end(struct pyro_request *request, struct pyro_error *err)
{
    const struct pyro_config *config = &request->runtime->config;
    enum pyro_code code =
        pyro_connection_end(request->connection, &request->draft, (size_t)config->MAX_MESSAGE_SIZE,
                            config->COMPRESSION, err);
    if (code == PYRO_OK)
        pyro_request_finish(request);
    return code;
}

enum pyro_code pyro_request_answer(struct pyro_request *request, const struct pyro_value *value,
                                   struct pyro_error *err)
{
    struct pyro_sink *to = pyro_request_begin(request, request->flags & PYRO_FLAG_BATCH, err);
    if (!to)
        return err->code;
    enum pyro_code code = pyro_value_put(value, to);
    if (code == PYRO_OK)
        return pyro_request_end(request, err);
    pyro_request_abort(request);
    return code;
}

void pyro_request_abort(struct pyro_request *request)
{
    pyro_connection_abort(request->connection, &request->draft);
}

/* Answers with an exception; an error leaves the request to be answered. */
static enum pyro_code answer_error(struct pyro_request *request, unsigned flags,
                                   const struct pyro_error *why, bool traced,
                                   struct pyro_error *err)
{
    struct pyro_sink *to = pyro_request_begin(request, flags, err);
    if (!to)
        return err->code;
    enum pyro_code code = pyro_put_error(to, request->protocol, why, traced);
    if (code == PYRO_OK)
        return pyro_request_end(request, err);
    pyro_request_abort(request);
    return code;
}

/* While the request keeps the items, and so their id, in place, they are busy: should it fail, they
 * are over. */
static enum pyro_code keep_items(struct pyro_request *request, struct pyro_items *items,
                                 struct pyro_error *err)
{
    struct pyro_connection *connection = request->connection;
    enum pyro_code code =
        !pyro_items_name(items, request->call.object, request->call.method) ? pyro_error_memory(err)
        : connection->stream
            ? pyro_registry_keep_items(connection->registry, items, connection, err)
            : pyro_error_set(err, PYRO_ECLOSED, "nobody waits for the answer");
    if (code != PYRO_OK) {
        pyro_items_release(items);
        return code;
    }
    items->busy = true;
    request->items = items;
    items->announcement = (struct pyro_annotation){.key = PYRO_STREAM_ANNOTATION,
                                                   .value = pyro_slice_text(items->id)};
    request->annotations = &items->announcement;
    request->annotation_count = 1;
    return PYRO_OK;
}

enum pyro_code pyro_request_stream(struct pyro_request *request, struct pyro_items *items,
                                   struct pyro_error *err)
{
    struct pyro_error instead; /* what clients get that do not know streams */
    enum pyro_code code = items ? keep_items(request, items, err) : PYRO_OK;
    if (code != PYRO_OK)
        return code;
    pyro_error_set(&instead, PYRO_EPROTOCOL, "result of call is an iterator");
    code = answer_error(request, PYRO_FLAG_EXCEPTION | PYRO_FLAG_STREAM, &instead, false, err);
    if (code != PYRO_OK)
        request->annotation_count = 0;
    return code;
}

void pyro_request_count_error(struct pyro_request *request, struct pyro_slice class_name)
{
    struct pyro_counters *counters = &request->runtime->counters;
    pyro_tally_error(request->tally ? &request->tally->calls : &counters->unfound,
                     &counters->classes, class_name);
}

void pyro_request_fail(struct pyro_request *request, const struct pyro_error *why)
{
    struct pyro_connection *connection = request->connection;
    struct pyro_error reason = *why, err = {.code = PYRO_OK};
    bool unread = request->unread;
    request->failed = true;
    pyro_request_count_error(request, pyro_slice_text(pyro_error_name(&reason)));
    pyro_request_log_error(request, request->call.method, &reason);
    pyro_connection_retain(connection);
    if (!pyro_request_wanted(request)) {
        pyro_request_finish(request);
    } else if (answer_error(request, PYRO_FLAG_EXCEPTION, &reason, true, &err) != PYRO_OK) {
        pyro_request_finish(request);
        pyro_connection_close(connection); /* a client must not wait for what cannot come */
    }
    if (reason.code == PYRO_ESECURITY && !unread)
        pyro_connection_close(connection);
    pyro_connection_release(connection);
}

void pyro_request_finish(struct pyro_request *request)
{
    struct pyro_connection *connection = request->connection;
    if (request->kind != PYRO_REQUEST_BATCH || request->tally)
        pyro_count_ended(request);
    if (request->items)
        pyro_items_served(request->items, request->failed);
    PYRO_ASSERT(request->concurrent ? connection->oneways > 0 : connection->busy);
    if (request->concurrent)
        connection->oneways--;
    else
        connection->busy = false;
    if (request->considered)
        pyro_connection_decided(connection);
    pyro_connection_proceed(connection);
    pyro_message_release(&request->message);
    pyro_reading_free(&request->call.held);
    pyro_free(request->names);
    pyro_free(request);
    pyro_connection_release(connection);
}
