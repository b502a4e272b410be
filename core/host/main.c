/* The pyrolua program: runs Lua as lua does, with pyro at hand. */
#include <fcntl.h>
#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bind/base/marks.h"
#include "bind/module/ldump.h"
#include "bind/module/lreopen.h"
#include "bind/module/open.h"
#include "bind/task/lmain.h"
#include "host/call.h"
#include "host/conceal.h"
#include "host/editor.h"
#include "host/evaluate.h"
#include "host/terminal.h"
#include "include/pyrolua.h"

/* The command line: options, then a script (or module) and its arguments. */
struct command {
    int script; /* index in argv of the script, -m's module or command; argc where there is none */
    bool module, subcommand, interactive, version, code, ignore_environment, help;
};

static void usage(FILE *to)
{
    fprintf(to,
            "usage: %s [options] [script [args]]\n"
            "       %s [options] call|inspect|stub|stats|top|allow ...\n"
            "Available options are:\n"
            "  -e stat   execute string 'stat'\n"
            "  -i        enter interactive mode after executing 'script'\n"
            "  -l mod    require library 'mod' into global 'mod'\n"
            "  -l g=mod  require library 'mod' into global 'g'\n"
            "  -m mod    run library 'mod' as a program; the rest are its arguments\n"
            "  -v        show version information (--version)\n"
            "  -E        ignore environment variables\n"
            "  -W        turn warnings on\n"
            "  -h        show this help (--help)\n"
            "  --        stop handling options\n"
            "  -         stop handling options and execute stdin\n"
            "Commands, in the place of a script; --help after one shows its options:\n"
            "  call      call a method of a remote object\n"
            "  inspect   show the methods and attributes of a remote object\n"
            "  stub      write annotations of a remote object, for editors\n"
            "  stats     show what the server of a remote object has counted\n"
            "  top       show what servers are doing, live\n"
            "  allow     check rules that say who may call what\n"
            "A script with such a name is run as './call', or after '--'.\n",
            PROGRAM, PROGRAM);
}

static void print_version(void)
{
    printf("%s %s (%s, Pyro protocols 48 and 502)\n", PROGRAM, PYROLUA_VERSION, LUA_RELEASE);
    fflush(stdout);
}

static bool unknown_option(const char *option)
{
    fprintf(stderr, "%s: unrecognized option '%s'\n", PROGRAM, option);
    usage(stderr);
    return false;
}

static bool needs_argument(const char *option)
{
    fprintf(stderr, "%s: '%s' needs argument\n", PROGRAM, option);
    usage(stderr);
    return false;
}

/* -e, -l and -m take an argument, here or as the next word; `i` then points to that. */
static bool has_argument(char **argv, int *i)
{
    if (argv[*i][2] != '\0')
        return true;
    (*i)++;
    return argv[*i] != NULL;
}

/* Sorts out one word; false to stop. `*good` says whether it was understood. */
static bool parse_option(char **argv, int *i, struct command *command, bool *good)
{
    const char *option = argv[*i];
    if (option[0] != '-' || strcmp(option, "-") == 0)
        return false;
    if (strcmp(option, "--") == 0) {
        (*i)++;
        return false;
    }
    if (strcmp(option, "--help") == 0 || strcmp(option, "-h") == 0) {
        command->help = true;
        return true;
    }
    if (strcmp(option, "--version") == 0) {
        command->version = true;
        return true;
    }
    if (strchr("iEvW", option[1]) && option[2] != '\0')
        return *good = unknown_option(option);
    switch (option[1]) {
    case 'E':
        command->ignore_environment = true;
        break;
    case 'i':
        command->interactive = true;
        command->version = true;
        break;
    case 'v':
        command->version = true;
        break;
    case 'W':
        break;
    case 'e':
        command->code = true;
        /* fall through */
    case 'l':
        if (!has_argument(argv, i))
            return *good = needs_argument(option);
        break;
    case 'm':
        command->module = true;
        if (!has_argument(argv, i))
            return *good = needs_argument(option);
        return false;
    default:
        return *good = unknown_option(option);
    }
    return true;
}

/* Returns whether a word in the place of a script is a command: a module in lua/pyro/tool/. */
static bool is_subcommand(const char *word)
{
    static const char *const words[] = {"allow", "call", "inspect", "stats", "stub", "top"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcmp(word, words[i]) == 0)
            return true;
    return false;
}

static bool parse_command(int argc, char **argv, struct command *command)
{
    bool good = true;
    int i = 1;
    while (i < argc && parse_option(argv, &i, command, &good))
        i++;
    command->script = i;
    command->subcommand =
        i < argc && !command->module && strcmp(argv[i - 1], "--") != 0 && is_subcommand(argv[i]);
    return good;
}

/* Sets the global `arg`: the script at 0, its arguments after it, the rest of the command line
 * before. */
LUA_RUNS static void set_arg(lua_State *L, char **argv, int argc, int script)
{
    int zero = script < argc ? script : 0;
    lua_createtable(L, argc - zero - 1 > 0 ? argc - zero - 1 : 0, zero + 1);
    for (int i = 0; i < argc; i++) {
        lua_pushstring(L, argv[i]);
        lua_rawseti(L, -2, i - zero);
    }
    lua_setglobal(L, "arg");
}

/* Pushes the script's arguments; returns how many. From now on they are seen without passwords. */
LUA_RAISES static int push_arguments(lua_State *L, char **argv, int argc, int script)
{
    luaL_checkstack(L, argc + 3, "too many arguments to script");
    for (int i = script + 1; i < argc; i++) {
        lua_pushstring(L, argv[i]);
        host_conceal(argv[i]);
    }
    return argc > script ? argc - script - 1 : 0;
}

LUA_RUNS static bool run_text(lua_State *L, const char *text, const char *name)
{
    if (luaL_loadbuffer(L, text, strlen(text), name) != LUA_OK) {
        host_report(L);
        return false;
    }
    bool good = host_call(L, 0);
    lua_settop(L, 0);
    return good;
}

/* LUA_INIT_5_4 or LUA_INIT: code, or "@file". */
LUA_RUNS static bool run_init(lua_State *L)
{
    const char *name = "=LUA_INIT_5_4", *init = getenv(name + 1);
    if (!init)
        init = getenv((name = "=LUA_INIT") + 1);
    if (!init)
        return true;
    if (init[0] != '@')
        return run_text(L, init, name);
    if (luaL_loadfile(L, init + 1) != LUA_OK) {
        host_report(L);
        return false;
    }
    return host_call(L, 0);
}

LUA_RUNS static bool require_library(lua_State *L, const char *what)
{
    const char *equals = strchr(what, '=');
    const char *module = equals ? equals + 1 : what;
    lua_getglobal(L, "require");
    lua_pushstring(L, module);
    if (!host_call(L, 1))
        return false;
    lua_settop(L, 1);
    lua_pushlstring(L, what, equals ? (size_t)(equals - what) : strlen(what));
    lua_insert(L, 1);
    lua_pushglobaltable(L);
    lua_insert(L, 1);
    lua_settable(L, 1);
    lua_settop(L, 0);
    return true;
}

/* Runs -e and -l, and obeys -W, in the order of the command line. */
LUA_RUNS static bool run_options(lua_State *L, char **argv, int end)
{
    for (int i = 1; i < end && argv[i][0] == '-'; i++) {
        char option = argv[i][1];
        if (option == 'W') {
            lua_warning(L, "@on", 0);
        } else if (option == 'e' || option == 'l') {
            const char *what = argv[i][2] ? argv[i] + 2 : argv[++i];
            bool good =
                option == 'e' ? run_text(L, what, "=(command line)") : require_library(L, what);
            if (!good)
                return false;
        }
    }
    return true;
}

LUA_RUNS static bool run_script(lua_State *L, char **argv, int argc, int script)
{
    const char *name =
        strcmp(argv[script], "-") == 0 && strcmp(argv[script - 1], "--") != 0 ? NULL : argv[script];
    if (name)
        pyro_search_beside(L, name);
    if (luaL_loadfile(L, name) != LUA_OK) {
        host_report(L);
        return false;
    }
    return host_call(L, push_arguments(L, argv, argc, script));
}

static int module_ended(lua_State *L, int status, lua_KContext context)
{
    (void)L;
    (void)status;
    (void)context;
    return 1;
}

/* Requires the module and calls the main function of the table that it returned; an integer that
 * this returns is the exit status. */
static int run_module(lua_State *L)
{
    const char *name = luaL_checkstring(L, 1);
    int count = lua_gettop(L) - 1;
    lua_getglobal(L, "require");
    lua_pushstring(L, name);
    lua_call(L, 1, 1);
    lua_pushliteral(L, "main");
    if (!lua_istable(L, -2) || lua_rawget(L, -2) != LUA_TFUNCTION)
        return luaL_error(L, "module '%s' has no main function", name);
    lua_replace(L, 1);
    lua_settop(L, count + 1);
    lua_callk(L, count, 1, 0, module_ended);
    return 1;
}

LUA_RUNS static bool call_module(lua_State *L, char **argv, int argc, const struct command *command,
                                 int *status)
{
    const char *word = argv[command->script];
    lua_pushcfunction(L, run_module);
    if (command->subcommand)
        lua_pushfstring(L, "pyro.tool.%s", word);
    else
        lua_pushstring(L, word[0] == '-' ? word + 2 : word);
    if (!host_call(L, 1 + push_arguments(L, argv, argc, command->script)))
        return false;
    *status = lua_gettop(L) > 0 && lua_isinteger(L, -1) ? (int)lua_tointeger(L, -1) : EXIT_SUCCESS;
    return true;
}

/* Code by which `pyro` is loaded when people who type first name it. */
static const char *const lazy_pyro = "setmetatable(_G, { __index = function(_, name)\n"
                                     "  if name == 'pyro' then return require 'pyro' end\n"
                                     "end })\n";

/* Runs the interactive mode. Only who types needs its module. */
LUA_RUNS static void interact(lua_State *L)
{
    lua_getglobal(L, "require");
    lua_pushliteral(L, "pyro.tool.repl");
    if (!host_call(L, 1))
        return;
    lua_settop(L, 1);
    lua_getfield(L, 1, "run");
    lua_pushboolean(L, isatty(STDIN_FILENO) && isatty(STDOUT_FILENO));
    host_call(L, 1);
}

LUA_RUNS static int run(lua_State *L, int argc, char **argv, const struct command *command)
{
    bool nothing = command->script >= argc && !command->code;
    int status = EXIT_SUCCESS;
    if (command->version)
        print_version();
    set_arg(L, argv, argc, command->script);
    if (!command->ignore_environment && !run_init(L))
        return EXIT_FAILURE;
    if ((command->code || command->interactive || nothing) && !run_text(L, lazy_pyro, "=(pyrolua)"))
        return EXIT_FAILURE;
    if (!run_options(L, argv, command->script))
        return EXIT_FAILURE;
    if (command->module || command->subcommand)
        return call_module(L, argv, argc, command, &status) ? status : EXIT_FAILURE;
    if (command->script < argc && !run_script(L, argv, argc, command->script))
        return EXIT_FAILURE;
    if (command->interactive) {
        interact(L);
    } else if (nothing && !command->version) {
        if (!isatty(STDIN_FILENO))
            return run_script(L, (char *[]){"", "-", NULL}, 2, 1) ? EXIT_SUCCESS : EXIT_FAILURE;
        print_version();
        interact(L);
    }
    return EXIT_SUCCESS;
}

/* Everything that can fail for want of memory, or a wrong setting, in protected mode. */
static int prepare(lua_State *L)
{
    luaL_openlibs(L);
    pyro_open(L);
    lua_getglobal(L, "require");
    lua_pushliteral(L, "pyro.core"); /* opens the runtime, in which all code runs */
    lua_call(L, 1, 0);
    ldump_on_signal(L);
    lreopen_on_signal(L);
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
    lua_pushcfunction(L, host_open_editor);
    lua_setfield(L, -2, "pyro.editor");
    lua_pushcfunction(L, host_open_evaluate);
    lua_setfield(L, -2, "pyro.evaluate");
    lua_pushcfunction(L, host_open_terminal);
    lua_setfield(L, -2, "pyro.terminal");
    return 0;
}

/* Standard streams that are closed are taken, so that no file that a script opens, say, becomes one
 * of them. Reading and writing fails as before, and programs that are started have them closed. */
static void take_standard_streams(void)
{
    for (int i = STDIN_FILENO; i <= STDERR_FILENO; i++)
        if (fcntl(i, F_GETFD) == -1)
            open("/dev/null", (i == STDIN_FILENO ? O_WRONLY : O_RDONLY) | O_CLOEXEC);
}

LUA_RUNS int main(int argc, char **argv)
{
    struct command command = {.script = argc};
    take_standard_streams();
    if (!parse_command(argc, argv, &command))
        return EXIT_FAILURE;
    if (command.help) {
        usage(stdout);
        return EXIT_SUCCESS;
    }
    lua_State *L = pyro_new_state();
    if (!L) {
        fprintf(stderr, "%s: not enough memory\n", PROGRAM);
        return EXIT_FAILURE;
    }
    if (command.ignore_environment) {
        lua_pushboolean(L, 1);
        lua_setfield(L, LUA_REGISTRYINDEX, "LUA_NOENV");
    }
    lua_pushcfunction(L, prepare);
    int status = EXIT_FAILURE;
    if (lua_pcall(L, 0, 0, 0) != LUA_OK)
        host_report(L);
    else if ((status = run(L, argc, argv, &command)) != EXIT_SUCCESS && lmain_was_ended(L))
        status = EXIT_SUCCESS; /* as was asked for */
    lua_close(L);
    return status;
}
