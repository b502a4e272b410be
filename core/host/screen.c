/* Output while a line is edited on the same terminal: the line is taken away for that, and shown
 * again below. The streams of the C library are replaced, which print(), Lua's files, and the
 * log write to. */
#include <errno.h>
#include <lauxlib.h>
#include <lualib.h>
#include <unistd.h>

#include "bind/base/marks.h"
#include "host/screen.h"

static const struct host_editor *line;
static bool hidden; /* something was printed that is no whole line yet */
static int descriptors[2] = {STDOUT_FILENO, STDERR_FILENO};

static bool write_all(int descriptor, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t written = write(descriptor, bytes, size);
        if (written < 0 && errno != EINTR)
            return false;
        if (written > 0) {
            bytes += written;
            size -= (size_t)written;
        }
    }
    return true;
}

static ssize_t screen_print(void *descriptor, const char *bytes, size_t size)
{
    bool editing = line->editing();
    if (size == 0)
        return 0;
    if (editing && !hidden)
        line->hide();
    bool good = write_all(*(int *)descriptor, bytes, size);
    hidden = editing && bytes[size - 1] != '\n';
    if (editing && !hidden)
        line->show();
    return good ? (ssize_t)size : 0;
}

void host_show_line(void)
{
    if (!hidden)
        return;
    hidden = false;
    write_all(STDOUT_FILENO, "\n", 1);
    line->show();
}

/* Lua's file of that name writes to the stream. */
LUA_RUNS static void set_file(lua_State *L, const char *name, FILE *stream)
{
    lua_getglobal(L, LUA_IOLIBNAME);
    if (lua_istable(L, -1)) {
        lua_getfield(L, -1, name);
        luaL_Stream *file = luaL_testudata(L, -1, LUA_FILEHANDLE);
        if (file)
            file->f = stream;
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

static FILE *guarded(int *descriptor)
{
    static const cookie_io_functions_t functions = {.write = screen_print};
    FILE *stream = fopencookie(descriptor, "w", functions);
    if (stream)
        setvbuf(stream, NULL, _IOLBF, BUFSIZ);
    return stream;
}

FILE *host_guard_screen(lua_State *L, const struct host_editor *editor)
{
    FILE *screen = stdout;
    FILE *out = guarded(&descriptors[0]), *err = guarded(&descriptors[1]);
    if (!out || !err) {
        if (out)
            fclose(out);
        return NULL;
    }
    fflush(stdout);
    line = editor;
    set_file(L, "stdout", out);
    set_file(L, "stderr", err);
    stdout = out;
    stderr = err;
    return screen;
}
