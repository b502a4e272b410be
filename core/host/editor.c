/* The module pyro.editor: editing of lines on a terminal, by GNU readline's interface for programs
 * that wait for other things as well. The library is loaded when somebody is to type, where it is
 * installed: no script that just runs waits for that. */
#include <dlfcn.h>
#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <readline/history.h>
#include <readline/readline.h>

#include "bind/base/marks.h"
#include "host/call.h"
#include "host/editor.h"
#include "host/screen.h"

#define LIBRARY "libreadline.so.8"

/* The symbols that are used of the library; it is the process's only one. */
#define SYMBOLS(_)                                                                                 \
    _(rl_callback_handler_install)                                                                 \
    _(rl_callback_handler_remove)                                                                  \
    _(rl_callback_read_char)                                                                       \
    _(rl_completion_matches)                                                                       \
    _(rl_attempted_completion_function)                                                            \
    _(rl_attempted_completion_over)                                                                \
    _(rl_completion_append_character)                                                              \
    _(rl_catch_signals)                                                                            \
    _(rl_clear_visible_line)                                                                       \
    _(rl_forced_update_display)                                                                    \
    _(rl_line_buffer)                                                                              \
    _(rl_outstream)                                                                                \
    _(rl_readline_name)                                                                            \
    _(add_history)                                                                                 \
    _(append_history)                                                                              \
    _(history_truncate_file)                                                                       \
    _(read_history)                                                                                \
    _(stifle_history)

#define POINTER(name) __typeof__ (&(name))(name);
static struct {
    SYMBOLS(POINTER)
} library;

/* Between feed() and its return: where candidates come from, and what came. */
static lua_State *feeding;
static char *line;
static bool ended; /* the line, or the input, whose line is NULL */

static bool on_screen; /* between start() and the end of the line */
static FILE *screen;

/* --- completion --- */

static const char completer_key = 0; /* its address is the registry key of the function */

/* Returns the next candidate, of a list at the top of the stack; the library frees it. */
static char *next_candidate(const char *word, int again)
{
    static lua_Integer index;
    (void)word;
    index = again ? index + 1 : 1;
    char *candidate = NULL;
    if (lua_rawgeti(feeding, -1, index) == LUA_TSTRING)
        candidate = strdup(lua_tostring(feeding, -1));
    lua_pop(feeding, 1);
    return candidate;
}

/* (pointer to a word, where it starts in the line) -> what the function says that it can become */
static int find_candidates(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &completer_key);
    lua_pushstring(L, lua_touserdata(L, 1));
    lua_pushlstring(L, *library.rl_line_buffer, (size_t)lua_tointeger(L, 2));
    lua_call(L, 2, 1);
    return 1;
}

LOOP_STEPS static char **complete(const char *word, int start, int end)
{
    char **candidates = NULL;
    (void)end;
    *library.rl_attempted_completion_over = 1; /* no names of files */
    *library.rl_completion_append_character = '\0';
    if (!lua_checkstack(feeding, 4))
        return NULL;
    lua_pushcfunction(feeding, find_candidates);
    lua_pushlightuserdata(feeding, (void *)word);
    lua_pushinteger(feeding, start);
    if (lua_pcall(feeding, 2, 1, 0) == LUA_OK && lua_istable(feeding, -1))
        candidates = library.rl_completion_matches(word, next_candidate);
    lua_pop(feeding, 1);
    return candidates;
}

/* editor.complete(f): f(word, what is before it in the line) -> a list of what the word can become,
 * or nothing where it fails */
static int set_completer(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &completer_key);
    return 0;
}

/* --- lines --- */

static void editor_on_line(char *text)
{
    line = text;
    ended = true;
    on_screen = false;
    library.rl_callback_handler_remove(); /* else it would prompt for the next one */
}

/* editor.start(prompt) */
static int start(lua_State *L)
{
    library.rl_callback_handler_install(luaL_checkstring(L, 1), editor_on_line);
    on_screen = true;
    return 0;
}

/* editor.stop(): gives the line up, and the terminal back */
static int stop(lua_State *L)
{
    (void)L;
    on_screen = false;
    library.rl_callback_handler_remove();
    return 0;
}

static int push_line(lua_State *L)
{
    lua_pushstring(L, line);
    return 1;
}

/* editor.feed() -> whether that was the end; the line, or nil where the input is over. Takes what
 * was typed. */
static int feed(lua_State *L)
{
    lua_State *before = feeding;
    feeding = L;
    ended = false;
    host_show_line();
    library.rl_callback_read_char();
    feeding = before;
    lua_pushboolean(L, ended);
    if (!ended)
        return 1;
    lua_pushcfunction(L, push_line);
    int status = lua_pcall(L, 0, 1, 0);
    free(line);
    line = NULL;
    return status == LUA_OK ? 2 : lua_error(L);
}

/* --- what others print meanwhile --- */

static bool editor_is_on_screen(void)
{
    return on_screen;
}

static void editor_hide_line(void)
{
    library.rl_clear_visible_line();
    fflush(screen);
}

static void editor_show_line(void)
{
    library.rl_forced_update_display();
    fflush(screen);
}

static const struct host_editor editor = {editor_is_on_screen, editor_hide_line, editor_show_line};

/* --- history --- */

/* editor.read_history(path, lines): no more of them are kept */
static int load_history(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    int lines = (int)luaL_checkinteger(L, 2);
    library.stifle_history(lines);
    library.read_history(path);
    return 0;
}

/* editor.add_history(line) */
static int add_line(lua_State *L)
{
    library.add_history(luaL_checkstring(L, 1));
    return 0;
}

/* editor.append_history(path, lines): the line that was added last; no more of them are kept */
static int append_line(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    int lines = (int)luaL_checkinteger(L, 2);
    library.append_history(1, path);
    library.history_truncate_file(path, lines);
    return 0;
}

/* --- opening --- */

static bool load_library(void)
{
    void *handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    void *symbol;
#define LOAD(name)                                                                                 \
    symbol = handle ? dlsym(handle, #name) : NULL;                                                 \
    if (!symbol)                                                                                   \
        return false;                                                                              \
    memcpy(&library.name, &symbol, sizeof(symbol));
    SYMBOLS(LOAD)
    return true;
}

/* Whatever ends the program while a line is edited, the terminal is as it was. */
static void restore_terminal(void)
{
    on_screen = false;
    library.rl_callback_handler_remove();
}

int host_open_editor(lua_State *L)
{
    static const luaL_Reg functions[] = {{"start", start},
                                         {"feed", feed},
                                         {"stop", stop},
                                         {"complete", set_completer},
                                         {"read_history", load_history},
                                         {"add_history", add_line},
                                         {"append_history", append_line},
                                         {NULL, NULL}};
    if (!load_library() || atexit(restore_terminal) != 0)
        return luaL_error(L, "%s cannot be loaded", LIBRARY);
    screen = host_guard_screen(L, &editor);
    if (!screen)
        return luaL_error(L, "not enough memory");
    *library.rl_outstream = screen;
    *library.rl_catch_signals = 0; /* they are the program's */
    *library.rl_readline_name = PROGRAM;
    *library.rl_attempted_completion_function = complete;
    luaL_newlib(L, functions);
    return 1;
}
