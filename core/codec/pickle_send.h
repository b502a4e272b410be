/** @file
 * Sending what a pickle made. Private to this room. */
#ifndef PYRO_CODEC_PICKLE_SEND_H
#define PYRO_CODEC_PICKLE_SEND_H

#include "codec/pickle_cells.h"

/** Sends a value. */
enum pyro_code pyro_pickle_send(struct pickle_walk *w, const struct pickle_cell *cell);

/** Sends what was raised: an exception, whatever its class. */
enum pyro_code pyro_pickle_send_raised(struct pickle_walk *w, const struct pickle_cell *cell);

/** Begins a list that is not in the pickle as such. */
enum pyro_code pyro_pickle_begin_list(struct pickle_walk *w, const struct pickle_object *o,
                                      size_t count);

/** Begins the dict that stands for an instance of a class: so many fields follow. */
enum pyro_code pyro_pickle_begin_class(struct pickle_walk *w, const struct pickle_object *o,
                                       bool exception, size_t fields);

/** Sends a called or made object as an exception. */
pickle_sender pyro_pickle_send_exception;

/** Returns the value of a key in the state of an instance, or NULL. */
const struct pickle_cell *pyro_pickle_field(const struct pickle *p, const struct pickle_object *o,
                                            const char *key);

/** Sends the cells of one object, and of another one behind them (either may be NULL), as one
 * container. */
enum pyro_code pyro_pickle_send_items(struct pickle_walk *w, enum pyro_kind kind,
                                      const struct pickle_object *first,
                                      const struct pickle_object *second);

#endif
