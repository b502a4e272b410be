#include "base/library.h"

#include <dlfcn.h>
#include <string.h>

static enum pyro_code fail(const char *wanted, struct pyro_error *err)
{
    const char *why = dlerror();
    return pyro_error_set(err, PYRO_EOS, "%s: %s", wanted, why ? why : "it cannot be loaded");
}

enum pyro_code pyro_library_load(const char *name, const struct pyro_library_function *functions,
                                 size_t count, void *into, const char *wanted,
                                 struct pyro_error *err)
{
    void *handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (!handle)
        return fail(wanted, err);
    for (size_t i = 0; i < count; i++) {
        void *function = dlsym(handle, functions[i].name);
        if (!function)
            return fail(wanted, err);
        memcpy((char *)into + functions[i].offset, &function, sizeof(function));
    }
    return PYRO_OK;
}
