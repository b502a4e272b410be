/** @file
 * Names that daemons of C programs keep at name servers. Private to embed/. */
#ifndef PYRO_EMBED_PUBLISH_H
#define PYRO_EMBED_PUBLISH_H

#include "embed/daemon.h"

/** Removes the names that a daemon has published: steps the loop until that is done, or has taken
 * too long. The runtime was entered. */
LOOP_STEPS void publish_stop(pyrolua_daemon *daemon);

#endif
