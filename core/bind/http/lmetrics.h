/** @file
 * Metrics for Prometheus: served where the setting METRICS says, while a daemon is open. */
#ifndef PYRO_BIND_HTTP_LMETRICS_H
#define PYRO_BIND_HTTP_LMETRICS_H

#include "bind/base/marks.h"
#include "bind/task/lruntime.h"

/** Starts to serve metrics where they are wanted, and not served yet: before a daemon is made.
 * Command line programs that make none, such as `pyrolua-nsc`, may run with the environment of a
 * server: they must not want its port. An error names the setting. */
LUA_RUNS enum pyro_code lmetrics_serve(lua_State *L, struct pyro_error *err);

/** Stops, if no daemon is open any more: what serves nothing else shall not be kept alive. */
void lmetrics_stop(struct lruntime *runtime);

#endif
