/** @file
 * Names that no remote caller reaches, whatever the object. */
#ifndef PYRO_RPC_PRIVATE_H
#define PYRO_RPC_PRIVATE_H

#include "base/error.h"
#include "base/slice.h"

/** Does what pyro_is_private() does, for a name that starts with an underscore. */
bool pyro_is_underscored_private(struct pyro_slice name);

/** Returns whether Pyro takes a member's name for a private one. Names that start with an
 * underscore are private, except those such as `__len__`; of these, the ones that Python itself
 * uses, such as
 * `__init__`, are private all the same. */
static inline bool pyro_is_private(struct pyro_slice name)
{
    return name.length > 0 && name.data[0] == '_' && pyro_is_underscored_private(name);
}

/** Sets the error that a private name was called: PYRO_EATTRIBUTE. */
enum pyro_code pyro_refuse_private(struct pyro_error *err, struct pyro_slice name);

#endif
