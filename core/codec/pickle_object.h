/** @file
 * The containers that a pickle makes. Private to this room. */
#ifndef PYRO_CODEC_PICKLE_OBJECT_H
#define PYRO_CODEC_PICKLE_OBJECT_H

#include "codec/pickle_machine.h"

/** Makes an object of cells that were taken off the stack, where they still lie at `first`, and
 * pushes it. `kind` as in struct pickle_object. */
enum pyro_code pyro_pickle_make(struct pickle *p, unsigned kind, uint32_t first, uint32_t count);

/** Instructions that make a container. */
extern pickle_op pyro_pickle_list, pyro_pickle_tuple, pyro_pickle_dict, pyro_pickle_frozenset,
    pyro_pickle_empty_list, pyro_pickle_empty_tuple, pyro_pickle_empty_dict, pyro_pickle_empty_set,
    pyro_pickle_tuple1, pyro_pickle_tuple2, pyro_pickle_tuple3;

/** Instructions that add to a container. */
extern pickle_op pyro_pickle_append, pyro_pickle_appends, pyro_pickle_setitem, pyro_pickle_setitems,
    pyro_pickle_additems;

#endif
