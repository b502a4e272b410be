/** @file
 * What a daemon consists of. Private to rpc/: listening.c opens it, daemon.c runs and closes it. */
#ifndef PYRO_RPC_DAEMON_STATE_H
#define PYRO_RPC_DAEMON_STATE_H

#include "net/listener.h"
#include "net/tls.h"
#include "rpc/daemon.h"
#include "rpc/registry.h"

struct pyro_daemon {
    struct pyro_list node; /**< in the runtime's list of all daemons */
    struct pyro_registry registry;
    struct pyro_listener *listener; /**< NULL once closed, and where a connected socket is served */
    struct pyro_tls_context *tls;   /**< of connections; NULL: they are plain */
    struct pyro_list connections;
    size_t connection_count;
    struct pyro_uri place; /**< the location, as a URI of Pyro.Daemon */
    struct pyro_uri nat;   /**< the location under NAT; host NULL where there is none */
    struct pyro_buffer location, nat_location;
    char address[64];
};

#endif
