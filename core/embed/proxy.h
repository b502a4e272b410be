/** @file
 * Proxies of C programs. Private to embed/. */
#ifndef PYRO_EMBED_PROXY_H
#define PYRO_EMBED_PROXY_H

#include "embed/runtime.h"
#include "rpc/client.h"

struct pyrolua_proxy {
    pyrolua_runtime *runtime;
    struct pyro_list node;
    struct pyro_client *client;
    double timeout;
    struct pyro_certificate *certificate; /* the server's, as it was asked for last */
};

#endif
