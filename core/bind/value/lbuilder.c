/* Building Lua values. Each value is pushed, and settled: it stays on the stack (outermost, or as a
 * key), or goes into the table below it. A frame for each open container says which.
 *
 * Any function may raise a Lua error (no memory), and a dict that names a class may run Lua as it
 * ends. What a message builds counts against its budget before it is allocated. */
#include "bind/value/lbuilder.h"

#include <lauxlib.h>
#include <string.h>

#include "base/assert.h"
#include "bind/base/lkeys.h"
#include "bind/base/ltypes.h"
#include "bind/base/marks.h"
#include "bind/task/lruntime.h"
#include "bind/value/larray.h"
#include "bind/value/lbuilder_keys.h"
#include "bind/value/lbuilder_role.h"
#include "bind/value/lbuilder_state.h"
#include "bind/value/lclass_read.h"
#include "bind/value/lconvert.h"
#include "value/moment.h"

/* Items or pairs that tables are made for at most; they grow. Announced counts may lie, but
 * codecs ensure that those of lists do not add up to more than the message could hold. Dicts are
 * checked for colliding keys as they grow (lbuilder_keys.h). */
#define MOST_ITEMS (1 << 24)
#define MOST_PAIRS 64

/* Bytes that values take, about, with the overhead of the allocator: an empty table, a pair of a
 * table (of which one in four is free), a string without its bytes, a value that is a table of
 * its own, a proxy or URI. Other values take only their place in a table. */
enum { TABLE_COST = 64, PAIR_COST = 32, STRING_COST = 32, TYPED_COST = 160, OBJECT_COST = 2048 };

static struct lbuilder *builder_of(struct pyro_sink *sink)
{
    return PYRO_CONTAINER(sink, struct lbuilder, sink);
}

/* Checks the key at the top of the stack. Python allows None as a key, Lua neither nil nor NaN. */
static enum pyro_code check_key(struct lbuilder *b)
{
    lua_State *L = b->L;
    if (lua_type(L, -1) != LUA_TNUMBER)
        return PYRO_OK;
    if (lua_tonumber(L, -1) != lua_tonumber(L, -1))
        return pyro_error_set(b->sink.err, PYRO_ESERIALIZE, "a dict key is NaN");
    return lbuilder_check_pace(b);
}

static size_t table_cost(enum lbuilder_place place, lua_Integer room)
{
    return (size_t)room * (place == LBUILDER_ITEM ? LBUILDER_ITEM_COST : PAIR_COST);
}

/* Counts the growth of the innermost container's table, which is full: Lua doubles it. */
static PYRO_NOINLINE enum pyro_code grow(struct lbuilder *b)
{
    const lua_Integer fewest = 4;
    struct lbuilder_frame *frame = b->frame;
    lua_Integer more = frame->room < fewest ? fewest : frame->room;
    frame->room += more;
    return pyro_sink_spend(&b->sink, table_cost(frame->place, more));
}

/* Puts the value at the top of the stack, which is complete, where it belongs. */
LUA_RAISES static inline enum pyro_code settle(struct lbuilder *b)
{
    struct lbuilder_frame *frame = b->frame;
    switch (frame->place) {
    case LBUILDER_ITEM:
        if (frame->count == frame->room && grow(b) != PYRO_OK)
            return PYRO_ESERIALIZE;
        lua_rawseti(b->L, -2, ++frame->count);
        return PYRO_OK;
    case LBUILDER_KEY:
        frame->place = LBUILDER_VALUE;
        return check_key(b);
    case LBUILDER_VALUE:
        if (frame->count == frame->room && grow(b) != PYRO_OK)
            return PYRO_ESERIALIZE;
        frame->place = LBUILDER_KEY;
        lua_rawset(b->L, -3);
        return ++frame->count < LBUILDER_FEWEST_PAIRS ? PYRO_OK
                                                      : lbuilder_check_growth(b, frame->count);
    default:
        frame->count++;
        return PYRO_OK;
    }
}

#define ROOM 8

/* Makes room for a container's table, a key and a value. Within a table there is room already. */
static enum pyro_code need_stack(struct lbuilder *b)
{
    if (b->frame->place != LBUILDER_STACK)
        return PYRO_OK;
    return lua_checkstack(b->L, ROOM) ? PYRO_OK : pyro_error_memory(b->sink.err);
}

LUA_RAISES static enum pyro_code put_nil(struct pyro_sink *to)
{
    struct lbuilder *b = builder_of(to);
    if (need_stack(b) != PYRO_OK)
        return PYRO_EMEMORY;
    if (b->frame->place == LBUILDER_STACK)
        lua_pushnil(b->L);
    else
        ltype_push_null(b->L);
    return settle(b);
}

LUA_RAISES static enum pyro_code put_boolean(struct pyro_sink *to, bool value)
{
    struct lbuilder *b = builder_of(to);
    if (need_stack(b) != PYRO_OK)
        return PYRO_EMEMORY;
    lua_pushboolean(b->L, value);
    return settle(b);
}

LUA_RAISES static enum pyro_code put_integer(struct pyro_sink *to, int64_t value)
{
    struct lbuilder *b = builder_of(to);
    if (need_stack(b) != PYRO_OK)
        return PYRO_EMEMORY;
    lua_pushinteger(b->L, value);
    return settle(b);
}

LUA_RAISES static enum pyro_code put_real(struct pyro_sink *to, double value)
{
    struct lbuilder *b = builder_of(to);
    if (need_stack(b) != PYRO_OK)
        return PYRO_EMEMORY;
    lua_pushnumber(b->L, value);
    return settle(b);
}

#define LARGE_STRING ((size_t)1 << 20)

/* Makes the collector go on for a large string, as if it were two more. The collector lets as
 * much garbage pile up as is in use: a few large strings would soon be many times what a program
 * needs. */
static void pay_for(lua_State *L, size_t size)
{
    if (size >= LARGE_STRING)
        lua_gc(L, LUA_GCSTEP, (int)(size / 1024 * 2));
}

LUA_RAISES static inline enum pyro_code push_string(struct lbuilder *b, struct pyro_slice data)
{
    enum pyro_code code = pyro_sink_spend(&b->sink, STRING_COST + data.length);
    if (code != PYRO_OK)
        return code;
    pay_for(b->L, data.length);
    lua_pushlstring(b->L, data.data, data.length);
    return PYRO_OK;
}

LUA_RAISES static enum pyro_code put_string(struct lbuilder *b, struct pyro_slice data)
{
    if (need_stack(b) != PYRO_OK)
        return PYRO_EMEMORY;
    enum pyro_code code = push_string(b, data);
    return code == PYRO_OK ? settle(b) : code;
}

LUA_RAISES static inline enum pyro_code push_key(struct lbuilder *b, struct pyro_slice text)
{
    enum pyro_code code = pyro_sink_spend(&b->sink, STRING_COST + text.length);
    if (code != PYRO_OK)
        return code;
    if (!b->keys)
        b->keys = lbuilder_keys(lruntime_of(b->L));
    lkeys_push(b->L, b->keys, text);
    return PYRO_OK;
}

LUA_RAISES static enum pyro_code put_str(struct pyro_sink *to, struct pyro_slice text)
{
    struct lbuilder *b = builder_of(to);
    struct lbuilder_frame *frame = b->frame;
    if (frame->place != LBUILDER_KEY)
        return put_string(b, text);
    enum pyro_code code = push_key(b, text);
    frame->place = LBUILDER_VALUE;
    frame->has_class = frame->has_class || pyro_slice_equals(text, "__class__");
    return code;
}

/* Pushes a table that is to become typed; `size` bytes come into it besides its fields. */
LUA_RAISES static enum pyro_code push_typed(struct lbuilder *b, int fields, size_t size)
{
    enum pyro_code code = pyro_sink_spend(&b->sink, TYPED_COST + size);
    if (code != PYRO_OK)
        return code;
    if (need_stack(b) != PYRO_OK)
        return PYRO_EMEMORY;
    lua_createtable(b->L, 0, fields);
    return PYRO_OK;
}

/* Gives the table at the top, which is complete, a type. */
LUA_RAISES static enum pyro_code settle_typed(struct lbuilder *b, enum ltype type)
{
    ltype_set(b->L, type);
    return settle(b);
}

LUA_RAISES static enum pyro_code put_bytes(struct pyro_sink *to, struct pyro_slice data)
{
    struct lbuilder *b = builder_of(to);
    if (!b->typed_bytes && !lruntime_of(b->L)->core.config.typed_bytes)
        return put_string(b, data);
    enum pyro_code code = push_typed(b, 1, 0);
    if (code == PYRO_OK)
        code = push_string(b, data);
    if (code != PYRO_OK)
        return code;
    lua_rawseti(b->L, -2, 1);
    return settle_typed(b, LTYPE_BYTES);
}

LUA_RAISES static enum pyro_code put_array(struct pyro_sink *to, const struct pyro_array *array)
{
    struct lbuilder *b = builder_of(to);
    enum pyro_code code = pyro_sink_spend(to, LARRAY_COST);
    if (code == PYRO_OK && b->frame->place == LBUILDER_KEY)
        code = pyro_error_set(to->err, PYRO_ESERIALIZE, "a dict key is an array");
    if (code == PYRO_OK)
        code = need_stack(b);
    if (code == PYRO_OK)
        code = push_string(b, array->data);
    if (code != PYRO_OK)
        return code;
    larray_wrap(b->L, array);
    return settle(b);
}

LUA_RUNS static enum pyro_code put_bigint(struct pyro_sink *to, struct pyro_slice digits)
{
    struct lbuilder *b = builder_of(to);
    enum pyro_code code = push_typed(b, 1, digits.length);
    if (code != PYRO_OK)
        return code;
    lua_pushlstring(b->L, digits.data, digits.length);
    lua_setfield(b->L, -2, "digits");
    return settle_typed(b, LTYPE_BIGINT);
}

LUA_RUNS static enum pyro_code put_complex(struct pyro_sink *to, double real, double imaginary)
{
    struct lbuilder *b = builder_of(to);
    enum pyro_code code = push_typed(b, 2, 0);
    if (code != PYRO_OK)
        return code;
    lua_pushnumber(b->L, real);
    lua_setfield(b->L, -2, "real");
    lua_pushnumber(b->L, imaginary);
    lua_setfield(b->L, -2, "imaginary");
    return settle_typed(b, LTYPE_COMPLEX);
}

LUA_RUNS static enum pyro_code put_datetime(struct pyro_sink *to, double seconds)
{
    struct lbuilder *b = builder_of(to);
    char text[PYRO_MOMENT_SIZE];
    if (pyro_datetime_text(seconds, text) == 0)
        return pyro_error_set(to->err, PYRO_ESERIALIZE, "a datetime out of range");
    enum pyro_code code = push_typed(b, 1, 0);
    if (code != PYRO_OK)
        return code;
    lua_pushnumber(b->L, seconds);
    lua_setfield(b->L, -2, "seconds");
    return settle_typed(b, LTYPE_DATETIME);
}

LUA_RUNS static enum pyro_code put_date(struct pyro_sink *to, int64_t ordinal)
{
    struct lbuilder *b = builder_of(to);
    char text[PYRO_MOMENT_SIZE];
    if (pyro_date_text(ordinal, text) == 0)
        return pyro_error_set(to->err, PYRO_ESERIALIZE, "a date out of range");
    enum pyro_code code = push_typed(b, 1, 0);
    if (code != PYRO_OK)
        return code;
    lua_pushinteger(b->L, ordinal);
    lua_setfield(b->L, -2, "ordinal");
    return settle_typed(b, LTYPE_DATE);
}

static enum pyro_code begin_flat(struct lbuilder *b, enum pyro_kind kind)
{
    if (kind == PYRO_DICT)
        return pyro_error_set(b->sink.err, PYRO_ESERIALIZE, "arguments must be a list");
    *++b->frame = (struct lbuilder_frame){.place = LBUILDER_STACK};
    return PYRO_OK;
}

static enum pyro_code end_flat(struct lbuilder *b, lua_Integer count)
{
    PYRO_ASSERT(b->flat && !lbuilder_is_open(b));
    b->flat = false; /* what follows is pushed as a whole */
    b->flat_items = (int)count;
    return PYRO_OK;
}

LUA_RAISES static enum pyro_code begin(struct pyro_sink *to, enum pyro_kind kind, size_t count)
{
    struct lbuilder *b = builder_of(to);
    int most = kind == PYRO_DICT ? MOST_PAIRS : MOST_ITEMS;
    int size = count < (size_t)most ? (int)count : most;
    if (b->frame == &b->frames[PYRO_MAX_DEPTH])
        return pyro_error_set(to->err, PYRO_ESERIALIZE, "nested deeper than %d", PYRO_MAX_DEPTH);
    if (!lua_checkstack(b->L, ROOM))
        return pyro_error_memory(to->err);
    if (b->flat && !lbuilder_is_open(b))
        return begin_flat(b, kind);
    enum lbuilder_place place = kind == PYRO_DICT ? LBUILDER_KEY : LBUILDER_ITEM;
    enum pyro_code code = pyro_sink_spend(to, TABLE_COST + table_cost(place, size));
    if (code != PYRO_OK)
        return code;
    lua_createtable(b->L, kind == PYRO_DICT ? 0 : size, kind == PYRO_DICT ? size : 0);
    *++b->frame = (struct lbuilder_frame){.place = place, .room = size};
    return PYRO_OK;
}

/* Replaces the dict at the top, which is complete and names a class, by what it stands for. */
LUA_RUNS static enum pyro_code settle_class(struct lbuilder *b)
{
    luaL_checkstack(b->L, 4, "class");
    enum pyro_code code = lclass_read(b->L, lbuilder_role(b), b->sink.err);
    const struct pyro_array *array = larray_test(b->L, -1);
    if (code == PYRO_OK && lua_isuserdata(b->L, -1))
        code = pyro_sink_spend(&b->sink, OBJECT_COST + (array ? array->data.length : 0));
    if (code != PYRO_OK)
        return code;
    if (!lua_isnil(b->L, -1))
        return settle(b);
    lua_pop(b->L, 1);
    return put_nil(&b->sink);
}

LUA_RUNS static enum pyro_code end(struct pyro_sink *to, enum pyro_kind kind)
{
    static const enum ltype types[] = {[PYRO_TUPLE] = LTYPE_TUPLE,
                                       [PYRO_SET] = LTYPE_SET,
                                       [PYRO_FROZENSET] = LTYPE_FROZENSET,
                                       [PYRO_DICT] = LTYPE_DICT};
    struct lbuilder *b = builder_of(to);
    PYRO_ASSERT(lbuilder_is_open(b) && b->frame->place != LBUILDER_VALUE);
    const struct lbuilder_frame *frame = b->frame--;
    if (frame->place == LBUILDER_STACK)
        return end_flat(b, frame->count);
    bool is_key = b->frame->place == LBUILDER_KEY;
    if (kind == PYRO_LIST && is_key) /* it was a tuple, which Pyro's msgpack has not */
        ltype_set(b->L, LTYPE_TUPLE);
    else if (kind != PYRO_LIST)
        ltype_set(b->L, types[kind]);
    return frame->has_class ? settle_class(b) : settle(b);
}

LUA_RAISES static bool knows(struct pyro_sink *to, struct pyro_slice name)
{
    lua_State *L = builder_of(to)->L;
    luaL_checkstack(L, 4, "class");
    lua_pushlstring(L, name.data, name.length);
    bool registered = lconvert_is_registered(L, lua_gettop(L));
    lua_pop(L, 1);
    return registered;
}

static const struct pyro_sink_ops builder_ops = {
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

void lbuilder_init(struct lbuilder *builder, lua_State *L, bool flat, struct pyro_error *err)
{
    builder->sink.ops = &builder_ops;
    builder->sink.err = err;
    builder->sink.budget = NULL;
    builder->L = L;
    builder->frames[0] = (struct lbuilder_frame){.place = LBUILDER_STACK};
    builder->frame = builder->frames;
    builder->raised = false;
    builder->typed_bytes = false;
    builder->flat = flat;
    builder->flat_items = 0;
    builder->number_keys = 0;
    builder->keys = NULL;
}
