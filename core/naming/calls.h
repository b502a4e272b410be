/** @file
 * The name server's methods. Private to naming/. */
#ifndef PYRO_NAMING_CALLS_H
#define PYRO_NAMING_CALLS_H

#include "naming/storage.h"
#include "rpc/native.h"

/** What the name servers of Pyro4 and of Pyro5 have as the metadata of their own registration. */
#define NAMESERVER_TAG_4 "class:Pyro4.naming.NameServer"
#define NAMESERVER_TAG_5 "class:Pyro5.nameserver.NameServer"

/** Sends the metadata of a name server to `to`. */
enum pyro_code calls_describe(struct pyro_sink *to);

/** Answers a call on that storage. */
enum pyro_code calls_run(struct storage *storage, const struct pyro_native_call *native);

#endif
