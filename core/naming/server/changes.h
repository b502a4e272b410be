/** @file
 * The name server's methods that change one name. They answer when the change is stored. Private to
 * naming/. */
#ifndef PYRO_NAMING_CHANGES_H
#define PYRO_NAMING_CHANGES_H

#include "naming/server/call.h"

/** Makes a change, of which everything is copied, and puts the call's answer off until it is
 * stored: with `counts` how many names it changed; else None, or an error where it changed none.
 * The change lives on where its client goes. */
enum pyro_code changes_make(const struct call *call, const struct change *change, bool counts);

/** Registers the first argument, a name, with the second, a URI; nobody keeps it where `owner` is
 * NULL. */
enum pyro_code changes_set(struct call *call, const struct pyro_value *metadata,
                           const struct pyro_value *safe, const char *owner, double lease);

/** register(name, uri, safe=False, metadata=None) */
enum pyro_code changes_register(struct call *call);

/** set_metadata(name, metadata) */
enum pyro_code changes_set_metadata(struct call *call);

#endif
