#include "bind/value/ljson.h"

#include <lauxlib.h>

#include "bind/base/lerror.h"
#include "bind/base/luserdata.h"
#include "bind/value/lconvert.h"
#include "bind/value/lvalue_write.h"
#include "codec/codec.h"

#define TEXT_TYPE "pyro.json"

static int text_gc(lua_State *L)
{
    pyro_buffer_free(lua_touserdata(L, 1));
    return 0;
}

/* Implements core.format_json(value). */
static int json(lua_State *L)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_writer writer;
    luaL_checkany(L, 1);
    lua_settop(L, 1);
    lconvert_outward(L, 1, "value");
    struct pyro_buffer *text = lua_newuserdatauv(L, sizeof(*text), 0);
    *text = (struct pyro_buffer){.data = NULL};
    luaL_setmetatable(L, TEXT_TYPE);
    pyro_codec_json.open(&writer, text, &err);
    if (lvalue_write(L, 1, &pyro_protocol_502, &writer.sink) != PYRO_OK)
        return lerror_raise_at(L, "value", &err);
    lua_pushlstring(L, text->data, text->length);
    pyro_buffer_free(text);
    return 1;
}

void ljson_open(lua_State *L)
{
    luserdata_finalize(L, TEXT_TYPE, text_gc);
    lua_pushcfunction(L, json);
    lua_setfield(L, -2, "format_json");
}
