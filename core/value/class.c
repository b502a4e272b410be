#include "value/class.h"

static enum pyro_code put_optional(struct pyro_sink *to, const char *text)
{
    return text ? pyro_put_text(to, text) : pyro_put_nil(to);
}

/* Sends the tags of a PYROMETA URI as a set. */
static enum pyro_code put_tags(struct pyro_sink *to, const char *tags)
{
    size_t count = 1;
    for (const char *c = tags; *c; c++)
        count += *c == ',';
    enum pyro_code code = pyro_begin(to, PYRO_SET, count);
    for (; count > 0 && code == PYRO_OK; count--) {
        size_t length = strcspn(tags, ",");
        code = pyro_put_str(to, pyro_slice(tags, length));
        tags += length + 1;
    }
    return code == PYRO_OK ? pyro_end(to, PYRO_SET) : code;
}

enum pyro_code pyro_put_uri_state(struct pyro_sink *to, const struct pyro_uri *uri)
{
    enum pyro_code code;
    if ((code = pyro_begin(to, PYRO_TUPLE, 5)) != PYRO_OK ||
        (code = pyro_put_text(to, pyro_uri_protocol_name(uri->protocol))) != PYRO_OK ||
        (code = uri->protocol == PYRO_URI_PYROMETA ? put_tags(to, uri->object)
                                                   : pyro_put_text(to, uri->object)) != PYRO_OK ||
        (code = put_optional(to, uri->sockname)) != PYRO_OK ||
        (code = put_optional(to, uri->host)) != PYRO_OK ||
        (code = uri->host ? pyro_put_int(to, uri->port) : pyro_put_nil(to)) != PYRO_OK)
        return code;
    return pyro_end(to, PYRO_TUPLE);
}
