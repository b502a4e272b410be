#include "http/head.h"

#include <string.h>
#include <strings.h>

/* Headers that say where a request ends. */
struct framing {
    unsigned lengths, encodings, hosts;
    bool chunked, strange; /* strange: a name that is none */
    bool folded;           /* they go on in a second line */
};

static bool is_name(const char *name, size_t length)
{
    return length > 0 && strcspn(name, " \t") >= length;
}

/* Returns whether a header was folded into two lines: the daemon appends the second one, which
 * others take for a part of the value, to the name. */
static bool is_folded(const char *name, const char *header)
{
    size_t length = strlen(header);
    return strncasecmp(name, header, length) == 0 && name[length] != '\0';
}

static enum MHD_Result look_at(void *cls, enum MHD_ValueKind kind, const char *name,
                               size_t name_length, const char *value, size_t value_length)
{
    struct framing *framing = cls;
    (void)kind;
    (void)value_length;
    framing->strange = framing->strange || !is_name(name, name_length);
    framing->folded = framing->folded || is_folded(name, MHD_HTTP_HEADER_CONTENT_LENGTH) ||
                      is_folded(name, MHD_HTTP_HEADER_TRANSFER_ENCODING);
    framing->lengths += strcasecmp(name, MHD_HTTP_HEADER_CONTENT_LENGTH) == 0;
    framing->hosts += strcasecmp(name, MHD_HTTP_HEADER_HOST) == 0;
    if (strcasecmp(name, MHD_HTTP_HEADER_TRANSFER_ENCODING) == 0) {
        framing->encodings++;
        framing->chunked = value && strcasecmp(value, "chunked") == 0;
    }
    return MHD_YES;
}

const char *http_head_check(const struct pyro_http_server *server, struct MHD_Connection *handle)
{
    struct framing framing = {0};
    server->api->MHD_get_connection_values_n(handle, MHD_HEADER_KIND, look_at, &framing);
    if (framing.strange)
        return "the name of a header has spaces";
    if (framing.hosts > 1)
        return "there is more than one Host";
    if (framing.folded || framing.lengths + framing.encodings > 1)
        return "it is not clear how long the body is";
    if (framing.encodings > 0 && !framing.chunked)
        return "the only transfer encoding is chunked";
    return NULL;
}
