/* Lua states in programs of C. Each function here enters Lua in protected mode, and
 * makes a report of a Lua error. A step, or a script, may run any Lua code, which may call C
 * methods of the program, which may step again: `from` and `steps` of the runtime are put back
 * afterwards, also where an error left the steps within. */
#include "bind/module/lembed.h"

#include <lualib.h>

#include "base/assert.h"
#include "bind/base/lerror.h"
#include "bind/base/marks.h"
#include "bind/http/lmetrics.h"
#include "bind/module/open.h"
#include "bind/task/llimit.h"
#include "bind/task/lmain.h"
#include "bind/task/lnesting.h"

/* --- protected calls --- */

/* Returns the value at `index` as a string, which stays on the stack. */
LUA_RUNS static struct pyro_slice string_at(lua_State *L, int index)
{
    struct pyro_slice string;
    string.data = luaL_tolstring(L, index, &string.length);
    return string;
}

LUA_RUNS static void trace(struct pyro_report *report, lua_State *L, int lines)
{
    for (lua_Integer i = 1; lua_rawgeti(L, lines, i) == LUA_TSTRING; i++) {
        pyro_report_trace(report, string_at(L, -1));
        lua_pop(L, 2);
    }
    lua_pop(L, 1);
}

LUA_RUNS static void report_object(lua_State *L, struct pyro_report *report)
{
    lua_getfield(L, 1, "class");
    struct pyro_slice class_name = string_at(L, -1);
    lua_getfield(L, 1, "message");
    pyro_report_raised(report, class_name, string_at(L, -1));
    if (lua_getfield(L, 1, "remoteTraceback") == LUA_TTABLE)
        trace(report, L, lua_gettop(L));
}

static void report_string(struct pyro_report *report, struct pyro_slice string)
{
    pyro_report_raised(report, pyro_slice_text(pyro_error_class(PYRO_ERUNTIME)), string);
}

/* Fills the report. Takes the error value and the report. */
static int report_value(lua_State *L)
{
    struct pyro_report *report = lua_touserdata(L, 2);
    if (lerror_is(L, 1))
        report_object(L, report);
    else
        report_string(report, string_at(L, 1));
    if (!report->traceback.data && lmain_push_failed_thread(L)) {
        luaL_traceback(L, lua_tothread(L, -1), NULL, 0);
        pyro_report_trace(report, string_at(L, -1));
    }
    return 0;
}

static void report_memory(struct pyro_report *report)
{
    struct pyro_error err;
    pyro_error_memory(&err);
    pyro_report_error(report, &err);
}

/* Reports the error value at the top, which is popped. Where nothing can be called for want of
 * memory or stack, an error value that is a string is reported as it is. */
LOOP_STEPS static void report_top(lua_State *L, int status, struct pyro_report *report)
{
    int top = lua_gettop(L);
    lua_pushcfunction(L, report_value);
    lua_pushvalue(L, top);
    lua_pushlightuserdata(L, report);
    if (status == LUA_ERRMEM)
        report_memory(report);
    else if (lua_pcall(L, 2, 0, 0) != LUA_OK)
        report_string(report, lua_type(L, top) == LUA_TSTRING
                                  ? pyro_slice_text(lua_tostring(L, top))
                                  : pyro_slice_text("error in error handling"));
    lua_settop(L, top - 1);
}

/* Calls a function with a pointer in protected mode. */
LOOP_STEPS static bool call(lua_State *L, lua_CFunction f, void *argument,
                            struct pyro_report *report)
{
    if (!lua_checkstack(L, 6)) {
        report_memory(report);
        return false;
    }
    lua_pushcfunction(L, f);
    lua_pushlightuserdata(L, argument);
    int status = lua_pcall(L, 1, 0, 0);
    if (status != LUA_OK)
        report_top(L, status, report);
    return status == LUA_OK;
}

/* --- opening --- */

static int prepare(lua_State *L)
{
    struct lruntime *runtime = lruntime_open(L, lua_touserdata(L, 1)); /* before the module */
    if (!runtime)
        return 0;
    runtime->embedded = true;
    runtime->core.log.quiet = true; /* the standard error is the program's */
    if (pyro_runtime_apply(&runtime->core, lua_touserdata(L, 1)) != PYRO_OK)
        return 0;
    luaL_openlibs(L);
    pyro_open(L);
    lua_getglobal(L, "require");
    lua_pushliteral(L, "pyro.core");
    lua_call(L, 1, 0);
    llimit_watch(L);
    return 0;
}

struct lruntime *lembed_open(struct pyro_report *report)
{
    struct pyro_error err = {.code = PYRO_OK};
    lua_State *L = pyro_new_state();
    if (!L)
        pyro_error_memory(&err);
    bool good = L && call(L, prepare, &err, report);
    if (good && err.code == PYRO_OK)
        return lruntime_of(L);
    if (err.code != PYRO_OK)
        pyro_report_error(report, &err);
    if (L)
        lua_close(L);
    return NULL;
}

void lembed_close(struct lruntime *runtime)
{
    PYRO_ASSERT(runtime->embedded && runtime->steps == 0); /* nothing of the state runs */
    lua_close(runtime->main);
}

/* --- stepping --- */

bool lembed_allowed(struct lruntime *runtime, struct pyro_error *err)
{
    return lnesting_allowed(runtime->from, runtime, err);
}

struct step {
    struct lruntime *runtime;
    double timeout;
    bool alive;
};

static int step(lua_State *L)
{
    struct step *s = lua_touserdata(L, 1);
    s->alive = lruntime_step(s->runtime, L, s->timeout);
    return 0;
}

bool lembed_step(struct lruntime *runtime, double timeout, bool *alive, struct pyro_report *report)
{
    struct step s = {runtime, timeout, true};
    lua_State *from = runtime->from;
    unsigned steps = runtime->steps;
    struct lplace *place = runtime->place;
    bool good = call(from, step, &s, report);
    runtime->from = from; /* also after an error that left the step */
    runtime->steps = steps;
    runtime->place = place;
    *alive = s.alive;
    return good;
}

/* --- scripts --- */

/* Sets the global `arg` as `pyrolua` does. */
LUA_RUNS static void set_arg(lua_State *L, const struct lembed_script *script)
{
    lua_createtable(L, script->count, 1);
    lua_pushstring(L, script->name);
    lua_rawseti(L, -2, 0);
    for (int i = 0; i < script->count; i++) {
        lua_pushstring(L, script->arguments[i]);
        lua_rawseti(L, -2, i + 1);
    }
    lua_setglobal(L, "arg");
}

/* A script that runs. */
struct run {
    const struct lembed_script *script;
    struct pyro_error unreadable; /* why its file cannot be read */
};

static int run_script(lua_State *L)
{
    struct run *run = lua_touserdata(L, 1);
    const struct lembed_script *script = run->script;
    if (!script->code) {
        set_arg(L, script);
        pyro_search_beside(L, script->name);
    }
    int status = script->code ? luaL_loadbufferx(L, script->code, strlen(script->code),
                                                 lua_pushfstring(L, "=%s", script->name), "t")
                              : luaL_loadfile(L, script->name);
    if (status == LUA_ERRFILE)
        pyro_error_set(&run->unreadable, PYRO_EOS, "%s", lua_tostring(L, -1));
    if (status != LUA_OK)
        return lua_error(L);
    luaL_checkstack(L, script->count + 3, "too many arguments to script");
    for (int i = 0; i < script->count; i++)
        lua_pushstring(L, script->arguments[i]);
    if (lmain_run(L, script->count) != LUA_OK)
        return lua_error(L);
    return 0;
}

bool lembed_run(struct lruntime *runtime, const struct lembed_script *script,
                struct pyro_report *report)
{
    lua_State *from = runtime->from;
    unsigned steps = runtime->steps;
    struct run run = {.script = script};
    bool good = call(from, run_script, &run, report);
    runtime->from = from;
    if (run.unreadable.code != PYRO_OK)
        pyro_report_error(report, &run.unreadable);
    runtime->steps = steps;
    return good;
}

/* --- metrics --- */

static int serve_metrics(lua_State *L)
{
    lmetrics_serve(L, lua_touserdata(L, 1));
    return 0;
}

bool lembed_serve_metrics(struct lruntime *runtime, struct pyro_report *report)
{
    struct pyro_error err = {.code = PYRO_OK};
    bool good = call(runtime->from, serve_metrics, &err, report);
    if (err.code != PYRO_OK)
        pyro_report_error(report, &err);
    return good && err.code == PYRO_OK;
}

/* --- objects --- */

struct provision {
    const char *name;
    const struct lnative *native;
};

static int provide(lua_State *L)
{
    const struct provision *p = lua_touserdata(L, 1);
    struct lnative *native = lnative_push(L);
    lua_setglobal(L, p->name);
    *native = *p->native; /* nothing can fail any more */
    return 0;
}

bool lembed_provide(struct lruntime *runtime, const char *name, const struct lnative *native,
                    struct pyro_report *report)
{
    struct provision p = {name, native};
    return call(runtime->from, provide, &p, report);
}
