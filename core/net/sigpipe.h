/** @file
 * SIGPIPE, which writing to a closed connection would cause: an error is not a death. */
#ifndef PYRO_NET_SIGPIPE_H
#define PYRO_NET_SIGPIPE_H

#include <signal.h>
#include <stdbool.h>

/** How SIGPIPE was when libuv began to write to sockets. */
struct pyro_sigpipe {
    bool pending; /**< for somebody else's reasons */
    sigset_t mask;
};

/** Blocks SIGPIPE for this thread while libuv may write to sockets. */
void pyro_sigpipe_block(struct pyro_sigpipe *before);

/** Undoes that. A SIGPIPE that came meanwhile is dropped. */
void pyro_sigpipe_restore(const struct pyro_sigpipe *before);

#endif
