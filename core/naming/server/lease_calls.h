/** @file
 * The name server's methods for names that their owners keep, which Pyro's has not. Private to
 * naming/. */
#ifndef PYRO_NAMING_LEASE_CALLS_H
#define PYRO_NAMING_LEASE_CALLS_H

#include "naming/server/call.h"

/** publish(name, uri, owner, lease, metadata=None, safe=False): registers a name until its lease,
 * in seconds, ends without a renewal. With `safe`, NamingError where somebody else has it. */
enum pyro_code lease_calls_publish(struct call *call);

/** renew(owner): lets the leases of all names of an owner begin anew; answers how many there are.
 */
enum pyro_code lease_calls_renew(struct call *call);

/** withdraw(name, owner): removes a name, if its owner still keeps it; answers 1 or 0. */
enum pyro_code lease_calls_withdraw(struct call *call);

/** leases(prefix=None): a dict of names to tuples of owner (None: nobody keeps the name), seconds
 * since it was registered, and seconds left of its lease (None: it has none, or the storage ends
 * it). */
enum pyro_code lease_calls_list(struct call *call);

#endif
