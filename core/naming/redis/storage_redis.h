/** @file
 * The storage of registrations in Redis, of which several name servers may be front ends. Private
 * to naming/. */
#ifndef PYRO_NAMING_STORAGE_REDIS_H
#define PYRO_NAMING_STORAGE_REDIS_H

#include "naming/registry/storage.h"
#include "rpc/runtime.h"

/** Connects to what a URL says (redis_url.h), and fills the registry; steps the loop meanwhile.
 * NULL with the error, in one line: PYRO_EVALUE for the URL, else why Redis cannot be used. */
struct storage *storage_redis_open(struct pyro_runtime *runtime, const char *url,
                                   struct registry *registry, struct pyro_error *err);

#endif
