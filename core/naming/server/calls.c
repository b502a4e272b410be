/* The methods of the name server, as Pyro4's and Pyro5's clients call them. */
#include "naming/server/calls.h"

#include "base/clock.h"
#include "naming/server/autoclean.h"
#include "naming/server/changes.h"
#include "naming/server/lease_calls.h"
#include "naming/server/leases.h"
#include "naming/server/lookups.h"
#include "naming/server/removal.h"
#include "naming/server/storage_open.h"
#include "naming/server/watch.h"
#include "rpc/metadata.h"

/* --- life --- */

enum pyro_code calls_open(struct calls *calls, struct pyro_runtime *runtime, const char *storage,
                          struct pyro_error *err)
{
    *calls = (struct calls){.registry = NULL};
    pyro_list_init(&calls->removals);
    calls->registry = registry_new((size_t)runtime->config.NS_MAX_MEMORY, err);
    if (calls->registry)
        calls->storage = storage_open(runtime, storage, calls->registry, err);
    if (!calls->storage || !(calls->watch = watch_new(runtime, calls->registry, err)))
        return err->code;
    if (!calls->storage->ops->ask &&
        !(calls->leases = leases_new(runtime, calls->registry, calls->storage, err)))
        return err->code;
    if (runtime->config.NS_AUTOCLEAN > 0 &&
        !(calls->autoclean = autoclean_new(runtime, calls->registry, calls->storage, err)))
        return err->code;
    return PYRO_OK;
}

void calls_close(struct calls *calls)
{
    if (calls->storage)
        calls->storage->ops->close(calls->storage);
    removal_end_all(&calls->removals);
    watch_free(calls->watch);
    autoclean_free(calls->autoclean);
    leases_free(calls->leases);
    registry_free(calls->registry);
}

/* --- dispatch --- */

static const struct method {
    struct signature signature;
    enum pyro_code (*run)(struct call *call);
    bool searches; /* a short request may cost much */
} methods[] = {
    /* the most frequent one is found first */
    {{"lookup", {"name", "return_metadata", NULL}, 1}, lookups_lookup, false},
    {{"count", {NULL}, 0}, lookups_count, false},
    {{"leases", {"prefix", NULL}, 0}, lease_calls_list, true},
    {{"list", {"prefix", "regex", "metadata_all", "metadata_any", "return_metadata", NULL}, 0},
     lookups_list,
     true},
    {{"ping", {NULL}, 0}, lookups_ping, false},
    {{"publish", {"name", "uri", "owner", "lease", "metadata", "safe", NULL}, 4},
     lease_calls_publish,
     false},
    {{"register", {"name", "uri", "safe", "metadata", NULL}, 2}, changes_register, false},
    {{"remove", {"name", "prefix", "regex", NULL}, 0}, removal_run, true},
    {{"renew", {"owner", NULL}, 1}, lease_calls_renew, false},
    {{"set_metadata", {"name", "metadata", NULL}, 2}, changes_set_metadata, false},
    {{"watch", {"revision", "prefix", "seconds", NULL}, 0}, watch_run, true},
    {{"withdraw", {"name", "owner", NULL}, 2}, lease_calls_withdraw, false},
    {{"yplookup", {"meta_all", "meta_any", "return_metadata", NULL}, 0}, lookups_yplookup, true},
};

/* The one method that differs. */
static const struct method list_of_pyro5 = {
    {"list", {"prefix", "regex", "return_metadata", NULL}, 0}, lookups_list_5, true};

static const char *method_name(size_t at)
{
    return methods[at].signature.method;
}

enum pyro_code calls_describe(struct pyro_sink *to)
{
    return pyro_put_methods(to, PYRO_COUNT(methods), method_name);
}

static const struct method *find_method(const struct pyro_native_call *native)
{
    if (call_is_pyro5(native->request) &&
        pyro_slice_equals(native->method, list_of_pyro5.signature.method))
        return &list_of_pyro5;
    for (size_t i = 0; i < PYRO_COUNT(methods); i++)
        if (pyro_slice_equals(native->method, methods[i].signature.method))
            return &methods[i];
    return NULL;
}

static enum pyro_code no_method(struct pyro_slice name, struct pyro_error *err)
{
    return pyro_error_set(err, PYRO_EATTRIBUTE, "'NameServer' object has no attribute '%.*s'",
                          (int)(name.length < 200 ? name.length : 200), name.data);
}

/* The cost that a search may have although it finds nothing. */
#define FREE_OF_CHARGE 20e-6 /* seconds */

static enum pyro_code run_search(const struct method *method, struct call *call, double *budget)
{
    double begin = pyro_cpu_seconds();
    if (*budget <= 0)
        return pyro_error_set(call->err, PYRO_ENAMING,
                              "the searches of a batch take too long; make smaller batches");
    call->deadline = begin + *budget;
    enum pyro_code code = method->run(call);
    double charge = pyro_cpu_seconds() - begin - FREE_OF_CHARGE;
    if (charge > 0)
        *budget -= charge;
    return code;
}

enum pyro_code calls_run(struct calls *calls, const struct pyro_native_call *native)
{
    struct call call = {calls, native, native->request, .to = native->to, .err = native->err};
    const struct method *method = find_method(native);
    if (!method)
        return no_method(native->method, native->err);
    pyro_request_found(native->request, native->method);
    call.method = method->signature.method;
    enum pyro_code code =
        arguments_bind(&method->signature, native->args, native->kwargs, call.args, native->err);
    if (code != PYRO_OK)
        return code;
    return method->searches ? run_search(method, &call, native->budget) : method->run(&call);
}
