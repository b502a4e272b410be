#include "rpc/private.h"

/* Names with two underscores on both sides that Pyro4 and Pyro5 call private. */
static const char *const special[] = {
    "__init__",
    "__init_subclass__",
    "__class__",
    "__module__",
    "__weakref__",
    "__call__",
    "__new__",
    "__del__",
    "__repr__",
    "__unicode__",
    "__str__",
    "__format__",
    "__nonzero__",
    "__bool__",
    "__coerce__",
    "__cmp__",
    "__eq__",
    "__ne__",
    "__hash__",
    "__ge__",
    "__gt__",
    "__le__",
    "__lt__",
    "__dir__",
    "__enter__",
    "__exit__",
    "__copy__",
    "__deepcopy__",
    "__sizeof__",
    "__getattr__",
    "__setattr__",
    "__hasattr__",
    "__getattribute__",
    "__delattr__",
    "__instancecheck__",
    "__subclasscheck__",
    "__getinitargs__",
    "__getnewargs__",
    "__getstate__",
    "__setstate__",
    "__reduce__",
    "__reduce_ex__",
    "__getstate_for_dict__",
    "__setstate_from_dict__",
    "__subclasshook__",
};

static bool has_underscores(struct pyro_slice name)
{
    const char *end = name.data + name.length;
    return name.length > 4 && name.data[1] == '_' && end[-1] == '_' && end[-2] == '_';
}

bool pyro_is_underscored_private(struct pyro_slice name)
{
    if (!has_underscores(name))
        return true;
    for (size_t i = 0; i < PYRO_COUNT(special); i++)
        if (pyro_slice_equals(name, special[i]))
            return true;
    return false;
}

enum pyro_code pyro_refuse_private(struct pyro_error *err, struct pyro_slice name)
{
    return pyro_error_set(err, PYRO_EATTRIBUTE, "attempt to access private attribute '%.*s'",
                          (int)name.length, name.data);
}
