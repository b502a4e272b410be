/** @file
 * What a program of C does with a Lua state. Nothing here raises a Lua error: it is reported. */
#ifndef PYRO_BIND_MODULE_LEMBED_H
#define PYRO_BIND_MODULE_LEMBED_H

#include "base/report.h"
#include "bind/base/marks.h"
#include "bind/module/lnative.h"

/** Returns a Lua state with its runtime and all modules at hand; NULL with the report. Signals are
 * left as they are. */
LOOP_STEPS struct lruntime *lembed_open(struct pyro_report *report);

/** Closes the state, which may not be running. */
LOOP_STEPS void lembed_close(struct lruntime *runtime);

/** Returns whether a step, or a script, may begin here (lnesting.h). */
LOOP_STEPS bool lembed_allowed(struct lruntime *runtime, struct pyro_error *err);

/** Steps the loop once; `*alive` becomes whether there was anything to wait for. False with the
 * report where Lua raised an error. */
LOOP_STEPS bool lembed_step(struct lruntime *runtime, double timeout, bool *alive,
                            struct pyro_report *report);

/** A script: the file of that name or, where `code` is not NULL, that code. */
struct lembed_script {
    const char *name;
    const char *code;
    int count;
    const char *const *arguments;
};

/** Runs a script as a task, and waits until the task ends. False with the report. */
LOOP_STEPS bool lembed_run(struct lruntime *runtime, const struct lembed_script *script,
                           struct pyro_report *report);

/** Serves metrics where they are wanted, before a daemon is made (bind/http/lmetrics.h). False with
 * the report. */
LOOP_STEPS bool lembed_serve_metrics(struct lruntime *runtime, struct pyro_report *report);

/** Sets a global variable to an object. Takes the object, but not on failure: false with the
 * report. */
LOOP_STEPS bool lembed_provide(struct lruntime *runtime, const char *name,
                               const struct lnative *native, struct pyro_report *report);

#endif
