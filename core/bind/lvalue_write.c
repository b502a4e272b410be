#include <stdio.h>
#include <string.h>

#include "bind/lclass.h"
#include "bind/ltypes.h"
#include "bind/lvalue.h"
#include "value/utf8.h"

/* Tables may nest this deep: less than codecs take, so that a cycle is told from mere depth here.
 */
#define DEEPEST (PYRO_MAX_DEPTH - 12)

/* The tables that are being written, innermost first: to tell a cycle from mere depth. */
struct parents {
    const struct parents *up;
    const void *table;
    unsigned depth;
};

struct walker {
    lua_State *L;
    const struct pyro_protocol *protocol;
    struct pyro_sink *to;
    unsigned shown; /* steps, from outside, that the path to a culprit shows */
};

#define LONGEST_PATH 8

static const char *const field_names[] = {
    [LVALUE_ARGS] = "args",
    [LVALUE_CLASS] = "class",
    [LVALUE_DIGITS] = "digits",
    [LVALUE_IMAGINARY] = "imaginary",
    [LVALUE_ORDINAL] = "ordinal",
    [LVALUE_REAL] = "real",
    [LVALUE_REMOTE_TRACEBACK] = "remoteTraceback",
    [LVALUE_SECONDS] = "seconds",
};

void lvalue_open(lua_State *L)
{
    for (size_t i = 0; i < PYRO_COUNT(field_names); i++) {
        lua_pushstring(L, field_names[i]);
        lua_rawsetp(L, LUA_REGISTRYINDEX, &field_names[i]);
    }
}

int lvalue_get_field(lua_State *L, int index, enum lvalue_field field)
{
    index = lua_absindex(L, index);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &field_names[field]);
    return lua_rawget(L, index);
}

static enum pyro_code write_value(struct walker *w, int index, const struct parents *up);

static enum pyro_code cannot_travel(struct walker *w, const char *what)
{
    return pyro_error_set(w->to->err, PYRO_ESERIALIZE, ": %s cannot travel", what);
}

/* Puts a step of the path to the culprit, taken in the table `self`, before an error's message. */
static void locate(struct walker *w, int key, const struct parents *self)
{
    lua_State *L = w->L;
    struct pyro_error *err = w->to->err;
    char step[80], message[PYRO_ERROR_SIZE + sizeof(step)];
    if (self->depth > w->shown || !strchr(":.[", err->message[0]))
        return;
    if (lua_type(L, key) == LUA_TSTRING)
        snprintf(step, sizeof(step), ".%.60s", lua_tostring(L, key));
    else if (lua_isinteger(L, key))
        snprintf(step, sizeof(step), "[%lld]", (long long)lua_tointeger(L, key));
    else
        snprintf(step, sizeof(step), "[a %s]", luaL_typename(L, key));
    snprintf(message, sizeof(message), "%s%s", step, err->message);
    if (strlen(message) < PYRO_ERROR_SIZE) /* else the outer steps are left out */
        memcpy(err->message, message, PYRO_ERROR_SIZE);
}

/* How many items the table has if it is a sequence: keys 1 to n, and no others; else -1. */
static lua_Integer sequence_length(lua_State *L, int table)
{
    lua_Integer length = (lua_Integer)lua_rawlen(L, table), count = 0;
    lua_pushnil(L);
    while (lua_next(L, table)) {
        lua_pop(L, 1);
        if (!lua_isinteger(L, -1) || lua_tointeger(L, -1) < 1 || lua_tointeger(L, -1) > length) {
            lua_pop(L, 1);
            return -1;
        }
        count++;
    }
    return count == length ? length : -1;
}

static enum pyro_code write_sequence(struct walker *w, int table, lua_Integer length,
                                     enum pyro_kind kind, const struct parents *self)
{
    lua_State *L = w->L;
    enum pyro_code code = pyro_begin(w->to, kind, (size_t)length);
    for (lua_Integer i = 1; i <= length && code == PYRO_OK; i++) {
        lua_rawgeti(L, table, i);
        code = lua_isnil(L, -1) ? pyro_put_nil(w->to) : write_value(w, lua_gettop(L), self);
        lua_pop(L, 1);
        if (code != PYRO_OK) {
            lua_pushinteger(L, i);
            locate(w, lua_gettop(L), self);
            lua_pop(L, 1);
        }
    }
    return code == PYRO_OK ? pyro_end(w->to, kind) : code;
}

static size_t count_pairs(lua_State *L, int table)
{
    size_t count = 0;
    lua_pushnil(L);
    while (lua_next(L, table)) {
        lua_pop(L, 1);
        count++;
    }
    return count;
}

static enum pyro_code write_dict(struct walker *w, int table, const struct parents *self)
{
    lua_State *L = w->L;
    enum pyro_code code = pyro_begin(w->to, PYRO_DICT, count_pairs(L, table));
    if (code != PYRO_OK)
        return code;
    lua_pushnil(L);
    while (lua_next(L, table)) {
        int value = lua_gettop(L);
        code = write_value(w, value - 1, self);
        if (code == PYRO_OK)
            code = write_value(w, value, self);
        if (code != PYRO_OK) {
            locate(w, value - 1, self);
            lua_pop(L, 2);
            return code;
        }
        lua_pop(L, 1);
    }
    return pyro_end(w->to, PYRO_DICT);
}

static enum pyro_code write_typed_sequence(struct walker *w, int table, enum pyro_kind kind,
                                           const struct parents *self)
{
    lua_Integer length = sequence_length(w->L, table);
    if (length < 0)
        return cannot_travel(w, "a list, tuple or set with keys other than 1, 2, 3…");
    return write_sequence(w, table, length, kind, self);
}

/* The string field of a typed table; false when it is something else. The stack keeps the table
 * alive, and the table the string. */
static bool field_text(lua_State *L, int table, enum lvalue_field field, struct pyro_slice *out)
{
    bool good = lvalue_get_field(L, table, field) == LUA_TSTRING;
    out->data = lua_tolstring(L, -1, &out->length);
    lua_pop(L, 1);
    return good;
}

static double field_number(lua_State *L, int table, enum lvalue_field field)
{
    lvalue_get_field(L, table, field);
    double value = lua_tonumber(L, -1);
    lua_pop(L, 1);
    return value;
}

static enum pyro_code write_bytes(struct walker *w, int table)
{
    struct pyro_slice data;
    lua_rawgeti(w->L, table, 1);
    data.data = lua_type(w->L, -1) == LUA_TSTRING ? lua_tolstring(w->L, -1, &data.length) : NULL;
    lua_pop(w->L, 1);
    return data.data ? w->to->ops->bytes(w->to, data) : cannot_travel(w, "pyro.bytes of no string");
}

static enum pyro_code write_table(struct walker *w, int table, const struct parents *self)
{
    lua_State *L = w->L;
    struct pyro_slice text;
    lua_Integer length;
    switch (ltype_of(L, table)) {
    case LTYPE_DICT:
        return write_dict(w, table, self);
    case LTYPE_LIST:
        return write_typed_sequence(w, table, PYRO_LIST, self);
    case LTYPE_TUPLE:
        return write_typed_sequence(w, table, PYRO_TUPLE, self);
    case LTYPE_SET:
        return write_typed_sequence(w, table, PYRO_SET, self);
    case LTYPE_BYTES:
        return write_bytes(w, table);
    case LTYPE_KWARGS:
        return cannot_travel(w, "pyro.kwargs anywhere but as the last argument");
    case LTYPE_BIGINT:
        return field_text(L, table, LVALUE_DIGITS, &text) ? w->to->ops->bigint(w->to, text)
                                                          : cannot_travel(w, "a broken bigint");
    case LTYPE_COMPLEX:
        return w->to->ops->complex(w->to, field_number(L, table, LVALUE_REAL),
                                   field_number(L, table, LVALUE_IMAGINARY));
    case LTYPE_DATETIME:
        return w->to->ops->datetime(w->to, field_number(L, table, LVALUE_SECONDS));
    case LTYPE_DATE:
        return w->to->ops->date(w->to, (int64_t)field_number(L, table, LVALUE_ORDINAL));
    case LTYPE_ERROR:
        return lclass_write_error(L, table, w->protocol, w->to);
    case LTYPE_PLAIN:
    case LTYPE_COUNT:
        break;
    }
    if (lclass_is_registered(L, table))
        return lclass_write_registered(L, table, w->protocol, w->to);
    length = sequence_length(L, table);
    return length >= 0 ? write_sequence(w, table, length, PYRO_LIST, self)
                       : write_dict(w, table, self);
}

/* Nested too deep: for a cycle, the path is to end where it closes for the first time. */
static enum pyro_code refuse_depth(struct walker *w, const struct parents *self)
{
    const void *tables[DEEPEST + 2]; /* by depth */
    const struct parents *p = self;
    do
        tables[p->depth] = p->table;
    while ((p = p->up) != NULL);
    for (unsigned depth = 2; depth <= self->depth; depth++) {
        for (unsigned outer = 1; outer < depth; outer++) {
            if (tables[outer] == tables[depth]) {
                w->shown = depth - 1;
                return cannot_travel(w, "a table that contains itself");
            }
        }
    }
    return cannot_travel(w, "a table nested this deep");
}

static enum pyro_code enter_table(struct walker *w, int table, const struct parents *up)
{
    struct parents self = {up, lua_topointer(w->L, table), up ? up->depth + 1 : 1};
    if (self.depth > DEEPEST)
        return refuse_depth(w, &self);
    return lua_checkstack(w->L, 12) ? write_table(w, table, &self) : pyro_error_memory(w->to->err);
}

static enum pyro_code write_string(struct walker *w, int index)
{
    struct pyro_slice text;
    text.data = lua_tolstring(w->L, index, &text.length);
    return pyro_utf8_valid(text) ? pyro_put_str(w->to, text) : w->to->ops->bytes(w->to, text);
}

static enum pyro_code write_value(struct walker *w, int index, const struct parents *up)
{
    lua_State *L = w->L;
    char what[64];
    switch (lua_type(L, index)) {
    case LUA_TNIL:
        return pyro_put_nil(w->to);
    case LUA_TBOOLEAN:
        return pyro_put_bool(w->to, lua_toboolean(L, index));
    case LUA_TNUMBER:
        return lua_isinteger(L, index) ? pyro_put_int(w->to, lua_tointeger(L, index))
                                       : pyro_put_real(w->to, lua_tonumber(L, index));
    case LUA_TSTRING:
        return write_string(w, index);
    case LUA_TTABLE:
        return enter_table(w, index, up);
    case LUA_TUSERDATA:
        if (ltype_is_null(L, index))
            return pyro_put_nil(w->to);
        if (lclass_is_ours(L, index))
            return lclass_write_userdata(L, index, w->protocol, w->to);
        break;
    default:
        break;
    }
    snprintf(what, sizeof(what), "a %s", luaL_typename(L, index));
    return cannot_travel(w, what);
}

enum pyro_code lvalue_write(lua_State *L, int index, const struct pyro_protocol *protocol,
                            struct pyro_sink *to)
{
    struct walker walker = {L, protocol, to, LONGEST_PATH};
    if (!lua_checkstack(L, 12))
        return pyro_error_memory(to->err);
    return write_value(&walker, lua_absindex(L, index), NULL);
}
