/** @file
 * Watching a descriptor that is somebody else's, such as a terminal's or another library's. */
#ifndef PYRO_NET_WATCH_H
#define PYRO_NET_WATCH_H

#include "net/loop.h"

struct pyro_watch;

/** Makes a stopped watch of a descriptor, or NULL with the error: PYRO_EOS where it cannot be
 * watched (a plain file), or already is. `done` is borrowed and initialized by the caller. The
 * descriptor must stay open until the watch is freed. */
struct pyro_watch *pyro_watch_new(struct pyro_loop *loop, int descriptor,
                                  struct pyro_completion *done, struct pyro_error *err);

/** Posts `done` once, as soon as the descriptor is readable, at its end, or failed. */
void pyro_watch_start(struct pyro_watch *watch);

/** Posts `done` again and again, as long as the descriptor is readable: `done` has to change that.
 */
void pyro_watch_keep(struct pyro_watch *watch);

/** Posts `done` once, as soon as the other side of a socket has closed it, or its sending half; not
 * for what can be read. */
void pyro_watch_start_end(struct pyro_watch *watch);

/** Stops and frees it; what is already posted is taken back. Accepts NULL. */
void pyro_watch_free(struct pyro_watch *watch);

#endif
