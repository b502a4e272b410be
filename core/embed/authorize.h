/** @file
 * The function of a C program that decides what clients of a daemon may call. */
#ifndef PYRO_EMBED_AUTHORIZE_H
#define PYRO_EMBED_AUTHORIZE_H

#include "include/pyrolua.h"
#include "rpc/daemon.h"

/** Embedded in the handle of a daemon. */
struct authorizer {
    pyrolua_runtime *runtime;
    pyrolua_authorize *function;
    void *context;
};

/** Has a daemon ask a function from now on; NULL: none. */
void authorizer_set(struct authorizer *authorizer, struct pyro_daemon *daemon,
                    pyrolua_authorize *function, void *context);

#endif
