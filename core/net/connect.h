/** @file
 * Connecting to a server. */
#ifndef PYRO_NET_CONNECT_H
#define PYRO_NET_CONNECT_H

#include "base/uri.h"
#include "net/stream.h"

/** Starts to connect to a URI's location (`host` and `port`, or `sockname`): resolves the host (by
 * `ip_version`: 4, 6, or 0 for any), and tries its addresses in turn. Always answers later, through
 * `connected` or `ended` (PYRO_ECOMMUNICATION "cannot connect to ('localhost', 9090): connection
 * refused"). NULL with the error where it cannot even begin. */
struct pyro_stream *pyro_stream_connect(struct pyro_loop *loop, const struct pyro_uri *uri,
                                        int ip_version, const struct pyro_stream_ops *ops,
                                        void *owner, struct pyro_error *err);

#endif
