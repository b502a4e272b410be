/* Reading the arguments of a batch: a list of entries, each of which is a list of its method's
 * name, a list of arguments, and a dict of named ones.
 *
 * The state is how deep the sink is in these (OUTSIDE, IN_BATCH, IN_ENTRY, IN_ARGUMENTS), and in an
 * entry, which part comes next (NAME, ARGUMENTS, NAMED). Arguments are values, which a builder
 * makes; while one of its containers is open, everything goes to it. */
#include "bind/message/lentries_read.h"

#include "base/assert.h"
#include "bind/base/ltypes.h"
#include "bind/base/marks.h"

enum { OUTSIDE, IN_BATCH, IN_ENTRY, IN_ARGUMENTS };

enum { NAME, ARGUMENTS, NAMED };

static struct lentries_reader *reader_of(struct pyro_sink *to)
{
    return PYRO_CONTAINER(to, struct lentries_reader, sink);
}

static enum pyro_code malformed(struct lentries_reader *r)
{
    return pyro_error_set(r->sink.err, PYRO_EPROTOCOL, "malformed batch");
}

/* Pays for the growth of the table, which is full. */
static enum pyro_code grow(struct lentries_reader *r)
{
    const lua_Integer fewest = 8;
    lua_Integer more = r->room < fewest ? fewest : r->room;
    r->room += more;
    return pyro_sink_spend(&r->sink, (size_t)more * LBUILDER_ITEM_COST);
}

/* Moves the value at the top into the table. */
LUA_RAISES static enum pyro_code append(struct lentries_reader *r)
{
    if (r->entries.used >= r->room && grow(r) != PYRO_OK)
        return PYRO_ESERIALIZE;
    lua_rawseti(r->L, r->table, ++r->entries.used);
    return PYRO_OK;
}

/* Takes the named arguments of an entry, at the top. */
LUA_RAISES static enum pyro_code take_named(struct lentries_reader *r)
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

/* Takes a part of an entry, other than its arguments, at the top. */
LUA_RAISES static enum pyro_code take_part(struct lentries_reader *r)
{
    int part = r->part++;
    if (part == NAME && lua_type(r->L, -1) == LUA_TSTRING)
        return append(r);
    return part == NAMED ? take_named(r) : malformed(r);
}

/* Puts a complete value where it belongs. */
LUA_RAISES static enum pyro_code settle(struct lentries_reader *r)
{
    if (lbuilder_is_open(&r->values) || r->depth == OUTSIDE)
        return PYRO_OK;
    if (r->depth == IN_ENTRY)
        return take_part(r);
    if (r->depth == IN_BATCH)
        return malformed(r);
    r->arguments++;
    return append(r);
}

/* Makes the dict of named arguments that has begun: something comes into it. */
static enum pyro_code open_named(struct lentries_reader *r)
{
    if (!r->named)
        return PYRO_OK;
    r->named = false;
    return pyro_begin(&r->values.sink, PYRO_DICT, 0);
}

#define VALUE(kind, parameters, arguments)                                                         \
    static enum pyro_code entries_##kind parameters                                                \
    {                                                                                              \
        struct lentries_reader *r = reader_of(to);                                                 \
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

/* Returns whether a container is but a place for others: the batch, an entry, its arguments. */
static bool is_place(const struct lentries_reader *r, enum pyro_kind kind)
{
    return kind != PYRO_DICT && !lbuilder_is_open(&r->values) && r->depth < IN_ARGUMENTS &&
           (r->depth < IN_ENTRY || r->part == ARGUMENTS);
}

static bool is_named(const struct lentries_reader *r, enum pyro_kind kind)
{
    return kind == PYRO_DICT && !lbuilder_is_open(&r->values) && r->depth == IN_ENTRY &&
           r->part == NAMED;
}

static enum pyro_code entries_begin(struct pyro_sink *to, enum pyro_kind kind, size_t count)
{
    struct lentries_reader *r = reader_of(to);
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
    if (r->depth == IN_ENTRY) {
        r->part = NAME;
        r->arguments = 0;
        r->head = ++r->entries.used;
    }
    return PYRO_OK;
}

LUA_RAISES static enum pyro_code end_entry(struct lentries_reader *r)
{
    if (r->part < NAMED)
        return malformed(r);
    PYRO_ASSERT(r->head > 0 && r->entries.used >= r->head + 1 + r->arguments);
    lua_pushinteger(r->L, r->arguments);
    lua_rawseti(r->L, r->table, r->head);
    r->entries.count++;
    return PYRO_OK;
}

LUA_RAISES static enum pyro_code entries_end(struct pyro_sink *to, enum pyro_kind kind)
{
    struct lentries_reader *r = reader_of(to);
    if (r->named) { /* and is empty, as in most entries: nothing was made for it */
        r->named = false;
        r->part++;
        return PYRO_OK;
    }
    if (lbuilder_is_open(&r->values)) {
        enum pyro_code code = pyro_end(&r->values.sink, kind);
        return code == PYRO_OK ? settle(r) : code;
    }
    PYRO_ASSERT(r->depth > OUTSIDE);
    r->depth--;
    if (r->depth == IN_ENTRY) /* its arguments ended */
        r->part = NAMED;
    return r->depth == IN_BATCH ? end_entry(r) : PYRO_OK;
}

static bool entries_knows(struct pyro_sink *to, struct pyro_slice name)
{
    struct pyro_sink *values = &reader_of(to)->values.sink;
    return values->ops->knows(values, name);
}

void lentries_reader_init(struct lentries_reader *reader, lua_State *L, struct pyro_error *err)
{
    static const struct pyro_sink_ops ops = {
        .nil = entries_nil,
        .boolean = entries_boolean,
        .integer = entries_integer,
        .bigint = entries_bigint,
        .real = entries_real,
        .complex = entries_complex,
        .datetime = entries_datetime,
        .date = entries_date,
        .str = entries_str,
        .bytes = entries_bytes,
        .array = entries_array,
        .begin = entries_begin,
        .end = entries_end,
        .knows = entries_knows,
    };
    reader->sink = (struct pyro_sink){.ops = &ops, .err = err};
    reader->entries = (struct lentries){.used = 0};
    reader->L = L;
    reader->depth = OUTSIDE;
    reader->named = false;
    reader->room = 0;
    lua_newtable(L);
    reader->table = lua_gettop(L);
    lbuilder_init(&reader->values, L, false, err);
}
