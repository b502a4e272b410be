/* Objects that scripts have. */
#include "embed/method.h"
#include "embed/object.h"
#include "embed/runtime.h"

static void provided_close(pyrolua_runtime *runtime)
{
    struct pyro_list *node;
    while ((node = pyro_list_pop(embed_handles(runtime, EMBED_PROVIDED))) != NULL)
        object_let_go(PYRO_CONTAINER(node, struct object, node)); /* Lua has the reference */
}

static const struct embed_part provided = {.close = provided_close};

int pyrolua_provide(pyrolua_runtime *runtime, const char *name, const pyrolua_class *kind,
                    void *self)
{
    struct pyro_error err;
    if (!name || object_class_fault(kind))
        return name ? embed_refuse(runtime, object_class_fault(kind))
                    : embed_refuse_null(runtime, "name");
    int code = embed_enter(runtime);
    if (code != PYROLUA_OK)
        return code;
    struct object *object = object_new(runtime, &method_object_ops, kind, self);
    struct lnative native = {object ? &object->object : NULL, method_run, object_has_attribute};
    if (!object) {
        pyro_error_memory(&err);
        code = embed_fail(runtime, &err);
    } else if (!lembed_provide(runtime->lua, name, &native, &runtime->report)) {
        object_give_back(object);
        code = embed_reported(runtime);
    } else {
        embed_keep(runtime, EMBED_PROVIDED, &provided, &object->node);
    }
    return embed_leave(runtime, code);
}
