#include "bind/message/lcertificate.h"

#include <lauxlib.h>

LUA_RAISES static void push_text(lua_State *L, const struct pyro_certificate *from, size_t place)
{
    lua_pushstring(L, pyro_certificate_text(from, place));
}

/* Pushes a pair of a field's name and its value. */
LUA_RAISES static void push_pair(lua_State *L, const struct pyro_certificate *from,
                                 const struct pyro_certificate_part *part)
{
    lua_createtable(L, 2, 0);
    push_text(L, from, part->field);
    lua_rawseti(L, -2, 1);
    push_text(L, from, part->value);
    lua_rawseti(L, -2, 2);
}

/* Pushes a name: a list of relative names, which are lists of pairs. */
LUA_RAISES static void push_name(lua_State *L, const struct pyro_certificate *from,
                                 enum pyro_certificate_list list)
{
    size_t count;
    const struct pyro_certificate_part *parts = pyro_certificate_parts(from, &count);
    const struct pyro_certificate_part *last = NULL;
    lua_newtable(L);
    for (size_t i = 0; i < count; i++) {
        if (parts[i].list != list)
            continue;
        if (last && last->set == parts[i].set)
            lua_rawgeti(L, -1, (lua_Integer)lua_rawlen(L, -1));
        else
            lua_newtable(L);
        push_pair(L, from, &parts[i]);
        lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
        if (last && last->set == parts[i].set)
            lua_pop(L, 1);
        else
            lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
        last = &parts[i];
    }
}

/* Pushes a list of pairs; nil where there are no alternative names. */
LUA_RAISES static void push_alternatives(lua_State *L, const struct pyro_certificate *from)
{
    size_t count;
    const struct pyro_certificate_part *parts = pyro_certificate_parts(from, &count);
    lua_Integer length = 0;
    lua_newtable(L);
    for (size_t i = 0; i < count; i++) {
        if (parts[i].list != PYRO_CERTIFICATE_ALTERNATIVES)
            continue;
        push_pair(L, from, &parts[i]);
        lua_rawseti(L, -2, ++length);
    }
    if (length > 0)
        return;
    lua_pop(L, 1);
    lua_pushnil(L);
}

void lcertificate_push(lua_State *L, const struct pyro_certificate *certificate)
{
    luaL_checkstack(L, 8, NULL);
    if (!certificate) {
        lua_pushnil(L);
        return;
    }
    lua_createtable(L, 0, 7);
    push_name(L, certificate, PYRO_CERTIFICATE_SUBJECT);
    lua_setfield(L, -2, "subject");
    push_name(L, certificate, PYRO_CERTIFICATE_ISSUER);
    lua_setfield(L, -2, "issuer");
    push_alternatives(L, certificate);
    lua_setfield(L, -2, "subjectAltName");
    push_text(L, certificate, certificate->serial);
    lua_setfield(L, -2, "serialNumber");
    push_text(L, certificate, certificate->not_before);
    lua_setfield(L, -2, "notBefore");
    push_text(L, certificate, certificate->not_after);
    lua_setfield(L, -2, "notAfter");
    lua_pushinteger(L, certificate->version);
    lua_setfield(L, -2, "version");
}
