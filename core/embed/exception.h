/** @file
 * Exceptions that arrived. */
#ifndef PYRO_EMBED_EXCEPTION_H
#define PYRO_EMBED_EXCEPTION_H

#include "base/report.h"
#include "value/tree.h"

/** Reports the exception that a dict describes. */
void exception_report(struct pyro_report *report, const struct pyro_value *exception);

#endif
