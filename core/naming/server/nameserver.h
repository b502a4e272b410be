/** @file
 * The name server: an ordinary object that maps names to URIs. Clients of Pyro4 and of Pyro5 find
 * in it what their own has; what one registers, the other finds. */
#ifndef PYRO_NAMING_NAMESERVER_H
#define PYRO_NAMING_NAMESERVER_H

#include "rpc/listening.h"

struct pyro_nameserver;

/** Makes a name server on a new daemon, with its own registration in it (with the metadata of both
 * generations' own, `class:Pyro4.naming.NameServer` and `class:Pyro5.nameserver.NameServer`).
 * `options->host` NULL is config HOST; a TCP port of 0 is any. `storage` is "memory",
 * "sql:FILE" with the names that are in the file, or a URL of Redis (redis_url.h) with those there,
 * for which the loop steps until they are loaded, or cannot be. NULL with the error (PYRO_EVALUE
 * "invalid storage type 'x'", else why the storage cannot be used). */
struct pyro_nameserver *pyro_nameserver_new(struct pyro_runtime *runtime,
                                            const struct pyro_daemon_options *options,
                                            const char *storage, struct pyro_error *err);

/** Starts the broadcast responder on `bchost` (NULL: config NS_BCHOST, else all addresses, or only
 * 127.0.0.1 where only this machine reaches the name server) and `bcport` (-1: config NS_BCPORT; 0:
 * any). It answers this machine, and who is reached by the network interface on which the name
 * server listens. Its location "0.0.0.0:9091" is then pyro_nameserver_broadcast_location(). */
enum pyro_code pyro_nameserver_broadcast(struct pyro_nameserver *ns, const char *bchost, int bcport,
                                         struct pyro_error *err);

/** "" while there is no responder. */
const char *pyro_nameserver_broadcast_location(const struct pyro_nameserver *ns);

/** Returns the daemon, which the name server owns. */
struct pyro_daemon *pyro_nameserver_daemon(const struct pyro_nameserver *ns);

/** Names registered, its own included. */
size_t pyro_nameserver_count(const struct pyro_nameserver *ns);

/** Stops answering broadcasts, and drains the daemon. */
void pyro_nameserver_drain(struct pyro_nameserver *ns);

/** Closes daemon and responder, and frees. Accepts NULL. */
void pyro_nameserver_free(struct pyro_nameserver *ns);

#endif
