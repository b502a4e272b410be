/** @file
 * Heads of requests that other programs, such as a proxy in front, may read differently. Private to
 * http/. */
#ifndef PYRO_HTTP_HEAD_H
#define PYRO_HTTP_HEAD_H

#include "http/server_private.h"

/** Returns why a head is refused: it may be unclear where its request ends, so that a part of one
 * is taken for another one. NULL: it is clear. */
const char *http_head_check(const struct pyro_http_server *server, struct MHD_Connection *handle);

#endif
