#include "http/parts.h"

#include "http/request_private.h"

const char *pyro_http_method(const struct pyro_http_request *request)
{
    return request->method;
}

const char *pyro_http_path(const struct pyro_http_request *request)
{
    return request->path;
}

const char *pyro_http_target(const struct pyro_http_request *request)
{
    return request->target;
}

struct pyro_slice pyro_http_body(const struct pyro_http_request *request)
{
    return pyro_slice(request->body.data, request->body.length);
}

const char *pyro_http_peer(const struct pyro_http_request *request)
{
    return request->peer;
}

const char *pyro_http_address(const struct pyro_http_request *request)
{
    return request->connection ? request->connection->address : "";
}

/* Fields that are being copied. */
struct copying {
    struct pyro_http_field *out;
    size_t count, most;
};

/* Returns the length without the spaces at the end of a header, which are no part of its value. The
 * daemon drops those before it only. */
static size_t trimmed(const char *value, size_t length)
{
    while (length > 0 && (value[length - 1] == ' ' || value[length - 1] == '\t'))
        length--;
    return length;
}

static enum MHD_Result copy_field(void *cls, enum MHD_ValueKind kind, const char *name,
                                  size_t name_length, const char *value, size_t value_length)
{
    struct copying *copying = cls;
    if (kind == MHD_HEADER_KIND)
        value_length = trimmed(value, value_length);
    if (copying->count < copying->most)
        copying->out[copying->count] = (struct pyro_http_field){
            pyro_slice(name, name_length), pyro_slice(value ? value : "", value_length)};
    copying->count++;
    return MHD_YES;
}

size_t pyro_http_fields(const struct pyro_http_request *request, enum pyro_http_part part,
                        struct pyro_http_field *out, size_t most)
{
    struct copying copying = {.out = out, .most = most};
    if (request->state == REQUEST_PENDING)
        request->connection->server->api->MHD_get_connection_values_n(
            request->connection->handle,
            part == PYRO_HTTP_HEADERS ? MHD_HEADER_KIND : MHD_GET_ARGUMENT_KIND, copy_field,
            &copying);
    return copying.count;
}
