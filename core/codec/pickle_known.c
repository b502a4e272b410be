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
    {"builtins", "set", .send = pyro_pickle_send_set},
    {"builtins", "frozenset", .send = pyro_pickle_send_frozenset},
    {"builtins", "complex", .send = pyro_pickle_send_complex},
    {"builtins", "range", .send = pyro_pickle_send_range},
    {"builtins", "xrange", .send = pyro_pickle_send_range},
    {"builtins", "slice", .send = pyro_pickle_send_slice},
    {"collections", "OrderedDict", .send = pyro_pickle_send_dict},
    {"collections", "Counter", .send = pyro_pickle_send_dict},
    {"collections", "defaultdict", .send = pyro_pickle_send_defaultdict},
    {"collections", "deque", .send = pyro_pickle_send_deque},
    {"array", "array", .send = pyro_pickle_send_array},
    {"array", "_array_reconstructor", .send = pyro_pickle_send_machine_array},
    {"datetime", "datetime", .send = pyro_pickle_send_datetime},
    {"datetime", "date", .send = pyro_pickle_send_date},
    {"datetime", "time", .send = pyro_pickle_send_time},
    {"datetime", "timedelta", .send = pyro_pickle_send_timedelta},
    {"numpy.core.multiarray", "_reconstruct", .send = pyro_pickle_send_ndarray},
    {"numpy.core.multiarray", "scalar", .send = pyro_pickle_send_numpy_scalar},
    {"numpy.core.numeric", "_frombuffer", .send = pyro_pickle_send_frombuffer},
    {"numpy", "dtype", .send = pyro_pickle_send_dtype},
    {"decimal", "Decimal", .send = pyro_pickle_send_text},
    {"fractions", "Fraction", .send = pyro_pickle_send_fraction},
    {"uuid", "UUID", .send = pyro_pickle_send_uuid},
    {"Pyro4.core", "URI", .send = pyro_pickle_send_uri},
    {"Pyro4.core", "Proxy", .send = pyro_pickle_send_proxy},
    {"Pyro4.futures", "_ExceptionWrapper", .send = pyro_pickle_send_wrapper},
};

static const struct pickle_known exception = {.send = pyro_pickle_send_exception};

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
