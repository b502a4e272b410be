/* Circle: lwalk.c, which says why. */
#include "bind/value/lwalk_object.h"

#include <lauxlib.h>

#include "bind/base/lshape.h"
#include "bind/value/lconvert.h"
#include "bind/value/lfields.h"
#include "rpc/client_key.h"
#include "rpc/exception.h"
#include "rpc/members.h"
#include "rpc/proxy_state.h"

/* --- error objects --- */

/* Sends the field of an error object that is at the top: a table of its own. */
static enum pyro_code
write_part(struct lwalk *w, enum lvalue_field field, const struct lwalk_table *self,
           enum pyro_code (*write)(struct lwalk *w, int table, const struct lwalk_table *part))
{
    lua_State *L = w->L;
    int table = lua_gettop(L);
    struct lwalk_table part = {self, table, self->depth + 1};
    if (part.depth > LWALK_DEEPEST)
        return lwalk_refuse_depth(w, &part);
    enum pyro_code code = write(w, table, &part);
    if (code != PYRO_OK) {
        lvalue_push_field_name(L, field);
        lwalk_locate(w, lua_gettop(L), self);
        lua_pop(L, 1);
    }
    return code;
}

static enum pyro_code write_args(struct lwalk *w, int table, const struct lwalk_table *self)
{
    return lwalk_items(w, table, 1, (lua_Integer)lua_rawlen(w->L, table), self);
}

/* Sends the arguments but for the first. */
static enum pyro_code write_other_args(struct lwalk *w, int table, const struct lwalk_table *self)
{
    return lwalk_items(w, table, 2, (lua_Integer)lua_rawlen(w->L, table), self);
}

static enum pyro_code write_attributes(struct lwalk *w, int table, const struct lwalk_table *self)
{
    lua_State *L = w->L;
    if (!lshape_has_only_names(L, table))
        return lwalk_refuse(w, "an attribute whose name is no string");
    lua_pushnil(L);
    return lwalk_pairs(w, table, lwalk_hold_pairs(L, table), self);
}

/* Sends the lines of the list at the top as the attribute that Pyro has them in. */
static enum pyro_code write_traceback(struct lwalk *w)
{
    lua_State *L = w->L;
    size_t count = (size_t)lua_rawlen(L, -1);
    enum pyro_code code;
    if ((code = pyro_put_text(w->to, "_pyroTraceback")) != PYRO_OK ||
        (code = pyro_begin(w->to, PYRO_LIST, count)) != PYRO_OK)
        return code;
    for (size_t i = 1; i <= count && code == PYRO_OK; i++) {
        struct pyro_slice line = {.data = ""};
        if (lua_rawgeti(L, -1, (lua_Integer)i) == LUA_TSTRING)
            line.data = lua_tolstring(L, -1, &line.length);
        lua_pop(L, 1); /* the list keeps it alive */
        code = pyro_put_shown(w->to, line);
    }
    return code == PYRO_OK ? pyro_end(w->to, PYRO_LIST) : code;
}

/* Sets an exception's arguments, by the table at the top. */
static void describe_args(lua_State *L, struct pyro_exception *exception)
{
    exception->args = (size_t)lua_rawlen(L, -1);
    if (lua_rawgeti(L, -1, 1) == LUA_TSTRING)
        exception->text.data = lua_tolstring(L, -1, &exception->text.length);
    lua_pop(L, 1); /* the table keeps it alive */
}

/* Sends an error object as an exception. */
enum pyro_code lwalk_error(struct lwalk *w, int table, const struct lwalk_table *self)
{
    lua_State *L = w->L;
    int top = lua_gettop(L);
    struct pyro_exception exception = {.class_name = "RuntimeError"};
    size_t first;
    if (lvalue_get_field(L, table, LVALUE_CLASS) == LUA_TSTRING && lua_rawlen(L, -1) > 0)
        exception.class_name = lua_tostring(L, -1);
    bool traced = lvalue_get_field(L, table, LVALUE_REMOTE_TRACEBACK) == LUA_TTABLE;
    bool attributes = lvalue_get_field(L, table, LVALUE_ATTRIBUTES) == LUA_TTABLE;
    exception.attributes = (attributes ? lwalk_count_pairs(L, lua_gettop(L)) : 0) + traced;
    bool args = lvalue_get_field(L, table, LVALUE_ARGS) == LUA_TTABLE;
    if (args)
        describe_args(L, &exception);
    exception.registered = w->to->calls_classes && lconvert_is_registered(L, top + 1);
    enum pyro_code code = pyro_exception_begin(w->to, w->protocol, &exception, &first);
    if (code == PYRO_OK && args)
        code = write_part(w, LVALUE_ARGS, self, first == 0 ? write_args : write_other_args);
    if (code == PYRO_OK)
        code = pyro_exception_attributes(w->to, &exception);
    lua_settop(L, top + 3);
    if (code == PYRO_OK && attributes)
        code = write_part(w, LVALUE_ATTRIBUTES, self, write_attributes);
    lua_settop(L, top + 2);
    if (code == PYRO_OK && traced)
        code = write_traceback(w);
    lua_settop(L, top);
    return code == PYRO_OK ? pyro_exception_end(w->to) : code;
}

/* --- objects of classes --- */

/* Fields that come first: those whose place Python's pickles have to know. */
static const enum lvalue_field leading[] = {LVALUE_DUNDER_CLASS, LVALUE_DUNDER_EXCEPTION,
                                            LVALUE_ARGS, LVALUE_ATTRIBUTES};

/* Returns whether the value at `index` is the name of a leading field. */
static bool has_led(lua_State *L, int index)
{
    bool same = false;
    for (size_t i = 0; i < PYRO_COUNT(leading) && !same; i++) {
        lvalue_push_field_name(L, leading[i]);
        same = lua_rawequal(L, -1, index);
        lua_pop(L, 1);
    }
    return same;
}

/* Sends the leading fields but for the class. */
static enum pyro_code write_leading(struct lwalk *w, int table, const struct lwalk_table *self)
{
    lua_State *L = w->L;
    enum pyro_code code = PYRO_OK;
    for (size_t i = 1; i < PYRO_COUNT(leading) && code == PYRO_OK; i++) {
        lvalue_push_field_name(L, leading[i]);
        if (lvalue_get_field(L, table, leading[i]) != LUA_TNIL)
            code = lwalk_held_pairs(w, lua_gettop(L) - 1, 1, self);
        lua_pop(L, 2);
    }
    return code;
}

static enum pyro_code write_others(struct lwalk *w, int table, const struct lwalk_table *self)
{
    lua_State *L = w->L;
    enum pyro_code code = PYRO_OK;
    int top = lua_gettop(L);
    lua_pushnil(L);
    while (code == PYRO_OK && lua_next(L, table)) {
        if (!has_led(L, top + 1))
            code = lwalk_held_pairs(w, top + 1, 1, self);
        lua_settop(L, top + 1);
    }
    lua_settop(L, top);
    return code;
}

enum pyro_code lwalk_object(struct lwalk *w, int table, const struct lwalk_table *self)
{
    lua_State *L = w->L;
    struct pyro_class class = {.registered = true};
    enum pyro_code code;
    if (lvalue_get_field(L, table, LVALUE_DUNDER_CLASS) != LUA_TSTRING)
        return lwalk_refuse(w, "an object without a class");
    class.name.data = lua_tolstring(L, -1, &class.name.length);
    lvalue_get_field(L, table, LVALUE_DUNDER_EXCEPTION);
    class.exception = lua_toboolean(L, -1);
    lua_pop(L, 2); /* the table keeps the name alive */
    if ((code = pyro_begin_object(w->to, &class, lwalk_count_pairs(L, table) - 1)) != PYRO_OK ||
        (code = write_leading(w, table, self)) != PYRO_OK ||
        (code = write_others(w, table, self)) != PYRO_OK)
        return code;
    return pyro_end(w->to, PYRO_DICT);
}

/* --- proxies --- */

/* A proxy whose handshake data are to be sent. */
struct handshake {
    struct lwalk *walk;
    const struct lproxy *proxy;
};

static enum pyro_code put_handshake(void *owner, const struct pyro_protocol *protocol,
                                    struct pyro_sink *to)
{
    const struct handshake *handshake = owner;
    struct lwalk *w = handshake->walk;
    (void)protocol;
    if (!lua_checkstack(w->L, LWALK_STACK_A_TABLE))
        return pyro_error_memory(to->err);
    int type = lua_rawgeti(w->L, LUA_REGISTRYINDEX, handshake->proxy->handshake);
    enum pyro_code code = lwalk_value(w, lua_gettop(w->L), type);
    lua_pop(w->L, 1);
    return code;
}

enum pyro_code lwalk_proxy(struct lwalk *w, const struct lproxy *proxy)
{
    struct handshake handshake = {w, proxy};
    const struct pyro_proxy_state state = {
        .uri = &proxy->uri,
        .members = proxy->client ? pyro_client_members(proxy->client) : NULL,
        .timeout = proxy->timeout,
        .retries = proxy->retries,
        .serializer = proxy->serializer,
        .key = proxy->client ? pyro_client_key(proxy->client) : NULL,
        .handshake = proxy->handshake == LUA_NOREF ? NULL : put_handshake,
        .owner = &handshake,
    };
    return pyro_put_proxy(w->to, w->protocol, &state);
}
