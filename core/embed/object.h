/** @file
 * Objects of the program's that daemons serve, or scripts have. */
#ifndef PYRO_EMBED_OBJECT_H
#define PYRO_EMBED_OBJECT_H

#include "base/buffer.h"
#include "base/list.h"
#include "include/pyrolua.h"
#include "rpc/object.h"

/** A served or provided object. */
struct object {
    struct pyro_object object;
    struct pyro_list node; /**< of the runtime's provided ones */
    pyrolua_runtime *runtime;
    const pyrolua_class *kind; /**< has no members once the program has the object back */
    void *self;
    struct pyro_buffer uri;
    unsigned refcount; /**< the daemon or Lua, calls on the C stack, and replies */
};

/** Returns why a class cannot be an object's, or NULL. */
const char *object_class_fault(const pyrolua_class *kind);

/** Returns an object with a refcount of 1; NULL when out of memory. */
struct object *object_new(pyrolua_runtime *runtime, const struct pyro_object_ops *ops,
                          const pyrolua_class *kind, void *self);

/** Returns the object around one of the rooms below. */
static inline struct object *object_of(const struct pyro_object *self)
{
    return PYRO_CONTAINER(self, struct object, object);
}

/** Increments the refcount. */
void object_retain(struct object *object);

/** Decrements the refcount. At 0 calls the class's release(), and frees the object. */
void object_release(struct object *object);

/** Calls the class's release(), once; whoever has a reference finds no members any more. */
void object_let_go(struct object *object);

/** Leaves the object to the program: the class's release() is not called. */
void object_disown(struct object *object);

/** Disowns the object, and frees it: nobody else has a reference. */
void object_give_back(struct object *object);

/** Returns the member of that name, or NULL. */
const pyrolua_member *object_find_member(const struct object *object, struct pyro_slice name);

/** Returns whether the name is an attribute's. */
bool object_has_attribute(const struct pyro_object *self, struct pyro_slice name);

/** Sends the names of methods and attributes (for `describe` of the vtable). */
enum pyro_code object_describe(struct pyro_object *self, struct pyro_sink *to);

/** Sends these names, and the texts of the members (for `document` of the vtable). */
enum pyro_code object_document(struct pyro_object *self, struct pyro_sink *to);

/** Releases the reference of a daemon, or of Lua (for `release` of the vtable). */
void object_on_release(struct pyro_object *self);

#endif
