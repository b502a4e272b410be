/* Walking through Lua values. A walk pushes some items or pairs of a table at a time, and sends
 * them. Nothing is allocated and no Lua runs, so the tables stay as they are; only the stack may
 * have to grow. An error stops the walk; each table that is left on the way out puts its step
 * before the error's path.
 *
 * Circle: lwalk_object.c. Error objects, objects of classes and proxies hold values that are sent
 * as those in other tables are. */
#include "bind/value/lwalk.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "bind/base/lshape.h"
#include "bind/base/ltypes.h"
#include "bind/value/larray.h"
#include "bind/value/lclass_write.h"
#include "bind/value/luri.h"
#include "bind/value/lvalue_scalar.h"
#include "bind/value/lwalk_object.h"
#include "rpc/uri_state.h"
#include "value/utf8.h"

/* Items, and pairs, of a table that are looked up before they are sent. */
#define ITEMS_HELD LWALK_ITEMS_HELD
#define PAIRS_HELD 16

static inline enum pyro_code write_value(struct lwalk *w, int index, int type,
                                         const struct lwalk_table *up);
static enum pyro_code write_string(struct lwalk *w, int index);

enum pyro_code lwalk_refuse(struct lwalk *w, const char *what)
{
    return lvalue_refuse(w->to, what);
}

void lwalk_locate(struct lwalk *w, int key, const struct lwalk_table *self)
{
    lua_State *L = w->L;
    struct pyro_error *err = w->to->err;
    char step[80];
    if (self->depth > w->shown || err->code != PYRO_ESERIALIZE)
        return;
    if (lua_type(L, key) == LUA_TSTRING)
        snprintf(step, sizeof(step), ".%.60s", lua_tostring(L, key));
    else if (lua_isinteger(L, key))
        snprintf(step, sizeof(step), "[%lld]", (long long)lua_tointeger(L, key));
    else if (larray_test(L, key))
        snprintf(step, sizeof(step), "[an array]");
    else
        snprintf(step, sizeof(step), "[a %s]", luaL_typename(L, key));
    pyro_error_locate(err, step);
}

/* Finds out whether a cycle is what nests too deep. The path then ends where the cycle closes for
 * the first time. */
enum pyro_code lwalk_refuse_depth(struct lwalk *w, const struct lwalk_table *self)
{
    const void *tables[LWALK_DEEPEST + 2]; /* by depth */
    const struct lwalk_table *p = self;
    PYRO_ASSERT(self->depth <= LWALK_DEEPEST + 1);
    do
        tables[p->depth] = lua_topointer(w->L, p->table);
    while ((p = p->up) != NULL);
    for (unsigned depth = 2; depth <= self->depth; depth++) {
        for (unsigned outer = 1; outer < depth; outer++) {
            if (tables[outer] == tables[depth]) {
                w->shown = depth - 1;
                return lwalk_refuse(w, "a table that contains itself");
            }
        }
    }
    return lwalk_refuse(w, "a table nested this deep");
}

/* Sends the items from `first` on, as many as are held at a time. */
static enum pyro_code write_some_items(struct lwalk *w, int table, lua_Integer first, int count,
                                       const struct lwalk_table *self)
{
    lua_State *L = w->L;
    enum pyro_code code = PYRO_OK;
    int bottom = lua_gettop(L), types[ITEMS_HELD];
    for (int i = 0; i < count; i++)
        types[i] = lua_rawgeti(L, table, first + i);
    for (int i = 0; i < count && code == PYRO_OK; i++) {
        code = write_value(w, bottom + 1 + i, types[i], self);
        if (code != PYRO_OK) {
            lua_pushinteger(L, first + i);
            lwalk_locate(w, lua_gettop(L), self);
        }
    }
    lua_settop(L, bottom);
    return code;
}

/* Sends the items `first` to `length` of a table. */
enum pyro_code lwalk_items(struct lwalk *w, int table, lua_Integer first, lua_Integer length,
                           const struct lwalk_table *self)
{
    enum pyro_code code = PYRO_OK;
    for (lua_Integer i = first; i <= length && code == PYRO_OK; i += ITEMS_HELD) {
        lua_Integer left = length - i + 1;
        code = write_some_items(w, table, i, left < ITEMS_HELD ? (int)left : ITEMS_HELD, self);
    }
    return code;
}

static enum pyro_code write_sequence(struct lwalk *w, int table, lua_Integer length,
                                     enum pyro_kind kind, const struct lwalk_table *self)
{
    enum pyro_code code = pyro_begin(w->to, kind, (size_t)length);
    if (code == PYRO_OK)
        code = lwalk_items(w, table, 1, length, self);
    return code == PYRO_OK ? pyro_end(w->to, kind) : code;
}

/* Pops the key at the top, and returns how many pairs follow it. */
static size_t count_pairs_after(lua_State *L, int table)
{
    size_t count = 0;
    while (lua_next(L, table)) {
        lua_pop(L, 1);
        count++;
    }
    return count;
}

size_t lwalk_count_pairs(lua_State *L, int table)
{
    lua_pushnil(L);
    return count_pairs_after(L, table);
}

/* Replaces the key at the top by the pairs that follow it. Where these are PAIRS_HELD, more may
 * follow: the last key is on top of them once more. */
int lwalk_hold_pairs(lua_State *L, int table)
{
    int count = 0;
    while (count < PAIRS_HELD && lua_next(L, table)) {
        lua_pushvalue(L, -2);
        count++;
    }
    return count;
}

static enum pyro_code write_key(struct lwalk *w, int index, const struct lwalk_table *self)
{
    int type = lua_type(w->L, index);
    if (type == LUA_TSTRING) /* as nearly all are */
        return write_string(w, index);
    w->in_a_key++;
    enum pyro_code code = write_value(w, index, type, self);
    PYRO_ASSERT(w->in_a_key > 0);
    w->in_a_key--;
    return code;
}

/* Sends the pairs from stack index `first` on. */
enum pyro_code lwalk_held_pairs(struct lwalk *w, int first, int count,
                                const struct lwalk_table *self)
{
    enum pyro_code code = PYRO_OK;
    for (int key = first; key < first + 2 * count && code == PYRO_OK; key += 2) {
        code = write_key(w, key, self);
        if (code == PYRO_OK)
            code = write_value(w, key + 1, lua_type(w->L, key + 1), self);
        if (code != PYRO_OK)
            lwalk_locate(w, key, self);
    }
    return code;
}

/* Sends the keys and values of a table, of which the first `held` are at the top; pops these. */
enum pyro_code lwalk_pairs(struct lwalk *w, int table, int held, const struct lwalk_table *self)
{
    lua_State *L = w->L;
    bool more = held == PAIRS_HELD;
    int first = lua_gettop(L) + 1 - 2 * held - more;
    enum pyro_code code = lwalk_held_pairs(w, first, held, self);
    while (code == PYRO_OK && more) {
        lua_replace(L, first);
        lua_settop(L, first);
        held = lwalk_hold_pairs(L, table);
        more = held == PAIRS_HELD;
        code = lwalk_held_pairs(w, first, held, self);
    }
    lua_settop(L, first - 1);
    return code;
}

enum pyro_code lwalk_dict(struct lwalk *w, int table, enum pyro_kind empty,
                          const struct lwalk_table *self)
{
    lua_State *L = w->L;
    int top = lua_gettop(L);
    lua_pushnil(L);
    int held = lwalk_hold_pairs(L, table);
    enum pyro_kind kind = held > 0 ? PYRO_DICT : empty;
    size_t count = (size_t)held;
    if (held == PAIRS_HELD) {
        lua_pushvalue(L, -1);
        count += count_pairs_after(L, table);
    }
    enum pyro_code code = pyro_begin(w->to, kind, count);
    if (code == PYRO_OK)
        code = lwalk_pairs(w, table, held, self);
    lua_settop(L, top);
    return code == PYRO_OK ? pyro_end(w->to, kind) : code;
}

static enum pyro_code write_typed_sequence(struct lwalk *w, int table, enum pyro_kind kind,
                                           const struct lwalk_table *self)
{
    lua_Integer length = lshape_sequence(w->L, table);
    if (length < 0)
        return lwalk_refuse(w, "a list, tuple or set with keys other than 1, 2, 3…");
    return write_sequence(w, table, length, kind, self);
}

static bool is_hashable(enum ltype type)
{
    return type == LTYPE_TUPLE || type == LTYPE_FROZENSET || type == LTYPE_BYTES ||
           type == LTYPE_BIGINT || type == LTYPE_COMPLEX || type == LTYPE_DATETIME ||
           type == LTYPE_DATE;
}

/* Refuses an object with methods, which would be lost: its receiver is meant to call them. */
static enum pyro_code refuse_methods(struct lwalk *w, const char *method)
{
    return pyro_error_set(w->to->err, PYRO_ESERIALIZE,
                          "an object with methods (such as '%.40s') cannot travel as data; "
                          "register it with a daemon, or its class by pyro.registerClass()",
                          method);
}

static enum pyro_code write_plain_table(struct lwalk *w, int table, enum ltype type,
                                        const struct lwalk_table *self)
{
    lua_State *L = w->L;
    struct lserved *object = w->objects ? lserved_in_place(L, w->objects, table) : NULL;
    if (lclass_is_registered(object))
        return lclass_write_registered(L, object, w->protocol, w->to);
    const char *method = type == LTYPE_OTHER ? lshape_method(L, table) : NULL;
    if (method)
        return refuse_methods(w, method);
    lua_Integer length = lua_rawlen(L, table) > 0 ? lshape_sequence(L, table) : -1;
    return length >= 0 ? write_sequence(w, table, length, PYRO_LIST, self)
                       : lwalk_dict(w, table, PYRO_LIST, self);
}

static enum pyro_code write_table(struct lwalk *w, int table, const struct lwalk_table *self)
{
    enum ltype type = ltype_of(w->L, table);
    if (w->in_a_key > 0 && !is_hashable(type))
        return lwalk_refuse(w, "a table as a key, if not a tuple or frozenset,");
    switch (type) {
    case LTYPE_DICT:
        return lwalk_dict(w, table, PYRO_DICT, self);
    case LTYPE_LIST:
        return write_typed_sequence(w, table, PYRO_LIST, self);
    case LTYPE_TUPLE:
        return write_typed_sequence(w, table, PYRO_TUPLE, self);
    case LTYPE_SET:
        return write_typed_sequence(w, table, PYRO_SET, self);
    case LTYPE_FROZENSET:
        return write_typed_sequence(w, table, PYRO_FROZENSET, self);
    case LTYPE_BYTES:
    case LTYPE_BIGINT:
    case LTYPE_COMPLEX:
    case LTYPE_DATETIME:
    case LTYPE_DATE:
        return lvalue_write_scalar(w->L, table, type, w->to);
    case LTYPE_KWARGS:
        return lwalk_refuse(w, "pyro.kwargs anywhere but as the last argument");
    case LTYPE_OBJECT:
        return lwalk_object(w, table, self);
    case LTYPE_ERROR:
        return lwalk_error(w, table, self);
    case LTYPE_PLAIN:
    case LTYPE_OTHER:
    case LTYPE_COUNT:
        break;
    }
    return write_plain_table(w, table, type, self);
}

PYRO_NOINLINE static enum pyro_code enter_table(struct lwalk *w, int table,
                                                const struct lwalk_table *up)
{
    struct lwalk_table self = {up, table, up ? up->depth + 1 : 1};
    if (self.depth > LWALK_DEEPEST)
        return lwalk_refuse_depth(w, &self);
    return lua_checkstack(w->L, LWALK_STACK_A_TABLE) ? write_table(w, table, &self)
                                                     : pyro_error_memory(w->to->err);
}

static enum pyro_code write_string(struct lwalk *w, int index)
{
    struct pyro_slice text;
    text.data = lua_tolstring(w->L, index, &text.length);
    return pyro_utf8_valid(text) ? pyro_put_str(w->to, text) : w->to->ops->bytes(w->to, text);
}

static enum pyro_code refuse_type(struct lwalk *w, int index)
{
    char what[64];
    if (larray_test(w->L, index))
        return lwalk_refuse(w, "an array as a key");
    snprintf(what, sizeof(what), "a %s", luaL_typename(w->L, index));
    return lwalk_refuse(w, what);
}

PYRO_NOINLINE static enum pyro_code write_other(struct lwalk *w, int index)
{
    if (lua_isnil(w->L, index) || ltype_is_null(w->L, index))
        return pyro_put_nil(w->to);
    const struct pyro_array *array = larray_test(w->L, index);
    if (array && w->in_a_key == 0)
        return w->to->ops->array(w->to, array);
    const struct lproxy *proxy = lproxy_test(w->L, index);
    if (proxy && w->in_a_key == 0)
        return lwalk_proxy(w, proxy);
    const struct pyro_uri *uri = luri_test(w->L, index);
    if (uri && w->in_a_key == 0)
        return pyro_put_uri(w->to, w->protocol, uri);
    return refuse_type(w, index);
}

/* Sends the value at `index`, whose type has been asked for. */
static inline enum pyro_code write_value(struct lwalk *w, int index, int type,
                                         const struct lwalk_table *up)
{
    lua_State *L = w->L;
    switch (type) {
    case LUA_TBOOLEAN:
        return pyro_put_bool(w->to, lua_toboolean(L, index));
    case LUA_TNUMBER:
        return lua_isinteger(L, index) ? pyro_put_int(w->to, lua_tointeger(L, index))
                                       : pyro_put_real(w->to, lua_tonumber(L, index));
    case LUA_TSTRING:
        return write_string(w, index);
    case LUA_TTABLE:
        return enter_table(w, index, up);
    default:
        return write_other(w, index);
    }
}

enum pyro_code lwalk_value(struct lwalk *w, int index, int type)
{
    return write_value(w, index, type, NULL);
}
