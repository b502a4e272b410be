#include "naming/server/lease_calls.h"

#include "base/clock.h"
#include "naming/server/changes.h"
#include "naming/server/leases.h"
#include "naming/server/nameserver.h"
#include "rpc/guard.h"

#define OWNER_LONGEST 64         /* bytes */
#define LEASE_SHORTEST 1.0       /* seconds */
#define LEASE_LONGEST 31536000.0 /* a year */

static enum pyro_code read_owner(const struct call *call, const struct pyro_value *value,
                                 struct pyro_slice *owner)
{
    if (value->type != PYRO_STR)
        return pyro_error_set(call->err, PYRO_ETYPE, "owner must be a str");
    *owner = value->u.text;
    if (owner->length == 0 || owner->length > OWNER_LONGEST ||
        strspn(owner->data, "0123456789abcdef") != owner->length)
        return pyro_error_set(call->err, PYRO_EVALUE,
                              "owner must be 1 to %d hexadecimal digits, 0-9 and a-f",
                              OWNER_LONGEST);
    return PYRO_OK;
}

static enum pyro_code read_lease(const struct call *call, const struct pyro_value *value,
                                 double *lease)
{
    if (value->type != PYRO_INT && value->type != PYRO_REAL)
        return pyro_error_set(call->err, PYRO_ETYPE, "lease must be a number of seconds");
    *lease = value->type == PYRO_INT ? (double)value->u.integer : value->u.real;
    if (*lease >= LEASE_SHORTEST && *lease <= LEASE_LONGEST)
        return PYRO_OK;
    return pyro_error_set(call->err, PYRO_EVALUE, "lease must be %.0f to %.0f seconds",
                          LEASE_SHORTEST, LEASE_LONGEST);
}

enum pyro_code lease_calls_publish(struct call *call)
{
    struct pyro_slice owner = {.data = NULL};
    double lease = 0;
    enum pyro_code code = read_owner(call, call->args[2], &owner);
    if (code == PYRO_OK)
        code = read_lease(call, call->args[3], &lease);
    if (code != PYRO_OK)
        return code;
    return changes_set(call, call->args[4], call->args[5], owner.data, lease);
}

enum pyro_code lease_calls_renew(struct call *call)
{
    struct pyro_slice owner = {.data = NULL};
    enum pyro_code code = read_owner(call, call->args[0], &owner);
    if (code == PYRO_OK)
        code = pyro_guard_name(call->request, call->method, NULL, call->err);
    if (code != PYRO_OK)
        return code;
    if (call->calls->leases)
        return pyro_put_int(call->to, (int64_t)leases_renew(call->calls->leases, owner));
    struct change change = {.kind = CHANGE_RENEW, .registration.owner = owner.data};
    return changes_make(call, &change, true);
}

enum pyro_code lease_calls_withdraw(struct call *call)
{
    struct pyro_slice owner = {.data = NULL};
    struct change change = {.kind = CHANGE_REMOVE, .condition = CHANGE_IF_OWNED};
    enum pyro_code code = read_owner(call, call->args[1], &owner);
    if (code == PYRO_OK)
        code = call_read_name(call, call->args[0], &change.name);
    if (code != PYRO_OK)
        return code;
    if (pyro_slice_equals(change.name, PYRO_NAMESERVER_NAME))
        return pyro_put_int(call->to, 0);
    change.registration.owner = owner.data;
    return changes_make(call, &change, true);
}

/* --- leases --- */

static enum pyro_code put_owner(struct pyro_sink *to, const struct registration *registration)
{
    return registration->owner ? pyro_put_text(to, registration->owner) : pyro_put_nil(to);
}

static enum pyro_code put_left(const struct call *call, const struct registration *registration)
{
    if (registration->lease <= 0 || !call->calls->leases)
        return pyro_put_nil(call->to);
    return pyro_put_real(call->to, leases_left(call->calls->leases, registration));
}

static enum pyro_code put_leases(const struct call *call, const struct selection *found)
{
    int64_t date = (int64_t)pyro_date_seconds();
    enum pyro_code code = pyro_begin(call->to, PYRO_DICT, found->count);
    for (size_t i = 0; i < found->count && code == PYRO_OK; i++) {
        const struct registration *registration =
            registry_get(call->calls->registry, found->names[i]);
        int64_t age = date > registration->since ? date - registration->since : 0;
        if ((code = pyro_put_str(call->to, found->names[i])) == PYRO_OK &&
            (code = pyro_begin(call->to, PYRO_TUPLE, 3)) == PYRO_OK &&
            (code = put_owner(call->to, registration)) == PYRO_OK &&
            (code = pyro_put_int(call->to, age)) == PYRO_OK &&
            (code = put_left(call, registration)) == PYRO_OK)
            code = pyro_end(call->to, PYRO_TUPLE);
    }
    return code == PYRO_OK ? pyro_end(call->to, PYRO_DICT) : code;
}

enum pyro_code lease_calls_list(struct call *call)
{
    struct selection found;
    enum pyro_code code = call_find(call, (struct criteria){.prefix = call->args[0]}, &found);
    if (code == PYRO_OK)
        code = put_leases(call, &found);
    selection_free(&found);
    return code;
}
