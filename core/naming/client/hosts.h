/** @file
 * The name servers that NS_HOSTS lists. Private to naming/. */
#ifndef PYRO_NAMING_HOSTS_H
#define PYRO_NAMING_HOSTS_H

#include "base/uri.h"
#include "rpc/runtime.h"

/** Returns how many there are; 0: the setting is empty. */
unsigned hosts_count(const struct pyro_runtime *runtime);

/** Makes the URI of the one at a place, which is less than their count. */
enum pyro_code hosts_uri(const struct pyro_runtime *runtime, unsigned place, struct pyro_uri *uri);

/** Notes that the name server at that URI fails: where it is the one that answered last, the next
 * search begins with the one after it. */
void hosts_failed(struct pyro_runtime *runtime, const struct pyro_uri *uri);

#endif
