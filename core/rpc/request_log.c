#include "rpc/request_log.h"

#include <stdio.h>

#include "base/escape.h"
#include "base/uuid.h"
#include "rpc/connection.h"
#include "rpc/request.h"
#include "wire/trace.h"

/* The longest call whose arguments are read again. */
#define REREAD_SIZE ((size_t)64 * 1024)
/* Bytes of a method's name, so that there is room for the error. */
#define SHOWN_METHOD 256

bool pyro_request_correlate(struct pyro_request *request)
{
    struct pyro_header *header = &request->message.header;
    if (!header->correlated)
        header->correlated = pyro_runtime_identify(request->runtime, header->correlation);
    return header->correlated;
}

/* Returns the name of the attribute that a request accesses, which lasts as long as the arguments;
 * an empty one where there is none, or reading it again would take long. */
static struct pyro_slice read_attribute(struct pyro_request *request, struct pyro_tree *args)
{
    size_t length = request->message.data.length; /* 0: the bytes are gone */
    bool accesses = request->kind == PYRO_REQUEST_GET || request->kind == PYRO_REQUEST_SET;
    if (!accesses || (request->flags & PYRO_FLAG_BLOB) || length == 0 || length > REREAD_SIZE)
        return pyro_slice("", 0);
    pyro_reading_charge(&request->call.held, &args->sink);
    if (request->codec->read_args(&request->call, &args->sink, args->sink.err) != PYRO_OK)
        return pyro_slice("", 0);
    const struct pyro_value *name = pyro_value_at(args->root.u.of.items, 0);
    return name && name->type == PYRO_STR ? name->u.text : pyro_slice("", 0);
}

/* Writes what calls that fail in the same way, or are slow, have in common. */
static void name_kind(const struct pyro_log_fields *fields, bool slow, char *out, size_t size)
{
    if (slow)
        snprintf(out, size, "calls of %.*s.%.*s were slow", (int)fields->object.length,
                 fields->object.data, (int)fields->method.length, fields->method.data);
    else if (fields->method.length > 0)
        snprintf(out, size, "calls of %.*s.%.*s failed: %.*s", (int)fields->object.length,
                 fields->object.data, (int)fields->method.length, fields->method.data,
                 (int)fields->error.length, fields->error.data);
    else
        snprintf(out, size, "requests failed: %.*s", (int)fields->error.length, fields->error.data);
}

static void write_line(struct pyro_log *log, const struct pyro_log_topic *topic,
                       enum pyro_level level, const char *text)
{
    const struct pyro_slice object = topic->fields.object;
    char method[SHOWN_METHOD];
    pyro_escape(method, sizeof(method), topic->fields.method);
    if (*method)
        pyro_log_about(log, topic, level, "daemon", "%.*s.%s: %s", (int)object.length, object.data,
                       method, text);
    else /* it did not get that far */
        pyro_log_about(log, topic, level, "daemon", "%s", text);
}

static void log_call(struct pyro_request *request, enum pyro_level level,
                     const struct pyro_failure *failure)
{
    struct pyro_log *log = &request->runtime->log;
    const struct pyro_items *items = request->items; /* then the method is the one that made them */
    struct pyro_log_topic topic = {
        .fields = {.client = pyro_slice_text(request->connection->peer),
                   .object = items ? items->object : request->call.object,
                   .method = items ? items->method : failure->method,
                   .error = failure->error,
                   .traceparent = pyro_message_traceparent(&request->message),
                   .traceback = failure->traceback}};
    char kind[200], correlation[PYRO_UUID_TEXT_SIZE] = "";
    struct pyro_error err;
    struct pyro_tree args;
    if (!pyro_log_has(log, level))
        return;
    pyro_tree_init(&args, &err);
    struct pyro_slice attribute = read_attribute(request, &args);
    if (attribute.length > 0)
        topic.fields.method = attribute;
    if (pyro_request_correlate(request))
        pyro_uuid_text(request->message.header.correlation, correlation);
    topic.fields.correlation_id = pyro_slice_text(correlation);
    name_kind(&topic.fields, failure->slow, kind, sizeof(kind));
    topic.kind = kind;
    write_line(log, &topic, level, failure->text);
    pyro_tree_free(&args);
}

bool pyro_request_logs_tracebacks(const struct pyro_request *request)
{
    return pyro_log_has(&request->runtime->log, PYRO_INFO);
}

void pyro_request_log(struct pyro_request *request, const struct pyro_failure *failure)
{
    if (!request->refused)
        log_call(request, PYRO_WARNING, failure);
}

void pyro_request_log_slow(struct pyro_request *request, struct pyro_slice method, double seconds)
{
    char text[40];
    snprintf(text, sizeof(text), "took %.3f s", seconds);
    log_call(request, PYRO_WARNING,
             &(struct pyro_failure){.method = method, .text = text, .slow = true});
}

void pyro_request_log_error(struct pyro_request *request, struct pyro_slice method,
                            const struct pyro_error *why)
{
    char shown[sizeof(why->message) + sizeof(why->raised) + 2];
    const char *name = pyro_error_name(why);
    if (why->code == PYRO_ESTOP || why->code == PYRO_EPERMISSION) /* that is logged already */
        return;
    snprintf(shown, sizeof(shown), "%s: %s", name, why->message);
    /* A name that is not known is an answer, and nobody's mistake. */
    log_call(
        request, why->code == PYRO_ENAMING ? PYRO_INFO : PYRO_WARNING,
        &(struct pyro_failure){.method = method, .error = pyro_slice_text(name), .text = shown});
}
