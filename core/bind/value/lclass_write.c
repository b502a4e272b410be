#include "bind/value/lclass_write.h"

#include <lauxlib.h>

#include "bind/server/lobject.h"
#include "bind/value/lproxy.h"
#include "bind/value/luri.h"

bool lclass_is_ours(lua_State *L, int index)
{
    return lproxy_test(L, index) || luri_test(L, index);
}

static enum pyro_code put_uri_text(struct pyro_sink *to, const struct pyro_uri *uri)
{
    struct pyro_buffer text = {.data = NULL};
    enum pyro_code code = pyro_uri_text(uri, &text)
                              ? pyro_put_str(to, pyro_slice(text.data, text.length))
                              : pyro_error_memory(to->err);
    pyro_buffer_free(&text);
    return code;
}

/* Sends the names of a kind in a map (NULL: none are known) of names to bits of enum pyro_member.
 */
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

static enum pyro_code put_serializer(const struct lproxy *proxy, struct pyro_sink *to)
{
    return proxy && proxy->serializer ? pyro_put_text(to, pyro_serializer_name(proxy->serializer))
                                      : pyro_put_nil(to);
}

/* Sends what follows the members in a proxy's state. Only Pyro4's has timeout, HMAC key and
 * retries. */
static enum pyro_code put_settings(lua_State *L, const struct lproxy *proxy,
                                   const struct pyro_protocol *protocol, struct pyro_sink *to)
{
    bool of_4 = protocol == &pyro_protocol_48;
    enum pyro_code code = PYRO_OK;
    if (of_4 && ((code = pyro_put_real(to, proxy ? proxy->timeout : 0.0)) != PYRO_OK ||
                 (code = pyro_put_nil(to)) != PYRO_OK))
        return code;
    if ((code = lproxy_put_handshake(L, proxy, protocol, to)) != PYRO_OK)
        return code;
    if (of_4 && (code = pyro_put_int(to, proxy ? proxy->retries : 0)) != PYRO_OK)
        return code;
    return put_serializer(proxy, to);
}

/* Sends a proxy for a URI, with the settings of `proxy` (NULL: none are set). */
static enum pyro_code put_proxy(lua_State *L, const struct pyro_uri *uri,
                                const struct pyro_map *members, const struct lproxy *proxy,
                                const struct pyro_protocol *protocol, struct pyro_sink *to)
{
    struct pyro_class class = {.name = pyro_slice_text(protocol->proxy_class)};
    enum pyro_code code;
    if ((code = pyro_begin_object(to, &class, 1)) != PYRO_OK ||
        (code = pyro_put_text(to, "state")) != PYRO_OK ||
        (code = pyro_begin(to, PYRO_TUPLE, protocol == &pyro_protocol_48 ? 9 : 6)) != PYRO_OK ||
        (code = put_uri_text(to, uri)) != PYRO_OK ||
        (code = put_members(to, members, PYRO_ONEWAY)) != PYRO_OK ||
        (code = put_members(to, members, PYRO_METHOD)) != PYRO_OK ||
        (code = put_members(to, members, PYRO_ATTRIBUTE)) != PYRO_OK ||
        (code = put_settings(L, proxy, protocol, to)) != PYRO_OK ||
        (code = pyro_end(to, PYRO_TUPLE)) != PYRO_OK)
        return code;
    return pyro_end(to, PYRO_DICT);
}

enum pyro_code lclass_write_userdata(lua_State *L, int index, const struct pyro_protocol *protocol,
                                     struct pyro_sink *to)
{
    struct lproxy *proxy = lproxy_test(L, index);
    if (!proxy)
        return pyro_put_uri(to, protocol, luri_test(L, index));
    const struct pyro_map *members = proxy->client ? pyro_client_members(proxy->client) : NULL;
    return put_proxy(L, &proxy->uri, members, proxy, protocol, to);
}

bool lclass_is_registered(const struct lobject *object)
{
    return object && object->runtime->core.config.AUTOPROXY;
}

enum pyro_code lclass_write_registered(lua_State *L, struct lobject *object,
                                       const struct pyro_protocol *protocol, struct pyro_sink *to)
{
    struct pyro_uri uri = {.object = NULL};
    enum pyro_code code = lobject_learn(L, object, to->err);
    if (code == PYRO_OK)
        code = pyro_daemon_uri(object->daemon, object->id, true, &uri, to->err);
    if (code != PYRO_OK)
        return code;
    code = put_proxy(L, &uri, &object->members, NULL, protocol, to);
    pyro_uri_free(&uri);
    return code;
}

static int is_served(lua_State *L)
{
    luaL_checkany(L, 1);
    bool any = lobject_push_all(L);
    lua_pushboolean(L, any && lclass_is_registered(lobject_in_place(L, lua_gettop(L), 1)));
    return 1;
}

void lclass_open(lua_State *L)
{
    lua_pushcfunction(L, is_served);
    lua_setfield(L, -2, "served");
}
