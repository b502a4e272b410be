#include "rpc/proxy_state.h"

#include <nettle/base64.h>

#include "base/serializer.h"
#include "rpc/members.h"

const struct pyro_proxy_layout pyro_proxy_layout_4 = {.uri = 0,
                                                      .oneway = 1,
                                                      .methods = 2,
                                                      .attributes = 3,
                                                      .hmac = 5,
                                                      .handshake = 6,
                                                      .serializer = 8,
                                                      .count = 9};

const struct pyro_proxy_layout pyro_proxy_layout_5 = {.uri = 0,
                                                      .oneway = 1,
                                                      .methods = 2,
                                                      .attributes = 3,
                                                      .handshake = 4,
                                                      .serializer = 5,
                                                      .count = 6};

static enum pyro_code put_uri_string(struct pyro_sink *to, const struct pyro_uri *uri)
{
    struct pyro_buffer string = {.data = NULL};
    enum pyro_code code = pyro_uri_text(uri, &string)
                              ? pyro_put_str(to, pyro_slice(string.data, string.length))
                              : pyro_error_memory(to->err);
    pyro_buffer_free(&string);
    return code;
}

/* Sends the names of one kind of members, which may be NULL. */
static enum pyro_code put_members(struct pyro_sink *to, const struct pyro_map *members,
                                  unsigned member)
{
    struct pyro_map_entry *cursor = NULL;
    struct pyro_slice name;
    void *bits;
    size_t count = 0;
    while (members && pyro_map_next(members, &cursor, &name, &bits))
        count += ((unsigned)(uintptr_t)bits & member) != 0;
    enum pyro_code code = pyro_begin(to, PYRO_TUPLE, count);
    cursor = NULL;
    while (code == PYRO_OK && members && pyro_map_next(members, &cursor, &name, &bits))
        if ((unsigned)(uintptr_t)bits & member)
            code = pyro_put_str(to, name);
    return code == PYRO_OK ? pyro_end(to, PYRO_TUPLE) : code;
}

static enum pyro_code put_handshake(struct pyro_sink *to, const struct pyro_protocol *protocol,
                                    const struct pyro_proxy_state *state)
{
    return state->handshake ? state->handshake(state->owner, protocol, to)
                            : pyro_put_text(to, "hello");
}

/* Sends a key that is set: as bytes in pickle, else as a string. */
static enum pyro_code put_key(struct pyro_sink *to, const struct pyro_hmac_key *key)
{
    struct pyro_buffer text = {.data = NULL};
    struct pyro_slice secret = pyro_hmac_key_secret(key);
    size_t length = BASE64_ENCODE_RAW_LENGTH(secret.length), mark = sizeof(PYRO_KEY_MARK) - 1;
    if (to->calls_classes)
        return to->ops->bytes(to, secret);
    char *at = pyro_buffer_reserve(&text, mark + length);
    if (!at)
        return pyro_error_memory(to->err);
    memcpy(at, PYRO_KEY_MARK, mark);
    base64_encode_raw(at + mark, secret.length, (const uint8_t *)secret.data);
    enum pyro_code code = pyro_put_str(to, pyro_slice(at, mark + length));
    explicit_bzero(at, mark + length);
    pyro_buffer_free(&text);
    return code;
}

/* Sends what follows the members. Only Pyro4's state has timeout, HMAC key and retries. */
static enum pyro_code put_settings(struct pyro_sink *to, const struct pyro_protocol *protocol,
                                   const struct pyro_proxy_state *state)
{
    bool of_4 = protocol == &pyro_protocol_48;
    enum pyro_code code = PYRO_OK;
    if (of_4 && ((code = pyro_put_real(to, state->timeout)) != PYRO_OK ||
                 (code = state->key ? put_key(to, state->key) : pyro_put_nil(to)) != PYRO_OK))
        return code;
    if ((code = put_handshake(to, protocol, state)) != PYRO_OK)
        return code;
    if (of_4 && (code = pyro_put_int(to, state->retries)) != PYRO_OK)
        return code;
    return state->serializer ? pyro_put_text(to, pyro_serializer_name(state->serializer))
                             : pyro_put_nil(to);
}

enum pyro_code pyro_put_proxy(struct pyro_sink *to, const struct pyro_protocol *protocol,
                              const struct pyro_proxy_state *state)
{
    struct pyro_class class = {.name = pyro_slice_text(protocol->proxy_class)};
    const struct pyro_proxy_layout *layout =
        protocol == &pyro_protocol_48 ? &pyro_proxy_layout_4 : &pyro_proxy_layout_5;
    enum pyro_code code;
    if ((code = pyro_begin_object(to, &class, 1)) != PYRO_OK ||
        (code = pyro_put_text(to, "state")) != PYRO_OK ||
        (code = pyro_begin(to, PYRO_TUPLE, layout->count)) != PYRO_OK ||
        (code = put_uri_string(to, state->uri)) != PYRO_OK ||
        (code = put_members(to, state->members, PYRO_ONEWAY)) != PYRO_OK ||
        (code = put_members(to, state->members, PYRO_METHOD)) != PYRO_OK ||
        (code = put_members(to, state->members, PYRO_ATTRIBUTE)) != PYRO_OK ||
        (code = put_settings(to, protocol, state)) != PYRO_OK ||
        (code = pyro_end(to, PYRO_TUPLE)) != PYRO_OK)
        return code;
    return pyro_end(to, PYRO_DICT);
}
