/* pyrolua's serializers for a Lua program: what its calls do with values, without a wire. */
#include <lauxlib.h>

#include "bind/base/lerror.h"
#include "bind/module/core.h"
#include "bind/value/lbuilder.h"
#include "bind/value/lvalue_write.h"
#include "codec/codec.h"

PYRO_EXPORT int luaopen_codecs(lua_State *L);

static const struct pyro_codec *check_codec(lua_State *L, int index)
{
    static const char *const names[] = {"msgpack", "serpent", "json", "marshal", "pickle", NULL};
    static const struct pyro_codec *const codecs[] = {&pyro_codec_msgpack_typed,
                                                      &pyro_codec_serpent, &pyro_codec_json,
                                                      &pyro_codec_marshal, &pyro_codec_pickle};
    return codecs[luaL_checkoption(L, index, NULL, names)];
}

/* encode(codec, value) -> string */
static int encode(lua_State *L)
{
    const struct pyro_codec *codec = check_codec(L, 1);
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_buffer out = {.data = NULL};
    struct pyro_writer writer;
    codec->open(&writer, &out, &err);
    if (lvalue_write(L, 2, &pyro_protocol_502, &writer.sink) != PYRO_OK)
        return lerror_raise(L, &err);
    lua_pushlstring(L, out.data, out.length);
    pyro_buffer_free(&out);
    return 1;
}

/* decode(codec, string) -> value */
static int decode(lua_State *L)
{
    const struct pyro_codec *codec = check_codec(L, 1);
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_reading held = {.parsed = NULL};
    struct pyro_slice bytes;
    struct lbuilder builder;
    bytes.data = luaL_checklstring(L, 2, &bytes.length);
    lbuilder_init(&builder, L, false, &err);
    enum pyro_code code = codec->read(bytes, &held, &builder.sink, &err);
    pyro_reading_free(&held);
    return code == PYRO_OK ? 1 : lerror_raise(L, &err);
}

int luaopen_codecs(lua_State *L)
{
    static const luaL_Reg functions[] = {{"encode", encode}, {"decode", decode}, {NULL, NULL}};
    luaL_requiref(L, "pyro.core", luaopen_pyro_core, 0);
    luaL_newlib(L, functions);
    return 1;
}
