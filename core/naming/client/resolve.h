/** @file
 * Finding objects through name servers. */
#ifndef PYRO_NAMING_RESOLVE_H
#define PYRO_NAMING_RESOLVE_H

#include "rpc/client.h"
#include "rpc/search.h"

/** Resolves a PYRONAME or PYROMETA URI: locates the name server (at the URI's location, if it has
 * one) and looks the name up; of several objects with the tags one is drawn at random. A name that
 * is not there may take NS_LOOKUP_DELAY seconds to appear. The name server is asked with `key`
 * (NULL: with HMAC_KEY, if set), which is borrowed. Ends with a direct URI, or an error. The field
 * `resolve` of a runtime is this function: clients that connect call it. */
struct pyro_search *pyro_resolve(struct pyro_runtime *runtime, const struct pyro_uri *uri,
                                 double timeout, struct pyro_hmac_key *key, pyro_found_fn *found,
                                 void *owner, struct pyro_error *err);

#endif
