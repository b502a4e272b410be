#include "bind/base/lprintable.h"

#include <lauxlib.h>

#include "base/escape.h"

/* printable(text, one_line): escapes what is not seen. Keeps ends of lines and tabs, unless the
 * string must be one line. */
static int lprintable(lua_State *L)
{
    size_t length, seen, begun = 0; /* of what is kept */
    const char *text = luaL_checklstring(L, 1, &length);
    bool one_line = lua_toboolean(L, 2);
    luaL_Buffer out;
    luaL_buffinit(L, &out);
    for (size_t i = 0; i<length; i += seen> 0 ? seen : 1) {
        char escaped[PYRO_ESCAPED_SIZE];
        bool kept = !one_line && (text[i] == '\n' || text[i] == '\t');
        seen = kept ? 1 : pyro_seen((const unsigned char *)text + i, length - i);
        if (seen > 0)
            continue;
        luaL_addlstring(&out, text + begun, i - begun);
        pyro_escape_byte(escaped, (unsigned char)text[i]);
        luaL_addstring(&out, escaped);
        begun = i + 1;
    }
    luaL_addlstring(&out, text + begun, length - begun);
    luaL_pushresult(&out);
    return 1;
}

void lprintable_open(lua_State *L)
{
    lua_pushcfunction(L, lprintable);
    lua_setfield(L, -2, "printable");
}
