/** @file
 * The classes and functions that a pickle names, and what it makes of them. Private to this room.
 */
#ifndef PYRO_CODEC_PICKLE_CLASS_H
#define PYRO_CODEC_PICKLE_CLASS_H

#include "codec/pickle_machine.h"

/** Makes a cell of the name of a class or function. */
enum pyro_code pyro_pickle_make_global(struct pickle *p, struct pyro_slice module,
                                       struct pyro_slice name, struct pickle_cell *value);

/** Makes an object (PICKLE_CALLED or PICKLE_MADE) of a global and its arguments, which were taken
 * off the stack, and pushes it. */
enum pyro_code pyro_pickle_make_instance(struct pickle *p, unsigned kind, struct pickle_cell global,
                                         struct pickle_cell args, struct pickle_cell keywords);

/** Instructions that name, call and make. */
extern pickle_op pyro_pickle_global, pyro_pickle_stack_global, pyro_pickle_reduce,
    pyro_pickle_newobj, pyro_pickle_newobj_ex, pyro_pickle_build, pyro_pickle_inst, pyro_pickle_obj;

#endif
