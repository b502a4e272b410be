#include "bind/value/ljson.h"

#include <lauxlib.h>

#include "bind/base/lerror.h"
#include "bind/base/luserdata.h"
#include "bind/task/lruntime.h"
#include "bind/value/lbuilder.h"
#include "bind/value/lbuilder_state.h"
#include "bind/value/lconvert.h"
#include "bind/value/lvalue_write.h"
#include "codec/json_forms_take.h"

#define TEXT_TYPE "pyro.json"
#define PARSED_TYPE "pyro.parsedJson"

/* --- formatting --- */

static int text_gc(lua_State *L)
{
    pyro_buffer_free(lua_touserdata(L, 1));
    return 0;
}

struct pyro_buffer *ljson_push_buffer(lua_State *L)
{
    struct pyro_buffer *text = lua_newuserdatauv(L, sizeof(*text), 0);
    *text = (struct pyro_buffer){.data = NULL};
    luaL_setmetatable(L, TEXT_TYPE);
    return text;
}

static int format_json(lua_State *L)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_writer writer;
    lua_Integer version = luaL_optinteger(L, 2, pyro_protocol_502.version);
    const struct pyro_protocol *protocol = pyro_protocol_find((unsigned)version);
    luaL_argcheck(L, protocol, 2, "no version of the protocol");
    lua_settop(L, 1);
    lconvert_outward(L, 1, "value");
    struct pyro_buffer *text = ljson_push_buffer(L);
    pyro_codec_json.open(&writer, text, &err);
    if (lvalue_write(L, 1, protocol, &writer.sink) != PYRO_OK)
        return lerror_raise_at(L, "value", &err);
    lua_pushlstring(L, text->data, text->length);
    pyro_buffer_free(text);
    return 1;
}

/* --- parsing --- */

/* Resources held while a value is built, which may leave by an error. */
struct parsed {
    struct pyro_reading held;
    struct pyro_tree tree;
    struct pyro_error err;
};

/* Frees what is held; again does no harm. */
static void free_parsed(struct parsed *parsed)
{
    pyro_tree_free(&parsed->tree);
    pyro_reading_free(&parsed->held);
}

static int parsed_gc(lua_State *L)
{
    free_parsed(lua_touserdata(L, 1));
    return 0;
}

LUA_RAISES static struct parsed *push_parsed(lua_State *L)
{
    struct parsed *parsed = lua_newuserdatauv(L, sizeof(*parsed), 0);
    *parsed = (struct parsed){.err.code = PYRO_OK};
    pyro_tree_init(&parsed->tree, &parsed->err);
    luaL_setmetatable(L, PARSED_TYPE);
    return parsed;
}

static int parse_json(lua_State *L)
{
    struct pyro_slice text;
    struct lbuilder builder;
    text.data = luaL_checklstring(L, 1, &text.length);
    struct parsed *parsed = push_parsed(L);
    pyro_budget_open(&parsed->held.budget, (size_t)lruntime_of(L)->core.config.MAX_VALUE_MEMORY);
    pyro_reading_charge(&parsed->held, &parsed->tree.sink);
    if (pyro_codec_json.read(text, &parsed->held, &parsed->tree.sink, &parsed->err) != PYRO_OK)
        return lerror_raise(L, &parsed->err);
    int top = lua_gettop(L);
    lbuilder_init(&builder, L, false, &parsed->err);
    builder.typed_bytes = true;
    pyro_reading_charge(&parsed->held, &builder.sink);
    if (pyro_json_forms_take(pyro_value_at(&parsed->tree.root, 0), &parsed->held, &builder.sink) !=
        PYRO_OK)
        return lbuilder_raise(L, top, &builder.sink);
    free_parsed(parsed);
    return 1;
}

void ljson_open(lua_State *L)
{
    luserdata_finalize(L, TEXT_TYPE, text_gc);
    luserdata_finalize(L, PARSED_TYPE, parsed_gc);
    lua_pushcfunction(L, format_json);
    lua_setfield(L, -2, "format_json");
    lua_pushcfunction(L, parse_json);
    lua_setfield(L, -2, "parse_json");
}
