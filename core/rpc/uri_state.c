#include "rpc/uri_state.h"

#include <string.h>

#include "value/class.h"

static const char *text_of(const struct pyro_value *value)
{
    return value && value->type == PYRO_STR ? value->u.text.data : NULL;
}

/* Returns whether any string in a value has a zero byte, where the string of a C program ends. */
static bool has_zero(const struct pyro_value *value)
{
    const struct pyro_value *item;
    bool found = text_of(value) && memchr(value->u.text.data, '\0', value->u.text.length);
    for (size_t i = 0; !found && (item = pyro_value_at(value, i)) != NULL; i++)
        found = has_zero(item);
    return found;
}

static bool read_port(const struct pyro_value *value, uint16_t *port)
{
    bool given = value && value->type == PYRO_INT;
    *port = given ? (uint16_t)value->u.integer : 0;
    return !given || (value->u.integer >= 0 && value->u.integer <= UINT16_MAX);
}

/* Appends the object's id, its name, or the tags of a PYROMETA URI, terminated; false where there
 * is none of those, or no memory. */
static bool read_object(const struct pyro_value *value, struct pyro_buffer *out)
{
    const struct pyro_value *tag;
    bool good = true;
    if (text_of(value))
        return pyro_buffer_append(out, value->u.text.data, value->u.text.length + 1);
    for (size_t i = 0; good && (tag = pyro_value_at(value, i)) != NULL; i++)
        good = text_of(tag) && (i == 0 || pyro_buffer_append(out, ",", 1)) &&
               pyro_buffer_append(out, tag->u.text.data, tag->u.text.length);
    return good && out->length > 0 && pyro_buffer_append(out, "", 1);
}

/* Makes the URI of its parts, and checks it as a string. */
static enum pyro_code make(const struct pyro_value *state, enum pyro_uri_protocol protocol,
                           const char *object, uint16_t port, struct pyro_uri *uri,
                           struct pyro_error *err)
{
    struct pyro_uri parts = {.object = NULL};
    struct pyro_buffer text = {.data = NULL};
    enum pyro_code code = pyro_uri_make(&parts, protocol, object, text_of(pyro_value_at(state, 3)),
                                        text_of(pyro_value_at(state, 2)), port, err);
    if (code == PYRO_OK)
        code = pyro_uri_text(&parts, &text)
                   ? pyro_uri_parse(uri, pyro_slice(text.data, text.length), 0, err)
                   : pyro_error_memory(err);
    pyro_buffer_free(&text);
    pyro_uri_free(&parts);
    return code;
}

enum pyro_code pyro_uri_state_read(const struct pyro_value *state, struct pyro_uri *uri,
                                   struct pyro_error *err)
{
    const struct pyro_value *name = pyro_value_at(state, 0);
    struct pyro_buffer object = {.data = NULL};
    enum pyro_uri_protocol protocol;
    uint16_t port;
    enum pyro_code code;
    if (!text_of(name) || !pyro_uri_protocol_find(name->u.text, &protocol) ||
        !read_port(pyro_value_at(state, 4), &port) ||
        !read_object(pyro_value_at(state, 1), &object))
        code = pyro_error_set(err, PYRO_ETYPE, "malformed URI");
    else if (has_zero(state))
        code = pyro_error_set(err, PYRO_EVALUE, "a URI cannot have a zero byte in it");
    else
        code = make(state, protocol, object.data, port, uri, err);
    pyro_buffer_free(&object);
    return code;
}

enum pyro_code pyro_put_uri(struct pyro_sink *to, const struct pyro_protocol *protocol,
                            const struct pyro_uri *uri)
{
    struct pyro_class class = {.name = pyro_slice_text(protocol->uri_class)};
    enum pyro_code code;
    if ((code = pyro_begin_object(to, &class, 1)) != PYRO_OK ||
        (code = pyro_put_text(to, "state")) != PYRO_OK ||
        (code = pyro_put_uri_state(to, uri)) != PYRO_OK)
        return code;
    return pyro_end(to, PYRO_DICT);
}
