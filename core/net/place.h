/** @file
 * Where a socket is. */
#ifndef PYRO_NET_PLACE_H
#define PYRO_NET_PLACE_H

#include "base/common.h"

/** The location of a socket, in the form that URIs have. */
struct pyro_place {
    char host[64];
    char path[128]; /**< of a Unix socket; the host is empty then, else this is */
    uint16_t port;
};

/** Finds this side's place of a connected or listening socket. The path of a Unix socket without
 * one is "<<not-bound>>". All is empty for what is no socket. */
void pyro_place_of(int descriptor, struct pyro_place *out);

#endif
