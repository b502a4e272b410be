/** @file
 * The strings of pickles. Private to this room. */
#ifndef PYRO_CODEC_PICKLE_TEXT_H
#define PYRO_CODEC_PICKLE_TEXT_H

#include "codec/pickle_machine.h"

/** Sets `text` to the string or bytes of a cell (STR, BYTES, STRING): a view into the data, or what
 * is appended to held->decoded. */
enum pyro_code pyro_pickle_text(struct pickle *p, const struct pickle_cell *cell,
                                struct pyro_slice *text);

/** Appends the string of a cell, part of `o`, to held->decoded. `cell` may be NULL. */
enum pyro_code pyro_pickle_append_text(struct pickle_walk *w, const struct pickle_object *o,
                                       const struct pickle_cell *cell);

#endif
