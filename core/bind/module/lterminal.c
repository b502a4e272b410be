#include "bind/module/lterminal.h"

#include <lauxlib.h>
#include <sys/ioctl.h>

/* Of a terminal that does not say. */
#define USUAL_COLUMNS 80
#define USUAL_ROWS 24

/* Implements core.terminal_size(descriptor) -> columns and rows of the terminal, or nil where it is
 * none. */
static int terminal_size(lua_State *L)
{
    struct winsize size;
    if (ioctl((int)luaL_checkinteger(L, 1), TIOCGWINSZ, &size) != 0) {
        lua_pushnil(L);
        return 1;
    }
    lua_pushinteger(L, size.ws_col > 0 ? size.ws_col : USUAL_COLUMNS);
    lua_pushinteger(L, size.ws_row > 0 ? size.ws_row : USUAL_ROWS);
    return 2;
}

void lterminal_open(lua_State *L)
{
    lua_pushcfunction(L, terminal_size);
    lua_setfield(L, -2, "terminal_size");
}
