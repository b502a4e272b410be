/** @file
 * The name server's method that removes names. Private to naming/. */
#ifndef PYRO_NAMING_REMOVAL_H
#define PYRO_NAMING_REMOVAL_H

#include "naming/server/call.h"

/** remove(name=None, prefix=None, regex=None): answers how many names were removed. Of many, some
 * are removed at a time: the next are looked for when the storage has answered. */
enum pyro_code removal_run(struct call *call);

/** Ends with an error what is left, when daemon and storage are closed. */
void removal_end_all(struct pyro_list *removals);

#endif
