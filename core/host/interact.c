#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

#include "host/host.h"

#define LINE_SIZE 4096

/* Pushes a line without its newline; false at the end of input. */
static bool read_line(lua_State *L, const char *prompt)
{
    char part[LINE_SIZE];
    bool any = false;
    luaL_Buffer line;
    fputs(prompt, stdout);
    fflush(stdout);
    luaL_buffinit(L, &line);
    while (fgets(part, sizeof(part), stdin)) {
        size_t length = strlen(part);
        any = true;
        if (length > 0 && part[length - 1] == '\n') {
            luaL_addlstring(&line, part, length - 1);
            break;
        }
        luaL_addlstring(&line, part, length);
    }
    luaL_pushresult(&line);
    if (!any)
        lua_pop(L, 1);
    return any;
}

static bool is_incomplete(lua_State *L, int status)
{
    size_t length;
    if (status != LUA_ERRSYNTAX)
        return false;
    const char *text = lua_tolstring(L, -1, &length);
    return length >= 5 && strcmp(text + length - 5, "<eof>") == 0;
}

/* Compiles the text at the top as an expression; leaves only the function, or the text. */
static bool load_expression(lua_State *L)
{
    const char *text = lua_tostring(L, -1);
    const char *source = lua_pushfstring(L, "return %s", *text == '=' ? text + 1 : text);
    if (luaL_loadbuffer(L, source, strlen(source), "=stdin") != LUA_OK) {
        lua_pop(L, 2);
        return false;
    }
    lua_replace(L, -3);
    lua_pop(L, 1);
    return true;
}

/* Compiles the text at the top, reading on while it is incomplete; replaces it by the function or
 * the error message. */
static int load_statement(lua_State *L)
{
    for (;;) {
        size_t length;
        const char *text = lua_tolstring(L, 1, &length);
        int status = luaL_loadbuffer(L, text, length, "=stdin");
        if (!is_incomplete(L, status) || !read_line(L, ">> ")) {
            lua_replace(L, 1);
            lua_settop(L, 1);
            return status;
        }
        lua_remove(L, 2); /* the message */
        lua_pushliteral(L, "\n");
        lua_insert(L, 2);
        lua_concat(L, 3);
    }
}

static void print_results(lua_State *L)
{
    int count = lua_gettop(L);
    if (count == 0)
        return;
    lua_getglobal(L, "print");
    lua_insert(L, 1);
    if (lua_pcall(L, count, 0, 0) != LUA_OK)
        host_report(L);
}

void host_interact(lua_State *L)
{
    lua_settop(L, 0);
    while (read_line(L, "> ")) {
        int status = load_expression(L) ? LUA_OK : load_statement(L);
        if (status != LUA_OK)
            host_report(L);
        else if (host_call(L, 0))
            print_results(L);
        lua_settop(L, 0);
    }
    fputs("\n", stdout);
}
