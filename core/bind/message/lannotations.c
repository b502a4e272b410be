#include "bind/message/lannotations.h"

#include <lauxlib.h>
#include <string.h>

#include "base/assert.h"
#include "bind/base/lerror.h"
#include "bind/base/marks.h"
#include "bind/task/lruntime.h"

static const char packed_key = 0; /* its address is the registry key of what was packed last */

/* --- received --- */

/* Bytes that an annotation takes in a table, besides its value's. */
#define ANNOTATION_COST 160

bool lannotations_any(const struct pyro_message *message)
{
    struct pyro_slice rest = message->annotations, key, value;
    return rest.length > 0 && pyro_message_next_annotation(message, &rest, &key, &value);
}

void lannotations_push(lua_State *L, const struct pyro_message *message)
{
    struct pyro_slice rest = message->annotations, key, value;
    struct pyro_budget budget;
    struct pyro_error err;
    pyro_budget_open(&budget, (size_t)lruntime_of(L)->core.config.MAX_VALUE_MEMORY);
    lua_newtable(L);
    while (pyro_message_next_annotation(message, &rest, &key, &value)) {
        if (pyro_spend(&budget, ANNOTATION_COST + value.length, &err) != PYRO_OK)
            lerror_raise(L, &err);
        lua_pushlstring(L, key.data, key.length);
        lua_pushlstring(L, value.data, value.length);
        lua_rawset(L, -3);
    }
}

/* --- sent --- */

static bool is_annotation_key(lua_State *L, int index)
{
    if (lua_type(L, index) != LUA_TSTRING || lua_rawlen(L, index) != 4)
        return false;
    const char *key = lua_tostring(L, index);
    for (int i = 0; i < 4; i++)
        if (key[i] == '\0' || (unsigned char)key[i] >= 0x80)
            return false;
    return true;
}

/* Returns the bytes of the annotation whose key and value are at the top; raises an error where
 * they cannot be sent. */
LUA_RUNS static struct pyro_slice annotation_bytes(lua_State *L)
{
    struct pyro_slice value;
    if (!is_annotation_key(L, -2)) {
        lerror_push(L, "ProtocolError", "annotation identifier must be 4 ascii characters");
        lua_error(L);
    }
    if (lua_type(L, -1) != LUA_TSTRING) {
        lua_pushfstring(L, "annotation '%s' must be a string", lua_tostring(L, -2));
        lerror_push(L, "ProtocolError", lua_tostring(L, -1));
        lua_error(L);
    }
    value.data = lua_tolstring(L, -1, &value.length);
    return value;
}

/* Returns how many bytes the annotations in the table at the top take when packed. */
LUA_RUNS static size_t measure(lua_State *L, size_t *count)
{
    size_t size = 0;
    *count = 0;
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
        size += sizeof(struct pyro_annotation) + annotation_bytes(L).length;
        ++*count;
    }
    return size;
}

/* Room for annotations: items, and the bytes of their values. */
struct packing {
    struct pyro_annotation *items;
    size_t count, used;
    char *bytes, *end;
};

static bool pack_one(struct packing *to, const char *key, struct pyro_slice value)
{
    if (to->used == to->count || value.length > (size_t)(to->end - to->bytes))
        return false;
    memcpy(to->items[to->used].key, key, sizeof(to->items->key));
    to->items[to->used++].value = pyro_slice(to->bytes, value.length);
    memcpy(to->bytes, value.data, value.length);
    to->bytes += value.length;
    return true;
}

/* Pushes a userdata below the table at the top, with room for its annotations and another one. */
LUA_RUNS static struct packing make_room(lua_State *L, const struct pyro_annotation *other)
{
    size_t count, size = measure(L, &count);
    if (other) {
        size += sizeof(*other) + other->value.length;
        count++;
    }
    struct pyro_annotation *items = lua_newuserdatauv(L, size, 0);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &packed_key);
    lua_insert(L, -2);
    return (struct packing){items, count, 0, (char *)(items + count), (char *)items + size};
}

/* Returns whether the table at the top has that key. */
LUA_RAISES static bool has_key(lua_State *L, const char *key)
{
    lua_pushstring(L, key);
    bool has = lua_rawget(L, -2) != LUA_TNIL;
    lua_pop(L, 1);
    return has;
}

/* Measures first, then copies. In between, making the userdata may run a finalizer, which might
 * change the table. */
void lannotations_pack(lua_State *L, const struct pyro_annotation *other, struct lannotations *out)
{
    if (other && has_key(L, other->key))
        other = NULL;
    struct packing packing = make_room(L, other);
    bool good = !other || pack_one(&packing, other->key, other->value);
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
        struct pyro_slice value = annotation_bytes(L);
        good = good && pack_one(&packing, lua_tostring(L, -2), value);
    }
    if (!good)
        luaL_error(L, "annotations changed while they were sent");
    *out = (struct lannotations){packing.items, packing.used};
    lua_pop(L, 2);
}
