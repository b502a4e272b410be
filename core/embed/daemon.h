/** @file
 * Daemons of C programs. Private to embed/. */
#ifndef PYRO_EMBED_DAEMON_H
#define PYRO_EMBED_DAEMON_H

#include "embed/authorize.h"
#include "embed/runtime.h"
#include "naming/client/publisher.h"
#include "naming/server/nameserver.h"

struct pyrolua_daemon {
    pyrolua_runtime *runtime;
    struct pyro_list node;
    struct pyro_daemon *daemon;
    struct pyro_nameserver *nameserver; /**< which then owns the daemon; else NULL */
    struct authorizer authorizer;
    struct pyro_publisher *publisher; /**< NULL until a name is published */
    pyrolua_lost *lost;               /**< hears of names that are lost; or NULL */
    void *lost_context;
    bool freeing; /**< its names are being removed */
};

#endif
