#include "bind/base/lkeys.h"

#include <lauxlib.h>

#include "bind/base/marks.h"

void lkeys_open(lua_State *L, struct lkeys *keys)
{
    for (size_t i = 0; i < LKEYS_PLACES; i++) {
        lua_pushboolean(L, false);
        keys->places[i] = (struct lkeys_place){.reference = luaL_ref(L, LUA_REGISTRYINDEX)};
    }
}

/* Tells most strings of some program apart: by their length, first, middle and last byte. */
static uint32_t mark_of(struct pyro_slice text)
{
    const unsigned char *p = (const unsigned char *)text.data;
    return (uint32_t)text.length << 24 | (uint32_t)p[0] << 16 | (uint32_t)p[text.length / 2] << 8 |
           p[text.length - 1];
}

/* Keeps the string at the top in a place. */
LUA_RAISES static void keep(lua_State *L, struct lkeys_place *place)
{
    place->text = lua_tolstring(L, -1, &place->length);
    lua_pushvalue(L, -1);
    lua_rawseti(L, LUA_REGISTRYINDEX, place->reference);
}

void lkeys_push(lua_State *L, struct lkeys *keys, struct pyro_slice text)
{
    if (text.length == 0 || text.length > LKEYS_LONGEST) {
        lua_pushlstring(L, text.data, text.length);
        return;
    }
    uint32_t mark = mark_of(text);
    struct lkeys_place *place = &keys->places[mark * UINT32_C(0x9e3779b1) >> 25];
    if (place->length == text.length && memcmp(place->text, text.data, text.length) == 0) {
        lua_rawgeti(L, LUA_REGISTRYINDEX, place->reference);
        return;
    }
    lua_pushlstring(L, text.data, text.length);
    if (place->missed == mark)
        keep(L, place);
    place->missed = mark;
}

#define BUCKETS 1024

/* Lua takes an integer's place by its remainder. */
bool lkeys_will_collide(lua_State *L, int index, lua_Integer size)
{
    unsigned buckets[BUCKETS] = {0}, fullest = 0;
    lua_Integer keys = 0;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        if (!lua_isinteger(L, -2))
            continue;
        uint64_t place = (uint64_t)lua_tointeger(L, -2) % (uint64_t)(size - 1);
        unsigned *bucket = &buckets[place * UINT64_C(0x9e3779b97f4a7c15) >> 54];
        fullest = ++*bucket > fullest ? *bucket : fullest;
        keys++;
    }
    return fullest > 64 + 16 * keys / BUCKETS;
}
