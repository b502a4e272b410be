#include "bind/module/lterminal.h"

#include <lauxlib.h>
#include <sys/ioctl.h>

#define USUAL_COLUMNS 80 /* of a terminal that does not say */

/* Implements core.columns(descriptor) -> the width of the terminal, or nil where it is none. */
static int columns(lua_State *L)
{
    struct winsize size;
    if (ioctl((int)luaL_checkinteger(L, 1), TIOCGWINSZ, &size) != 0)
        lua_pushnil(L);
    else
        lua_pushinteger(L, size.ws_col > 0 ? size.ws_col : USUAL_COLUMNS);
    return 1;
}

void lterminal_open(lua_State *L)
{
    lua_pushcfunction(L, columns);
    lua_setfield(L, -2, "columns");
}
