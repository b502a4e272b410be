#include "rpc/request_log.h"

#include <stdio.h>

#include "base/uuid.h"
#include "rpc/connection.h"
#include "rpc/request.h"
#include "wire/trace.h"

bool pyro_request_correlate(struct pyro_request *request)
{
    struct pyro_header *header = &request->message.header;
    if (!header->correlated)
        header->correlated = pyro_runtime_identify(request->runtime, header->correlation);
    return header->correlated;
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
    const struct pyro_log_fields *fields = &topic.fields;
    char kind[200], correlation[PYRO_UUID_TEXT_SIZE] = "";
    if (!pyro_log_has(log, level))
        return;
    if (pyro_request_correlate(request))
        pyro_uuid_text(request->message.header.correlation, correlation);
    topic.fields.correlation_id = pyro_slice_text(correlation);
    name_kind(fields, failure->slow, kind, sizeof(kind));
    topic.kind = kind;
    if (fields->method.length > 0)
        pyro_log_about(log, &topic, level, "daemon", "%.*s.%.*s: %s", (int)fields->object.length,
                       fields->object.data, (int)fields->method.length, fields->method.data,
                       failure->text);
    else /* it did not get that far */
        pyro_log_about(log, &topic, level, "daemon", "%s", failure->text);
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
