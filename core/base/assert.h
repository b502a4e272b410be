/** @file
 * Assertions: what must hold, whatever a peer, a program or the system does.
 *
 * A failed assertion is a bug of the core's own and ends the process. What others can cause is an
 * error (base/error.h), never an assertion. */
#ifndef PYRO_BASE_ASSERT_H
#define PYRO_BASE_ASSERT_H

#ifdef PYRO_ASSERTIONS
#include <assert.h>
/** Ends the process, with file and line on the standard error, unless `condition` holds. Only in
 * builds for tests and sanitizers, which define PYRO_ASSERTIONS; others do not evaluate it. */
#define PYRO_ASSERT(condition) assert(condition)
#else
#define PYRO_ASSERT(condition) ((void)sizeof((condition) ? 1 : 0))
#endif

#endif
