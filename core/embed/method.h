/** @file
 * Calls of methods and attributes of the program's objects. */
#ifndef PYRO_EMBED_METHOD_H
#define PYRO_EMBED_METHOD_H

#include "rpc/native.h"

/** The vtable of the program's objects. */
extern const struct pyro_object_ops method_object_ops;

/** Calls the method, or gets or sets the attribute. */
enum pyro_code method_run(const struct pyro_native_call *call);

#endif
