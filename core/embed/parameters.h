/** @file
 * Named arguments of a method whose parameters have names. */
#ifndef PYRO_EMBED_PARAMETERS_H
#define PYRO_EMBED_PARAMETERS_H

#include "include/pyrolua.h"
#include "rpc/native.h"

/** The arguments of a method, in the order of its parameters. */
struct parameters {
    const struct pyro_value *items;
    size_t count;
    struct pyro_value
        *own; /**< the items, if they were put together and are to be freed; else NULL */
};

/** Puts the named arguments of a call into the places that the member's `parameters` name, after
 * the positional ones, with nil in the gaps. PYRO_ETYPE in Python's words if they do not fit. */
enum pyro_code parameters_fill(const pyrolua_member *member, const struct pyro_native_call *call,
                               struct parameters *out);

#endif
