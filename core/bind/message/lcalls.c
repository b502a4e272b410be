#include "bind/message/lcalls.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

#include "bind/base/ltypes.h"
#include "bind/value/lconvert.h"
#include "bind/value/lvalue_write.h"

/* --- writing and going through --- */

void lcalls_add(lua_State *L, struct lcalls *calls, int name, int first, int arguments)
{
    lua_Integer used = calls->used; /* changes once all is there: memory may run out */
    lua_pushinteger(L, arguments);
    lua_rawseti(L, -2, ++used);
    lua_pushvalue(L, name);
    lua_rawseti(L, -2, ++used);
    for (int i = 0; i < arguments; i++) {
        lua_pushvalue(L, first + i);
        lua_rawseti(L, -2, ++used);
    }
    calls->used = used;
    calls->count++;
}

/* Pushes the name of the next call; returns the number of its arguments. */
static int push_name(lua_State *L, int table, lua_Integer *at)
{
    lua_rawgeti(L, table, ++*at);
    int arguments = (int)lua_tointeger(L, -1);
    lua_pop(L, 1);
    lua_rawgeti(L, table, ++*at);
    return arguments;
}

int lcalls_next(lua_State *L, int table, lua_Integer *at)
{
    int arguments = push_name(L, table, at);
    return lua_checkstack(L, arguments + LUA_MINSTACK) ? arguments : -1;
}

void lcalls_push_arguments(lua_State *L, int table, lua_Integer *at, int arguments)
{
    for (int i = 0; i < arguments; i++)
        lua_rawgeti(L, table, ++*at);
}

/* Whether the last argument of a call is its named ones. */
static bool has_named(lua_State *L, int table, lua_Integer last)
{
    bool named = lua_rawgeti(L, table, last) == LUA_TTABLE && ltype_of(L, -1) == LTYPE_KWARGS;
    lua_pop(L, 1);
    return named;
}

void lcalls_push_tables(lua_State *L, int table, lua_Integer name)
{
    lua_rawgeti(L, table, name - 1);
    lua_Integer count = lua_tointeger(L, -1);
    lua_pop(L, 1);
    bool named = count > 0 && has_named(L, table, name + count);
    lua_newtable(L);
    ltype_set(L, LTYPE_LIST);
    for (lua_Integer i = 1; i <= count - named; i++) {
        if (lua_rawgeti(L, table, name + i) == LUA_TNIL) {
            lua_pop(L, 1);
            ltype_push_null(L);
        }
        lua_rawseti(L, -2, i);
    }
    if (named)
        lua_rawgeti(L, table, name + count);
    else
        lua_newtable(L);
    ltype_set(L, LTYPE_DICT);
}

void lcalls_convert(lua_State *L, int table, lua_Integer count)
{
    char place[48];
    lua_Integer at = 0;
    if (!lconvert_is_set(L))
        return;
    for (lua_Integer call = 1; call <= count; call++) {
        int arguments = push_name(L, table, &at);
        lua_pop(L, 1);
        for (int i = 0; i < arguments; i++) {
            lua_rawgeti(L, table, ++at);
            if (lconvert_is_needed(L, -1)) {
                snprintf(place, sizeof(place), "argument %lld", (long long)call);
                lconvert_outward(L, -1, place);
                lua_rawseti(L, table, at);
            } else {
                lua_pop(L, 1);
            }
        }
    }
}

/* Sends the argument at `at` of the table. */
static enum pyro_code write_argument(lua_State *L, int table, lua_Integer at,
                                     const struct pyro_protocol *protocol, struct pyro_sink *to)
{
    lua_rawgeti(L, table, at);
    enum pyro_code code = lvalue_write(L, -1, protocol, to);
    lua_pop(L, 1);
    return code;
}

static enum pyro_code write_positional(lua_State *L, int table, lua_Integer *at, int arguments,
                                       const struct pyro_protocol *protocol, struct pyro_sink *to)
{
    char place[32];
    enum pyro_code code = pyro_begin(to, PYRO_LIST, (size_t)arguments);
    for (int i = 1; i <= arguments && code == PYRO_OK; i++) {
        code = write_argument(L, table, ++*at, protocol, to);
        if (code == PYRO_ESERIALIZE) {
            snprintf(place, sizeof(place), "[2][%d]", i);
            pyro_error_locate(to->err, place);
        }
    }
    return code == PYRO_OK ? pyro_end(to, PYRO_LIST) : code;
}

/* Sends the named arguments at `at`. */
static enum pyro_code write_named(lua_State *L, int table, lua_Integer at,
                                  const struct pyro_protocol *protocol, struct pyro_sink *to)
{
    lua_rawgeti(L, table, at);
    enum pyro_code code = lvalue_write_named(L, lua_gettop(L), protocol, to);
    lua_pop(L, 1);
    if (code == PYRO_ESERIALIZE)
        pyro_error_locate(to->err, "[3]");
    return code;
}

/* As a list, which is shorter than a tuple where types are told, and as good to all. */
static enum pyro_code write_call(lua_State *L, int table, lua_Integer *at,
                                 const struct pyro_protocol *protocol, struct pyro_sink *to)
{
    enum pyro_code code = pyro_begin(to, PYRO_LIST, 3);
    int arguments = push_name(L, table, at);
    if (code == PYRO_OK)
        code = lvalue_write(L, -1, protocol, to);
    lua_pop(L, 1);
    bool named = arguments > 0 && has_named(L, table, *at + arguments);
    if (code == PYRO_OK)
        code = write_positional(L, table, at, arguments - named, protocol, to);
    if (code == PYRO_OK)
        code = named ? write_named(L, table, ++*at, protocol, to)
                     : lvalue_write_named(L, 0, protocol, to);
    return code == PYRO_OK ? pyro_end(to, PYRO_LIST) : code;
}

enum pyro_code lcalls_write(lua_State *L, int table, lua_Integer count,
                            const struct pyro_protocol *protocol, struct pyro_sink *to, int *failed)
{
    lua_Integer at = 0;
    enum pyro_code code = pyro_begin(to, PYRO_TUPLE, (size_t)count);
    for (lua_Integer call = 1; call <= count && code == PYRO_OK; call++) {
        *failed = (int)call;
        code = write_call(L, table, &at, protocol, to);
    }
    if (code == PYRO_OK)
        code = pyro_end(to, PYRO_TUPLE);
    return code == PYRO_OK ? lvalue_write_named(L, 0, protocol, to) : code;
}

/* --- reading --- */

enum { OUTSIDE, IN_BATCH, IN_CALL, IN_ARGUMENTS };

enum { NAME, ARGUMENTS, NAMED };

static struct lcalls_reader *reader_of(struct pyro_sink *to)
{
    return PYRO_CONTAINER(to, struct lcalls_reader, sink);
}

static enum pyro_code malformed(struct lcalls_reader *r)
{
    return pyro_error_set(r->sink.err, PYRO_EPROTOCOL, "malformed batch");
}

/* The table is full, and about to grow. */
static enum pyro_code grow(struct lcalls_reader *r)
{
    const lua_Integer fewest = 8;
    lua_Integer more = r->room < fewest ? fewest : r->room;
    r->room += more;
    return pyro_sink_spend(&r->sink, (size_t)more * LBUILDER_ITEM_COST);
}

/* The value at the top goes into the table. */
static enum pyro_code append(struct lcalls_reader *r)
{
    if (r->calls.used >= r->room && grow(r) != PYRO_OK)
        return PYRO_ESERIALIZE;
    lua_rawseti(r->L, r->table, ++r->calls.used);
    return PYRO_OK;
}

/* The named arguments of a call are at the top. */
static enum pyro_code take_named(struct lcalls_reader *r)
{
    lua_State *L = r->L;
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        return PYRO_OK;
    }
    if (!lua_istable(L, -1) || ltype_of(L, -1) != LTYPE_DICT)
        return malformed(r);
    ltype_set(L, LTYPE_KWARGS);
    r->arguments++;
    return append(r);
}

/* A part of a call, other than its arguments, is at the top. */
static enum pyro_code take_part(struct lcalls_reader *r)
{
    int part = r->part++;
    if (part == NAME && lua_type(r->L, -1) == LUA_TSTRING)
        return append(r);
    return part == NAMED ? take_named(r) : malformed(r);
}

/* A value is complete: puts it where it belongs. */
static enum pyro_code settle(struct lcalls_reader *r)
{
    if (lbuilder_is_open(&r->values) || r->depth == OUTSIDE)
        return PYRO_OK;
    if (r->depth == IN_CALL)
        return take_part(r);
    if (r->depth == IN_BATCH)
        return malformed(r);
    r->arguments++;
    return append(r);
}

/* Makes the dict of named arguments that has begun: something comes into it. */
static enum pyro_code open_named(struct lcalls_reader *r)
{
    if (!r->named)
        return PYRO_OK;
    r->named = false;
    return pyro_begin(&r->values.sink, PYRO_DICT, 0);
}

#define VALUE(kind, parameters, arguments)                                                         \
    static enum pyro_code put_##kind parameters                                                    \
    {                                                                                              \
        struct lcalls_reader *r = reader_of(to);                                                   \
        enum pyro_code code = open_named(r);                                                       \
        to = &r->values.sink;                                                                      \
        if (code == PYRO_OK)                                                                       \
            code = to->ops->kind arguments;                                                        \
        return code == PYRO_OK ? settle(r) : code;                                                 \
    }
VALUE(nil, (struct pyro_sink * to), (to))
VALUE(boolean, (struct pyro_sink * to, bool value), (to, value))
VALUE(integer, (struct pyro_sink * to, int64_t value), (to, value))
VALUE(bigint, (struct pyro_sink * to, struct pyro_slice digits), (to, digits))
VALUE(real, (struct pyro_sink * to, double value), (to, value))
VALUE(complex, (struct pyro_sink * to, double real, double imaginary), (to, real, imaginary))
VALUE(datetime, (struct pyro_sink * to, double seconds), (to, seconds))
VALUE(date, (struct pyro_sink * to, int64_t ordinal), (to, ordinal))
VALUE(str, (struct pyro_sink * to, struct pyro_slice text), (to, text))
VALUE(bytes, (struct pyro_sink * to, struct pyro_slice data), (to, data))
VALUE(array, (struct pyro_sink * to, const struct pyro_array *array), (to, array))

/* Whether a container is but a place for others: the batch, a call, its arguments. */
static bool is_place(const struct lcalls_reader *r, enum pyro_kind kind)
{
    return kind != PYRO_DICT && !lbuilder_is_open(&r->values) && r->depth < IN_ARGUMENTS &&
           (r->depth < IN_CALL || r->part == ARGUMENTS);
}

static bool is_named(const struct lcalls_reader *r, enum pyro_kind kind)
{
    return kind == PYRO_DICT && !lbuilder_is_open(&r->values) && r->depth == IN_CALL &&
           r->part == NAMED;
}

static enum pyro_code begin(struct pyro_sink *to, enum pyro_kind kind, size_t count)
{
    struct lcalls_reader *r = reader_of(to);
    r->values.sink.budget = to->budget;
    enum pyro_code code = open_named(r);
    if (code != PYRO_OK)
        return code;
    if (is_named(r, kind)) {
        r->named = true;
        return PYRO_OK;
    }
    if (!is_place(r, kind))
        return pyro_begin(&r->values.sink, kind, count);
    r->depth++;
    if (r->depth == IN_CALL) {
        r->part = NAME;
        r->arguments = 0;
        r->head = ++r->calls.used;
    }
    return PYRO_OK;
}

static enum pyro_code end_call(struct lcalls_reader *r)
{
    if (r->part < NAMED)
        return malformed(r);
    lua_pushinteger(r->L, r->arguments);
    lua_rawseti(r->L, r->table, r->head);
    r->calls.count++;
    return PYRO_OK;
}

static enum pyro_code end(struct pyro_sink *to, enum pyro_kind kind)
{
    struct lcalls_reader *r = reader_of(to);
    if (r->named) { /* and is empty, as in most calls: nothing was made for it */
        r->named = false;
        r->part++;
        return PYRO_OK;
    }
    if (lbuilder_is_open(&r->values)) {
        enum pyro_code code = pyro_end(&r->values.sink, kind);
        return code == PYRO_OK ? settle(r) : code;
    }
    r->depth--;
    if (r->depth == IN_CALL) /* its arguments ended */
        r->part = NAMED;
    return r->depth == IN_BATCH ? end_call(r) : PYRO_OK;
}

static bool knows(struct pyro_sink *to, struct pyro_slice name)
{
    struct pyro_sink *values = &reader_of(to)->values.sink;
    return values->ops->knows(values, name);
}

void lcalls_reader_init(struct lcalls_reader *reader, lua_State *L, struct pyro_error *err)
{
    static const struct pyro_sink_ops ops = {
        .nil = put_nil,
        .boolean = put_boolean,
        .integer = put_integer,
        .bigint = put_bigint,
        .real = put_real,
        .complex = put_complex,
        .datetime = put_datetime,
        .date = put_date,
        .str = put_str,
        .bytes = put_bytes,
        .array = put_array,
        .begin = begin,
        .end = end,
        .knows = knows,
    };
    reader->sink = (struct pyro_sink){.ops = &ops, .err = err};
    reader->calls = (struct lcalls){.used = 0};
    reader->L = L;
    reader->depth = OUTSIDE;
    reader->named = false;
    reader->room = 0;
    lua_newtable(L);
    reader->table = lua_gettop(L);
    lbuilder_init(&reader->values, L, false, err);
}
