/** @file
 * Running pickles. Private to this room. */
#ifndef PYRO_CODEC_PICKLE_RUN_H
#define PYRO_CODEC_PICKLE_RUN_H

#include "codec/pickle_cells.h"

/** Runs the program. Its value is the only cell on the stack then, contains itself nowhere, and
 * does not take more than it may. */
enum pyro_code pyro_pickle_run(struct pickle *p);

#endif
