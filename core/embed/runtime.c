/* Runtimes of C programs: their errors, their steps, and their end.
 *
 * Functions of the program may run inside of functions of the library, and may free the runtime.
 * Then it only stops; it is destroyed when the outermost function of the library returns. The last
 * error is that of the callback, or of the program outside of callbacks, that made it. */
#include "embed/runtime.h"

#include <math.h>
#include <stdio.h>

#include "base/config_set.h"
#include "base/memory.h"
#include "bind/base/marks.h"

/* --- errors --- */

static int code_of(enum pyro_code code)
{
    switch (code) {
    case PYRO_EMEMORY:
        return PYROLUA_EMEMORY;
    case PYRO_EVALUE:
    case PYRO_EDAEMON:
    case PYRO_EPYRO:
        return PYROLUA_EVALUE;
    case PYRO_EOS:
        return PYROLUA_ESYSTEM;
    case PYRO_ETIMEOUT:
        return PYROLUA_ETIMEOUT;
    case PYRO_ENAMING:
        return PYROLUA_ENAMING;
    case PYRO_ESERIALIZE:
    case PYRO_ETYPE:
        return PYROLUA_ESERIALIZE;
    case PYRO_ECOMMUNICATION:
    case PYRO_ECLOSED:
    case PYRO_EPROTOCOL:
    case PYRO_ETOOLARGE:
    case PYRO_ESECURITY:
        return PYROLUA_ECOMMUNICATION;
    default:
        return PYROLUA_ERAISED;
    }
}

pyrolua_error embed_view(const struct pyro_report *report)
{
    return (pyrolua_error){code_of(report->code), pyro_report_text(&report->class_name),
                           pyro_report_text(&report->message),
                           pyro_report_text(&report->traceback)};
}

int embed_reported(pyrolua_runtime *runtime)
{
    runtime->error = embed_view(&runtime->report);
    runtime->failed_callback = runtime->callback;
    return runtime->error.code;
}

int embed_take(pyrolua_runtime *runtime, struct pyro_report *report)
{
    pyro_report_free(&runtime->report);
    runtime->report = *report;
    *report = (struct pyro_report){.code = PYRO_OK};
    return embed_reported(runtime);
}

int embed_fail(pyrolua_runtime *runtime, const struct pyro_error *err)
{
    pyro_report_error(&runtime->report, err);
    return embed_reported(runtime);
}

int embed_refuse(pyrolua_runtime *runtime, const char *why)
{
    struct pyro_error err;
    if (!runtime)
        return PYROLUA_EVALUE;
    pyro_error_set(&err, PYRO_EVALUE, "%s", why);
    return embed_fail(runtime, &err);
}

int embed_refuse_null(pyrolua_runtime *runtime, const char *name)
{
    char why[64];
    snprintf(why, sizeof(why), "%s may not be NULL", name);
    return embed_refuse(runtime, why);
}

/* Fails with an error that the core has no code of. */
static int fail_as(pyrolua_runtime *runtime, int code, const char *message)
{
    pyro_report_raised(&runtime->report, pyro_slice_text(pyro_error_class(PYRO_EPYRO)),
                       pyro_slice_text(message));
    embed_reported(runtime);
    return runtime->error.code = code;
}

int embed_fail_closed(pyrolua_runtime *runtime)
{
    return fail_as(runtime, PYROLUA_ECLOSED, "the runtime is being freed");
}

static int fail_stopped(pyrolua_runtime *runtime)
{
    return fail_as(runtime, PYROLUA_ECLOSED, "the runtime was stopped");
}

/* Returns whether the runtime was stopped: everything that waits learns it, the outermost is the
 * last. */
static bool was_stopped(pyrolua_runtime *runtime)
{
    atomic_bool *stopping = &runtime->lua->stopping;
    return runtime->reentrancy > 1 ? atomic_load(stopping) : atomic_exchange(stopping, false);
}

int embed_unmet(pyrolua_runtime *runtime)
{
    if (was_stopped(runtime))
        return fail_stopped(runtime);
    return fail_as(runtime, PYROLUA_EIDLE, "nothing is open that could be waited for");
}

const pyrolua_error *pyrolua_last_error(const pyrolua_runtime *runtime)
{
    static const pyrolua_error no_memory = {PYROLUA_EMEMORY, "MemoryError", "out of memory", ""};
    return runtime && runtime->error.code != PYROLUA_EMEMORY ? &runtime->error : &no_memory;
}

/* --- opening and closing --- */

int pyrolua_new(pyrolua_runtime **runtime)
{
    if (!runtime)
        return PYROLUA_EVALUE;
    pyrolua_runtime *made = *runtime = pyro_calloc(1, sizeof(*made));
    if (!made)
        return PYROLUA_EMEMORY;
    for (size_t i = 0; i < EMBED_PARTS; i++)
        pyro_list_init(&made->parts[i].handles);
    posts_init(&made->posts);
    made->error = embed_view(&made->report);
    made->error.code = PYROLUA_OK;
    made->lua = lembed_open(&made->report);
    if (!made->lua)
        return embed_reported(made);
    posts_open(made);
    return PYROLUA_OK;
}

static void stop_parts(pyrolua_runtime *runtime)
{
    for (size_t i = 0; i < EMBED_PARTS; i++)
        if (runtime->parts[i].part && runtime->parts[i].part->stop)
            runtime->parts[i].part->stop(runtime);
}

static void close_parts(pyrolua_runtime *runtime)
{
    for (size_t i = 0; i < EMBED_PARTS; i++)
        if (runtime->parts[i].part && runtime->parts[i].part->close)
            runtime->parts[i].part->close(runtime);
}

static void free_parts(pyrolua_runtime *runtime)
{
    for (size_t i = 0; i < EMBED_PARTS; i++) {
        if (runtime->parts[i].part && runtime->parts[i].part->free)
            runtime->parts[i].part->free(runtime);
        PYRO_ASSERT(pyro_list_empty(&runtime->parts[i].handles));
    }
}

void embed_keep(pyrolua_runtime *runtime, enum embed_part_name name, const struct embed_part *part,
                struct pyro_list *node)
{
    PYRO_ASSERT(!runtime->parts[name].part || runtime->parts[name].part == part);
    runtime->parts[name].part = part;
    pyro_list_push(&runtime->parts[name].handles, node);
}

/* Frees everything. The program's functions that are called meanwhile find a closing runtime, and
 * all of its handles. */
LOOP_STEPS static void destroy(pyrolua_runtime *runtime)
{
    PYRO_ASSERT(runtime->closing && runtime->reentrancy == 0);
    runtime->reentrancy++;
    posts_close(runtime);
    close_parts(runtime);
    free_parts(runtime);
    if (runtime->lua)
        lembed_close(runtime->lua);
    PYRO_ASSERT(runtime->reentrancy == 1 && runtime->callback == 0);
    posts_free(&runtime->posts);
    pyro_report_free(&runtime->report);
    pyro_free(runtime);
}

void pyrolua_free(pyrolua_runtime *runtime)
{
    if (!runtime || runtime->closing)
        return;
    runtime->closing = true;
    if (runtime->lua)
        atomic_store(&runtime->lua->stopping, true);
    if (runtime->reentrancy == 0)
        destroy(runtime);
    else
        stop_parts(runtime);
}

int embed_enter(pyrolua_runtime *runtime)
{
    if (!runtime)
        return PYROLUA_EVALUE;
    if (runtime->closing || !runtime->lua)
        return embed_fail_closed(runtime);
    runtime->reentrancy++;
    return PYROLUA_OK;
}

int embed_enter_wait(pyrolua_runtime *runtime)
{
    struct pyro_error err = {.code = PYRO_OK};
    int code = embed_enter(runtime);
    if (code == PYROLUA_OK && !lembed_allowed(runtime->lua, &err))
        code = embed_leave(runtime, fail_as(runtime, PYROLUA_ENESTED, err.message));
    return code;
}

int embed_leave(pyrolua_runtime *runtime, int code)
{
    PYRO_ASSERT(runtime->reentrancy > 0);
    runtime->reentrancy--;
    if (!runtime->closing)
        return code;
    if (runtime->reentrancy == 0)
        destroy(runtime);
    return PYROLUA_ECLOSED;
}

int pyrolua_configure(pyrolua_runtime *runtime, const char *name, const char *value)
{
    struct pyro_error err = {.code = PYRO_OK};
    if (!runtime || !name || !value)
        return embed_refuse_null(runtime, name ? "value" : "name");
    if (runtime->closing || !runtime->lua)
        return embed_fail_closed(runtime);
    struct pyro_setting setting = {.item = pyro_config_find(name), .prefix = ""};
    struct pyro_runtime *core = embed_core(runtime);
    enum pyro_code code = setting.item ? pyro_config_parse(&core->config, setting, value, &err)
                                       : pyro_config_unknown(name, &err);
    if (code == PYRO_OK)
        code = pyro_runtime_apply(core, &err);
    return code == PYRO_OK ? PYROLUA_OK : embed_fail(runtime, &err);
}

int embed_make_key(pyrolua_runtime *runtime, const void *bytes, size_t length,
                   struct pyro_hmac_key **key)
{
    struct pyro_error err;
    *key = NULL;
    if (runtime->closing)
        return embed_fail_closed(runtime);
    if (!bytes || (*key = pyro_hmac_key_new(pyro_slice(bytes, length))) != NULL)
        return PYROLUA_OK;
    pyro_error_memory(&err);
    return embed_fail(runtime, &err);
}

/* --- the loop --- */

int embed_step(pyrolua_runtime *runtime, double timeout, bool *alive)
{
    struct pyro_report report = {.code = PYRO_OK};
    struct embed_chain serving = runtime->serving;
    runtime->serving = (struct embed_chain){.correlated = false}; /* other things run meanwhile */
    bool good = lembed_step(runtime->lua, timeout, alive, &report);
    runtime->serving = serving;
    return good ? PYROLUA_OK : embed_take(runtime, &report);
}

int pyrolua_step(pyrolua_runtime *runtime, double timeout)
{
    bool alive;
    if (isnan(timeout))
        return embed_refuse(runtime, "timeout is not a number");
    int code = embed_enter_wait(runtime);
    if (code != PYROLUA_OK)
        return code;
    code = embed_step(runtime, timeout, &alive);
    if (code == PYROLUA_OK && !alive && !runtime->closing)
        code = embed_unmet(runtime);
    return embed_leave(runtime, code);
}

int pyrolua_run(pyrolua_runtime *runtime)
{
    bool alive = true;
    int code = embed_enter_wait(runtime);
    if (code != PYROLUA_OK)
        return code;
    while (code == PYROLUA_OK && alive && !runtime->closing)
        code = embed_step(runtime, -1, &alive);
    if (code == PYROLUA_OK && !runtime->closing)
        code = embed_unmet(runtime);
    return embed_leave(runtime, code == PYROLUA_ECLOSED ? PYROLUA_OK : code);
}

void pyrolua_stop(pyrolua_runtime *runtime)
{
    if (!runtime || !runtime->lua)
        return;
    atomic_store(&runtime->lua->stopping, true);
    pyro_loop_wake(embed_core(runtime)->loop);
}

int pyrolua_descriptor(const pyrolua_runtime *runtime)
{
    return runtime && runtime->lua ? pyro_loop_descriptor(runtime->lua->core.loop) : -1;
}

double pyrolua_timeout(pyrolua_runtime *runtime)
{
    if (!runtime || !runtime->lua)
        return -1;
    double seconds = pyro_loop_timeout(embed_core(runtime)->loop);
    return atomic_load(&runtime->lua->stopping) ? 0 : seconds;
}

/* --- scripts --- */

LOOP_STEPS static int run_script(pyrolua_runtime *runtime, const struct lembed_script *script)
{
    struct pyro_report report = {.code = PYRO_OK};
    int code = embed_enter_wait(runtime);
    if (code != PYROLUA_OK)
        return code;
    if (!lembed_run(runtime->lua, script, &report)) {
        code = embed_take(runtime, &report);
        if (!runtime->closing && was_stopped(runtime))
            code = fail_stopped(runtime);
    }
    return embed_leave(runtime, code);
}

int pyrolua_run_file(pyrolua_runtime *runtime, const char *path, int count,
                     const char *const *arguments)
{
    if (!path || (count > 0 && !arguments))
        return embed_refuse_null(runtime, path ? "arguments" : "path");
    if (count < 0)
        return embed_refuse(runtime, "count is negative");
    for (int i = 0; i < count; i++)
        if (!arguments[i])
            return embed_refuse_null(runtime, "an argument");
    return run_script(runtime, &(struct lembed_script){path, NULL, count, arguments});
}

int pyrolua_run_text(pyrolua_runtime *runtime, const char *code, const char *name)
{
    if (!code || !name)
        return embed_refuse_null(runtime, code ? "name" : "code");
    return run_script(runtime, &(struct lembed_script){name, code, 0, NULL});
}

struct lua_State *pyrolua_state(pyrolua_runtime *runtime)
{
    return runtime && runtime->lua ? runtime->lua->main : NULL;
}
