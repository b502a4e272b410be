/** @file
 * Libraries that are loaded when they are first needed. */
#ifndef PYRO_BASE_LIBRARY_H
#define PYRO_BASE_LIBRARY_H

#include "base/error.h"

/** A function of a library, and where its address goes in a struct of such addresses. */
struct pyro_library_function {
    const char *name;
    size_t offset;
};

/** Loads the shared library `name`, which then stays, and puts the addresses of `count` functions
 * into the struct `into`. PYRO_EOS where it is not there, or lacks one; `wanted` begins the
 * message: "TLS needs OpenSSL 3 (on Debian: the package libssl3)". */
enum pyro_code pyro_library_load(const char *name, const struct pyro_library_function *functions,
                                 size_t count, void *into, const char *wanted,
                                 struct pyro_error *err);

#endif
