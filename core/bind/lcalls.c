#include "bind/lcalls.h"

#include <lauxlib.h>

#include "bind/ltypes.h"

/* --- writing and going through --- */

void lcalls_add(lua_State *L, struct lcalls *calls, int name, int first, int arguments)
{
    lua_pushinteger(L, arguments);
    lua_rawseti(L, -2, ++calls->used);
    lua_pushvalue(L, name);
    lua_rawseti(L, -2, ++calls->used);
    for (int i = 0; i < arguments; i++) {
        lua_pushvalue(L, first + i);
        lua_rawseti(L, -2, ++calls->used);
    }
    calls->count++;
}

int lcalls_next(lua_State *L, int table, lua_Integer *at)
{
    lua_rawgeti(L, table, ++*at);
    int arguments = (int)lua_tointeger(L, -1);
    lua_pop(L, 1);
    lua_rawgeti(L, table, ++*at);
    return lua_checkstack(L, arguments + LUA_MINSTACK) ? arguments : -1;
}

void lcalls_push_arguments(lua_State *L, int table, lua_Integer *at, int arguments)
{
    for (int i = 0; i < arguments; i++)
        lua_rawgeti(L, table, ++*at);
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

/* The value at the top goes into the table. */
static enum pyro_code append(struct lcalls_reader *r)
{
    lua_rawseti(r->L, r->table, ++r->calls.used);
    return PYRO_OK;
}

/* The named arguments of a call are at the top. */
static enum pyro_code take_named(struct lcalls_reader *r)
{
    lua_State *L = r->L;
    if (!lua_isnil(L, -1) && !(lua_istable(L, -1) && ltype_of(L, -1) == LTYPE_DICT))
        return malformed(r);
    if (lua_isnil(L, -1) || (lua_pushnil(L), lua_next(L, -2) == 0)) {
        lua_pop(L, 1);
        return PYRO_OK;
    }
    lua_pop(L, 2);
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
    if (r->values.depth > 0 || r->depth == OUTSIDE)
        return PYRO_OK;
    if (r->depth == IN_CALL)
        return take_part(r);
    if (r->depth == IN_BATCH)
        return malformed(r);
    r->arguments++;
    return append(r);
}

#define VALUE(kind, parameters, arguments)                                                         \
    static enum pyro_code put_##kind parameters                                                    \
    {                                                                                              \
        struct lcalls_reader *r = reader_of(to);                                                   \
        to = &r->values.sink;                                                                      \
        enum pyro_code code = to->ops->kind arguments;                                             \
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

/* Whether a container is but a place for others: the batch, a call, its arguments. */
static bool is_place(const struct lcalls_reader *r, enum pyro_kind kind)
{
    return kind != PYRO_DICT && r->values.depth == 0 && r->depth < IN_ARGUMENTS &&
           (r->depth < IN_CALL || r->part == ARGUMENTS);
}

static enum pyro_code begin(struct pyro_sink *to, enum pyro_kind kind, size_t count)
{
    struct lcalls_reader *r = reader_of(to);
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
    if (r->values.depth > 0) {
        enum pyro_code code = pyro_end(&r->values.sink, kind);
        return code == PYRO_OK ? settle(r) : code;
    }
    r->depth--;
    if (r->depth == IN_CALL) /* its arguments ended */
        r->part = NAMED;
    return r->depth == IN_BATCH ? end_call(r) : PYRO_OK;
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
        .begin = begin,
        .end = end,
    };
    reader->sink = (struct pyro_sink){&ops, err};
    reader->calls = (struct lcalls){.used = 0};
    reader->L = L;
    reader->depth = OUTSIDE;
    lua_newtable(L);
    reader->table = lua_gettop(L);
    lbuilder_init(&reader->values, L, false, err);
}
