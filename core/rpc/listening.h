/** @file
 * Making daemons: where they listen, and what their location is called. */
#ifndef PYRO_RPC_LISTENING_H
#define PYRO_RPC_LISTENING_H

#include "rpc/daemon.h"
#include "rpc/encryption.h"

struct pyro_daemon_options {
    const char *host;       /**< NULL: config HOST */
    uint16_t port;          /**< 0: any */
    const char *unixsocket; /**< path, or NULL */
    const char *nathost;    /**< NULL: config NATHOST */
    int natport;            /**< -1: config NATPORT; 0: the port itself */
    int connected_socket;   /**< a connected socket to serve, instead of listening; -1: none */
    int listening_socket;   /**< one that listens already, instead of a new one; -1: none. A host
                               is then only what the location says. */
    const char *allow;      /**< path of a file of rules that say who may call what; NULL: config
                               ALLOW */
    struct pyro_encryption encryption; /**< of TCP connections */
};

/** Makes a daemon that listens and serves `Pyro.Daemon`. Requests are served whenever the loop is
 * stepped. A socket is taken over; on a connected one there is no handshake, as in Pyro. NULL with
 * the error (PYRO_EOS; PYRO_EVALUE for options that don't go together). The caller frees it with
 * pyro_daemon_free(). */
struct pyro_daemon *pyro_daemon_new(struct pyro_runtime *runtime,
                                    const struct pyro_daemon_options *options,
                                    struct pyro_error *err);

#endif
