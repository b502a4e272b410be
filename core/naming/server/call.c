#include "naming/server/call.h"
#include "naming/registry/text.h"

#include "rpc/guard.h"

bool call_is_pyro5(const struct pyro_request *request)
{
    return request->protocol->version == 502;
}

enum pyro_code call_read_name(const struct call *call, const struct pyro_value *value,
                              struct pyro_slice *name)
{
    enum pyro_code code = text_check(value, "name", call->err);
    if (code != PYRO_OK)
        return code;
    *name = value->u.text;
    return pyro_guard_name(call->request, call->method, name, call->err);
}

enum pyro_code call_unknown_name(struct pyro_error *err, struct pyro_slice name)
{
    return pyro_error_set(err, PYRO_ENAMING, "unknown name: %.*s",
                          (int)(name.length < 300 ? name.length : 300), name.data);
}

/* Returns whether the client may know, by this method, that there is a name. */
static bool may_find(const void *context, struct pyro_slice name)
{
    const struct call *call = context;
    return pyro_guard_allows_name(call->request, call->method, &name);
}

enum pyro_code call_find(const struct call *call, struct criteria by, struct selection *selection)
{
    if (call->request->guarded) {
        by.admits = may_find;
        by.context = call;
    }
    return selection_find(selection, call->calls->registry, &by, call->deadline, call->err);
}
