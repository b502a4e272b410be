/* The module pyro.terminal. While the terminal is taken, the program sees each key at once, and has
 * a screen of its own, which goes when the terminal is given back: by close(), when the process
 * exits, before it is stopped, and before a second signal ends it. The handlers of signals only
 * note them, in a pipe. */
#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "bind/base/marks.h"
#include "host/terminal.h"

/* Another screen, no cursor, and no new line at the right margin. */
#define ENTER "\033[?1049h\033[?25l\033[?7l\033[2J"
#define LEAVE "\033[?7h\033[?25h\033[?1049l"

/* It is the process's only one. */
static struct termios given; /* the mode that it had */
static volatile sig_atomic_t taken, ending;
static int notes[2] = {-1, -1}; /* a pipe: a byte for each signal */

/* --- taking and giving back --- */

static void put(const char *sequence)
{
    size_t left = strlen(sequence);
    while (left > 0) {
        ssize_t written = write(STDOUT_FILENO, sequence, left);
        if (written < 0 && errno != EINTR)
            return;
        if (written > 0) {
            sequence += written;
            left -= (size_t)written;
        }
    }
}

static void take(void)
{
    if (!taken)
        tcgetattr(STDIN_FILENO, &given);
    struct termios mode = given;
    mode.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    mode.c_cc[VMIN] = 1;
    mode.c_cc[VTIME] = 0;
    tcsetattr(STDIN_FILENO, TCSADRAIN, &mode);
    taken = 1;
    put(ENTER);
}

/* Does only what the handler of a signal may do. */
static void give_back(void)
{
    if (!taken)
        return;
    taken = 0;
    put(LEAVE);
    tcsetattr(STDIN_FILENO, TCSADRAIN, &given);
}

/* --- signals --- */

static const struct {
    int number;
    const char *name; /* by which terminal.signal() tells of it */
} signals[] = {
    {SIGWINCH, "resized"}, {SIGCONT, "continued"}, {SIGTSTP, "stop"}, {SIGINT, "end"},
    {SIGTERM, "end"},      {SIGHUP, "end"},        {SIGQUIT, "end"},
};

#define SIGNALS (sizeof(signals) / sizeof(signals[0]))

static struct sigaction before[SIGNALS];

static const char *name_of(int number)
{
    size_t i = 0;
    while (i < SIGNALS - 1 && signals[i].number != number)
        i++;
    return signals[i].name;
}

static void terminal_on_signal(int number)
{
    int error = errno;
    char note = (char)number;
    if (strcmp(name_of(number), "end") == 0 && ending++) {
        give_back();
        signal(number, SIG_DFL);
        raise(number);
    } else {
        ssize_t written = write(notes[1], &note, 1);
        (void)written; /* none where the pipe is full of others */
    }
    errno = error;
}

/* Notes signals, but for those that the program ignores. */
static void note_signals(void)
{
    struct sigaction action = {.sa_handler = terminal_on_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < SIGNALS; i++)
        if (sigaction(signals[i].number, NULL, &before[i]) == 0 && before[i].sa_handler != SIG_IGN)
            sigaction(signals[i].number, &action, NULL);
}

static void forget_signals(void)
{
    for (size_t i = 0; i < SIGNALS; i++)
        sigaction(signals[i].number, &before[i], NULL);
}

/* --- the module --- */

/* terminal.open() -> the descriptor from which terminal.signal() reads; nil where the standard
 * input and output are no terminal */
static int open_terminal(lua_State *L)
{
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) ||
        (notes[0] == -1 && pipe2(notes, O_CLOEXEC | O_NONBLOCK) != 0))
        return 0;
    ending = 0;
    note_signals();
    take();
    lua_pushinteger(L, notes[0]);
    return 1;
}

/* terminal.close(): gives the terminal back; does nothing where it is not taken */
static int close_terminal(lua_State *L)
{
    (void)L;
    if (taken)
        forget_signals();
    give_back();
    return 0;
}

/* terminal.signal() -> "resized", "continued" (take() again), "stop" or "end"; nil: there is none
 */
static int next_signal(lua_State *L)
{
    char number;
    if (read(notes[0], &number, 1) != 1)
        return 0;
    lua_pushstring(L, name_of(number));
    return 1;
}

/* terminal.stop(): stops the process, as control-z does. Returns when it is continued. */
static int stop(lua_State *L)
{
    struct sigaction stopping = {.sa_handler = SIG_DFL}, noting;
    (void)L;
    give_back();
    sigaction(SIGTSTP, &stopping, &noting);
    raise(SIGTSTP);
    sigaction(SIGTSTP, &noting, NULL);
    take();
    return 0;
}

/* terminal.take(): takes the terminal again, whose mode others have changed */
static int take_again(lua_State *L)
{
    (void)L;
    take();
    return 0;
}

/* terminal.read() -> what was typed, which is waited for; nil at the end */
static int read_keys(lua_State *L)
{
    char typed[256];
    ssize_t length = read(STDIN_FILENO, typed, sizeof(typed));
    if (length <= 0)
        return 0;
    lua_pushlstring(L, typed, (size_t)length);
    return 1;
}

/* Returns the columns of the character of UTF-8 at `text`, of which `left` bytes are there, and
 * sets its length. */
static int columns_of(const char *text, size_t left, size_t *length)
{
    mbstate_t state = {0};
    wchar_t character;
    *length = mbrtowc(&character, text, left, &state);
    if (*length == 0 || *length > left) { /* no UTF-8, or a zero byte */
        *length = 1;
        return 1;
    }
    int columns = wcwidth(character);
    return columns >= 0 ? columns : 1;
}

/* terminal.fit(text, columns) -> as much of it as there is room for; its columns */
static int fit(lua_State *L)
{
    static locale_t utf8;
    size_t size, at = 0, length;
    const char *text = luaL_checklstring(L, 1, &size);
    lua_Integer room = luaL_checkinteger(L, 2), used = 0;
    if (!utf8)
        utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", NULL);
    locale_t others = uselocale(utf8); /* of NULL: changes nothing */
    for (; at < size; at += length) {
        int columns = columns_of(text + at, size - at, &length);
        if (used + columns > room)
            break;
        used += columns;
    }
    uselocale(others);
    lua_pushlstring(L, text, at);
    lua_pushinteger(L, used);
    return 2;
}

int host_open_terminal(lua_State *L)
{
    static const luaL_Reg functions[] = {{"open", open_terminal},
                                         {"close", close_terminal},
                                         {"signal", next_signal},
                                         {"stop", stop},
                                         {"take", take_again},
                                         {"read", read_keys},
                                         {"fit", fit},
                                         {NULL, NULL}};
    if (atexit(give_back) != 0)
        return luaL_error(L, "not enough memory");
    luaL_newlib(L, functions);
    return 1;
}
