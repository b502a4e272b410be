/** @file
 * Names that no remote caller reaches, whatever the object. */
#ifndef PYRO_RPC_PRIVATE_H
#define PYRO_RPC_PRIVATE_H

#include "base/error.h"
#include "base/slice.h"

/** pyro_is_private() of a name that starts with an underscore. */
bool pyro_is_underscored_private(struct pyro_slice name);

/** Whether Pyro takes a member's name for a private one: those that start with an underscore are,
 * but for `__len__` and the like; and of these, those are again that are of use to Python itself,
 * such as `__init__`. */
static inline bool pyro_is_private(struct pyro_slice name)
{
    return name.length > 0 && name.data[0] == '_' && pyro_is_underscored_private(name);
}

/** Sets the error that such a name was called: PYRO_EATTRIBUTE. */
enum pyro_code pyro_refuse_private(struct pyro_error *err, struct pyro_slice name);

#endif
