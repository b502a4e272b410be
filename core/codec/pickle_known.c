/* The table of the classes and functions whose calls are known. */
#include "codec/pickle_known.h"

#include "base/error.h"
#include "codec/pickle_array.h"
#include "codec/pickle_builtin.h"
#include "codec/pickle_fold.h"
#include "codec/pickle_moment.h"
#include "codec/pickle_numpy.h"
#include "codec/pickle_pyro.h"
#include "codec/pickle_send.h"

static const struct pickle_known table[] = {
    {"_codecs", "encode", .fold = pyro_pickle_fold_encode},
    {"builtins", "bytes", .fold = pyro_pickle_fold_bytes},
    {"builtins", "bytearray", .fold = pyro_pickle_fold_bytes},
    {"builtins", "getattr", .fold = pyro_pickle_fold_getattr},
    {"copyreg", "_reconstructor", .fold = pyro_pickle_fold_reconstructor},
    {"dill._dill", "_load_type", .fold = pyro_pickle_fold_load_type},
    {"dill._dill", "_create_array", .fold = pyro_pickle_fold_create_array},
    {"builtins", "set", .put = pyro_pickle_put_set},
    {"builtins", "frozenset", .put = pyro_pickle_put_frozenset},
    {"builtins", "complex", .put = pyro_pickle_put_complex},
    {"builtins", "range", .put = pyro_pickle_put_range},
    {"builtins", "xrange", .put = pyro_pickle_put_range},
    {"builtins", "slice", .put = pyro_pickle_put_slice},
    {"collections", "OrderedDict", .put = pyro_pickle_put_dict},
    {"collections", "Counter", .put = pyro_pickle_put_dict},
    {"collections", "defaultdict", .put = pyro_pickle_put_defaultdict},
    {"collections", "deque", .put = pyro_pickle_put_deque},
    {"array", "array", .put = pyro_pickle_put_array},
    {"array", "_array_reconstructor", .put = pyro_pickle_put_machine_array},
    {"datetime", "datetime", .put = pyro_pickle_put_datetime},
    {"datetime", "date", .put = pyro_pickle_put_date},
    {"datetime", "time", .put = pyro_pickle_put_time},
    {"datetime", "timedelta", .put = pyro_pickle_put_timedelta},
    {"numpy.core.multiarray", "_reconstruct", .put = pyro_pickle_put_ndarray},
    {"numpy.core.multiarray", "scalar", .put = pyro_pickle_put_numpy_scalar},
    {"numpy.core.numeric", "_frombuffer", .put = pyro_pickle_put_frombuffer},
    {"numpy", "dtype", .put = pyro_pickle_put_dtype},
    {"decimal", "Decimal", .put = pyro_pickle_put_text},
    {"fractions", "Fraction", .put = pyro_pickle_put_fraction},
    {"uuid", "UUID", .put = pyro_pickle_put_uuid},
    {"Pyro4.core", "URI", .put = pyro_pickle_put_uri},
    {"Pyro4.core", "Proxy", .put = pyro_pickle_put_proxy},
    {"Pyro4.futures", "_ExceptionWrapper", .put = pyro_pickle_put_wrapper},
};

static const struct pickle_known exception = {.put = pyro_pickle_put_exception};

/* Returns the name in Python 3 of a module of Python 2, or that in numpy 1 of one of numpy 2. */
static const char *usual_name(struct pyro_slice module)
{
    static const char *const names[][2] = {
        {"__builtin__", "builtins"},
        {"exceptions", "builtins"},
        {"copy_reg", "copyreg"},
        {"numpy._core.multiarray", "numpy.core.multiarray"},
        {"numpy._core.numeric", "numpy.core.numeric"},
    };
    for (size_t i = 0; i < PYRO_COUNT(names); i++)
        if (pyro_slice_equals(module, names[i][0]))
            return names[i][1];
    return NULL;
}

static bool is_builtin_exception(struct pyro_slice name)
{
    char copy[PYRO_CLASS_SIZE];
    if (name.length >= sizeof(copy))
        return false;
    memcpy(copy, name.data, name.length);
    copy[name.length] = '\0';
    return pyro_builtin_find(copy) != NULL;
}

const struct pickle_known *pyro_pickle_find(struct pyro_slice module, struct pyro_slice name)
{
    const char *usual = usual_name(module);
    if (usual)
        module = pyro_slice_text(usual);
    for (size_t i = 0; i < PYRO_COUNT(table); i++)
        if (pyro_slice_equals(name, table[i].name) && pyro_slice_equals(module, table[i].module))
            return &table[i];
    if (pyro_slice_equals(module, "Pyro4.errors") || pyro_slice_equals(module, "Pyro5.errors") ||
        (pyro_slice_equals(module, "builtins") && is_builtin_exception(name)))
        return &exception;
    return NULL;
}
