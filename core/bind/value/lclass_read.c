/* Reading classes. A converter of the program's comes first, then Pyro's own classes; an exception
 * becomes an error object, whatever its class, and everything else is refused.
 *
 * Functions may raise Lua errors; converters and hooks run Lua. */
#include "bind/value/lclass_read.h"
#include "base/serializer.h"
#include "bind/base/marks.h"

#include <lauxlib.h>
#include <string.h>

#include "bind/base/lerror.h"
#include "bind/base/ltypes.h"
#include "bind/value/larray_read.h"
#include "bind/value/lconvert.h"
#include "bind/value/lproxy.h"
#include "bind/value/luri.h"
#include "codec/array.h"
#include "rpc/client_key.h"
#include "rpc/members.h"
#include "rpc/proxy_state.h"
#include "rpc/uri_state.h"

/* Returns the string that is item `i` of the list at the top; NULL where it is no string. */
static const char *item_text(lua_State *L, int i)
{
    lua_rawgeti(L, -1, i);
    const char *text = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
    lua_pop(L, 1); /* the list keeps it alive */
    return text;
}

static enum pyro_code put_string(lua_State *L, struct pyro_sink *to)
{
    struct pyro_slice string;
    string.data = lua_tolstring(L, -1, &string.length);
    return pyro_put_str(to, string);
}

/* Sends the tags of a PYROMETA URI, the list at the top. */
static enum pyro_code put_tags(lua_State *L, struct pyro_sink *to)
{
    enum pyro_code code = pyro_begin(to, PYRO_SET, (size_t)lua_rawlen(L, -1));
    for (lua_Integer i = 1; lua_rawgeti(L, -1, i) == LUA_TSTRING && code == PYRO_OK; i++) {
        code = put_string(L, to);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return code == PYRO_OK ? pyro_end(to, PYRO_SET) : code;
}

/* Sends a part of the state of a URI, which is at the top. */
static enum pyro_code put_uri_part(lua_State *L, struct pyro_sink *to)
{
    switch (lua_type(L, -1)) {
    case LUA_TSTRING:
        return put_string(L, to);
    case LUA_TNUMBER:
        return pyro_put_int(to, lua_tointeger(L, -1));
    case LUA_TTABLE:
        return put_tags(L, to);
    default:
        return pyro_put_nil(to);
    }
}

/* Reads the state of a URI, the list at the top. */
LUA_RAISES static enum pyro_code read_uri(lua_State *L, struct pyro_error *err)
{
    const lua_Integer parts = 5;
    struct pyro_uri uri = {.object = NULL};
    struct pyro_tree tree;
    pyro_tree_init(&tree, err);
    enum pyro_code code = pyro_begin(&tree.sink, PYRO_TUPLE, (size_t)parts);
    for (lua_Integer i = 1; i <= parts && code == PYRO_OK; i++) {
        lua_rawgeti(L, -1, i);
        code = put_uri_part(L, &tree.sink);
        lua_pop(L, 1);
    }
    if (code == PYRO_OK && (code = pyro_end(&tree.sink, PYRO_TUPLE)) == PYRO_OK)
        code = pyro_uri_state_read(pyro_value_at(&tree.root, 0), &uri, err);
    pyro_tree_free(&tree);
    if (code == PYRO_OK)
        luri_push(L, &uri);
    else if (code != PYRO_EMEMORY)
        code = err->code = PYRO_ESERIALIZE;
    return code;
}

/* Pushes a part of the state of a proxy, whose place counts from 0; returns its type. */
static int push_part(lua_State *L, int state, unsigned place)
{
    return lua_rawgeti(L, state, (lua_Integer)place + 1);
}

/* Adds the names in a part of the state of a proxy to a client's metadata. */
LUA_RUNS static enum pyro_code read_members(lua_State *L, int state, unsigned place,
                                            struct pyro_client *client, unsigned member,
                                            struct pyro_error *err)
{
    enum pyro_code code = PYRO_OK;
    if (push_part(L, state, place) == LUA_TTABLE) {
        for (lua_Integer n = 1; lua_geti(L, -1, n) == LUA_TSTRING && code == PYRO_OK; n++) {
            struct pyro_slice name;
            name.data = lua_tolstring(L, -1, &name.length);
            if (!pyro_client_add_member(client, name, member))
                code = pyro_error_memory(err);
            lua_pop(L, 1);
        }
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return code;
}

static enum pyro_code refuse_key(struct pyro_error *err)
{
    return pyro_error_set(err, PYRO_EPROTOCOL, "hmac encoding error");
}

/* Gives the client the HMAC key in a string: a mark, then the key in base64. An empty one is none:
 * a peer cannot turn off what HMAC_KEY demands. */
static enum pyro_code set_key(struct pyro_client *client, struct pyro_slice text,
                              struct pyro_error *err)
{
    struct pyro_slice mark;
    struct pyro_buffer secret = {.data = NULL};
    struct pyro_hmac_key *key = NULL;
    if (!pyro_slice_take(&text, strlen(PYRO_KEY_MARK), &mark) ||
        !pyro_slice_equals(mark, PYRO_KEY_MARK))
        return refuse_key(err);
    char *at = pyro_buffer_reserve(&secret, pyro_base64_room(text.length));
    enum pyro_code code = at ? PYRO_OK : pyro_error_memory(err);
    if (at && !pyro_base64_decode(text, at, &secret.length))
        code = refuse_key(err);
    else if (secret.length > 0 && !(key = pyro_hmac_key_new(pyro_slice(at, secret.length))))
        code = pyro_error_memory(err);
    if (code == PYRO_OK)
        pyro_client_set_key(client, key);
    pyro_hmac_key_release(key);
    pyro_buffer_free(&secret);
    return code;
}

/* Reads the HMAC key in the state of a proxy, where there is one. */
static enum pyro_code read_key(lua_State *L, int state, const struct pyro_proxy_layout *layout,
                               struct pyro_client *client, struct pyro_error *err)
{
    struct pyro_slice text;
    enum pyro_code code = PYRO_OK;
    if (layout->hmac == 0)
        return PYRO_OK;
    if (push_part(L, state, layout->hmac) == LUA_TSTRING) {
        text.data = lua_tolstring(L, -1, &text.length);
        code = text.length > 0 ? set_key(client, text, err) : PYRO_OK;
    } else if (!lua_isnil(L, -1) && !ltype_is_null(L, -1)) {
        code = refuse_key(err);
    }
    lua_pop(L, 1);
    return code;
}

/* Adds what the list at `state` says besides to the proxy at the top. */
LUA_RUNS static enum pyro_code read_details(lua_State *L, int state,
                                            const struct pyro_proxy_layout *layout,
                                            struct pyro_error *err)
{
    struct lproxy *proxy = lproxy_test(L, -1);
    struct pyro_client *client = proxy->client;
    enum pyro_code code;
    if ((code = read_key(L, state, layout, client, err)) != PYRO_OK ||
        (code = read_members(L, state, layout->oneway, client, PYRO_ONEWAY, err)) != PYRO_OK ||
        (code = read_members(L, state, layout->methods, client, PYRO_METHOD, err)) != PYRO_OK ||
        (code = read_members(L, state, layout->attributes, client, PYRO_ATTRIBUTE, err)) != PYRO_OK)
        return code;
    if (push_part(L, state, layout->serializer) == LUA_TSTRING)
        proxy->serializer = pyro_serializer_find(pyro_slice_text(lua_tostring(L, -1)));
    lua_pop(L, 1);
    push_part(L, state, layout->handshake);
    if (lua_isnil(L, -1) ||
        (lua_type(L, -1) == LUA_TSTRING && strcmp(lua_tostring(L, -1), LPROXY_HELLO) == 0))
        lua_pop(L, 1);
    else
        lproxy_set_handshake(L, -2);
    return PYRO_OK;
}

/* Reads a proxy's state, the list at the top. */
LUA_RUNS static enum pyro_code read_proxy(lua_State *L, const struct pyro_proxy_layout *layout,
                                          struct pyro_error *err)
{
    int state = lua_gettop(L);
    struct pyro_uri uri = {.object = NULL};
    uint16_t port = (uint16_t)lruntime_of(L)->core.config.NS_PORT;
    const char *text = item_text(L, (int)layout->uri + 1);
    if (!text)
        return pyro_error_set(err, PYRO_ESERIALIZE, "malformed proxy");
    enum pyro_code code = pyro_uri_parse(&uri, pyro_slice_text(text), port, err);
    if (code != PYRO_OK)
        return code;
    lproxy_push(L, &uri);
    return read_details(L, state, layout, err);
}

LUA_RUNS static enum pyro_code read_proxy_4(lua_State *L, struct pyro_error *err)
{
    return read_proxy(L, &pyro_proxy_layout_4, err);
}

LUA_RUNS static enum pyro_code read_proxy_5(lua_State *L, struct pyro_error *err)
{
    return read_proxy(L, &pyro_proxy_layout_5, err);
}

LUA_RUNS static enum pyro_code read_state(lua_State *L, struct pyro_error *err,
                                          enum pyro_code (*read)(lua_State *, struct pyro_error *))
{
    luaL_checkstack(L, 10, "class");
    int dict = lua_gettop(L);
    if (lua_getfield(L, dict, "state") != LUA_TTABLE)
        return pyro_error_set(err, PYRO_ESERIALIZE, "malformed class: it has no state");
    enum pyro_code code = read(L, err);
    if (code != PYRO_OK)
        return code;
    lua_replace(L, dict);
    lua_settop(L, dict);
    return PYRO_OK;
}

static bool is_one_of(const char *name, const char *a, const char *b)
{
    return strcmp(name, a) == 0 || strcmp(name, b) == 0;
}

/* Replaces the dict at the top, which wraps the exception of a call in a batch, by a failure. */
LUA_RUNS static enum pyro_code read_failure(lua_State *L)
{
    lua_createtable(L, 1, 0);
    lua_getfield(L, -2, "exception");
    lua_rawseti(L, -2, 1);
    luaL_setmetatable(L, LERROR_FAILURE_TYPE);
    lua_replace(L, -2);
    return PYRO_OK;
}

/* Exceptions of any class become error objects: that is data, so even "__main__" may be in its
 * name. */
LUA_RUNS static bool is_exception(lua_State *L, const char *name)
{
    lua_getfield(L, -1, "__exception__");
    bool exception = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return exception || strncmp(name, "Pyro4.errors.", 13) == 0 ||
           strncmp(name, "Pyro5.errors.", 13) == 0;
}

/* Replaces the dict at the top, a daemon, by null. A daemon is an attribute of the objects that
 * it serves, and pickles have it where AUTOPROXY is off. Pyro's other serializers send None. */
static enum pyro_code read_daemon(lua_State *L)
{
    ltype_push_null(L);
    lua_replace(L, -2);
    return PYRO_OK;
}

/* Returns whether two underscores lie side by side in a name, as in those of Python's internals. */
static bool has_dunder(const char *name)
{
    while (*name && (name[0] != '_' || name[1] != '_'))
        name++;
    return *name != '\0';
}

bool lclass_is_wrapper(const char *name)
{
    return is_one_of(name, "Pyro4.futures._ExceptionWrapper", "Pyro5.core._ExceptionWrapper");
}

enum pyro_code lclass_read(lua_State *L, enum lclass_role role, struct pyro_error *err)
{
    luaL_checkstack(L, 4, "class");
    lua_getfield(L, -1, "__class__");
    const char *name = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "<unknown>";
    lua_pop(L, 1); /* the dict keeps it alive */
    if (lconvert_inward(L, name, role == LCLASS_RAISED))
        return PYRO_OK;
    if (is_one_of(name, "Pyro4.core.URI", "Pyro5.core.URI"))
        return read_state(L, err, read_uri);
    if (strcmp(name, "Pyro4.core.Proxy") == 0)
        return read_state(L, err, read_proxy_4);
    if (strcmp(name, "Pyro5.client.Proxy") == 0)
        return read_state(L, err, read_proxy_5);
    if (strcmp(name, PYRO_ARRAY_CLASS_NAME) == 0)
        return larray_from_class(L, err);
    if (lclass_is_wrapper(name) && role != LCLASS_RAISED)
        return read_failure(L);
    if (is_one_of(name, "Pyro4.core.Daemon", "Pyro5.server.Daemon"))
        return read_daemon(L);
    if (role == LCLASS_RAISED || is_exception(L, name)) {
        lerror_from_dict(L);
        return PYRO_OK;
    }
    if (role == LCLASS_WITHIN)
        return PYRO_OK;
    if (has_dunder(name))
        return pyro_error_set(err, PYRO_ESECURITY,
                              "refused to deserialize types with double underscores in their "
                              "name: %s",
                              name);
    return pyro_error_set(err, PYRO_ESERIALIZE, "unsupported serialized class: %s", name);
}
