#include "naming/uri_state.h"

static const char *text_of(const struct pyro_value *value)
{
    return value && value->type == PYRO_STR ? value->u.text.data : NULL;
}

static bool read_port(const struct pyro_value *value, uint16_t *port)
{
    bool given = value && value->type == PYRO_INT;
    *port = given ? (uint16_t)value->u.integer : 0;
    return !given || (value->u.integer >= 0 && value->u.integer <= UINT16_MAX);
}

enum pyro_code uri_state_read(const struct pyro_value *state, struct pyro_uri *uri,
                              struct pyro_error *err)
{
    const struct pyro_value *name = pyro_value_at(state, 0);
    const char *object = text_of(pyro_value_at(state, 1));
    struct pyro_uri parts = {.object = NULL};
    struct pyro_buffer text = {.data = NULL};
    enum pyro_uri_protocol protocol;
    uint16_t port;
    if (!text_of(name) || !pyro_uri_protocol_find(name->u.text, &protocol) || !object ||
        !read_port(pyro_value_at(state, 4), &port))
        return pyro_error_set(err, PYRO_ETYPE, "malformed URI");
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
