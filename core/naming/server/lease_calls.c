#include "naming/server/lease_calls.h"

#include <math.h>

#include "base/clock.h"
#include "base/map.h"
#include "base/memory.h"
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
    call->calls->renewals++;
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

/* A list of leases, for which the storage is asked when owners last renewed theirs. */
struct listing {
    struct renewals renewals;
    struct pyro_map owners; /* struct renewal by owner */
    struct call call;       /* that searches: what lives as long as the request */
    double budget;          /* seconds that a search may cost */
    struct pyro_deferred *deferred;
    struct pyro_value prefix;
    char text[]; /* of the prefix */
};

static enum pyro_code put_owner(struct pyro_sink *to, const struct registration *registration)
{
    return registration->owner ? pyro_put_text(to, registration->owner) : pyro_put_nil(to);
}

/* `owners`: what the storage knows of them, where that ends leases. */
static enum pyro_code put_left(const struct call *call, const struct registration *registration,
                               const struct pyro_map *owners)
{
    if (!registration_has_lease(registration))
        return pyro_put_nil(call->to);
    if (call->calls->leases)
        return pyro_put_real(call->to, leases_left(call->calls->leases, registration));
    const struct renewal *renewal = pyro_map_get(owners, pyro_slice_text(registration->owner));
    if (!renewal || renewal->age < 0)
        return pyro_put_nil(call->to);
    return pyro_put_real(call->to, fmax(registration->lease - renewal->age, 0));
}

static enum pyro_code put_leases(const struct call *call, const struct selection *found,
                                 const struct pyro_map *owners)
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
            (code = put_left(call, registration, owners)) == PYRO_OK)
            code = pyro_end(call->to, PYRO_TUPLE);
    }
    return code == PYRO_OK ? pyro_end(call->to, PYRO_DICT) : code;
}

static void free_listing(struct listing *listing)
{
    struct pyro_list *node;
    while ((node = pyro_list_pop(&listing->renewals.each)))
        pyro_free(PYRO_CONTAINER(node, struct renewal, node));
    pyro_map_free(&listing->owners);
    pyro_free(listing);
}

/* Lists the names that there are now. */
static void lease_calls_on_answered(struct renewals *renewals)
{
    struct listing *listing = PYRO_CONTAINER(renewals, struct listing, renewals);
    struct pyro_deferred *deferred = listing->deferred;
    struct call *call = &listing->call;
    struct selection found = {.names = NULL};
    struct pyro_error ignored;
    call->to = &deferred->answer.sink;
    call->err = &deferred->err;
    call->deadline = pyro_cpu_seconds() + listing->budget;
    if (!pyro_request_object(call->request))
        pyro_error_set(call->err, PYRO_ENAMING, "the name server is closed");
    else if (call_find(call, (struct criteria){.prefix = &listing->prefix}, &found) == PYRO_OK)
        put_leases(call, &found, &listing->owners);
    selection_free(&found);
    free_listing(listing);
    deferred->ops->answer(deferred, &ignored);
}

static bool add_owner(struct listing *listing, const char *owner)
{
    struct pyro_slice id = pyro_slice_text(owner);
    if (pyro_map_get(&listing->owners, id))
        return true;
    struct renewal *renewal = pyro_calloc(1, sizeof(*renewal));
    if (!renewal || !pyro_map_set(&listing->owners, id, renewal, NULL)) {
        pyro_free(renewal);
        return false;
    }
    renewal->owner = pyro_map_key(&listing->owners, id);
    renewal->age = -1;
    pyro_list_push(&listing->renewals.each, &renewal->node);
    return true;
}

static bool add_owners(struct listing *listing, const struct selection *found)
{
    for (size_t i = 0; i < found->count; i++) {
        const struct registration *registration =
            registry_get(listing->call.calls->registry, found->names[i]);
        if (registration_has_lease(registration) && !add_owner(listing, registration->owner))
            return false;
    }
    return true;
}

static struct listing *new_listing(const struct call *call, const struct selection *found)
{
    const struct pyro_value *prefix = call->args[0];
    struct pyro_slice text = argument_is_true(prefix) ? prefix->u.text : pyro_slice("", 0);
    struct listing *listing = pyro_calloc(1, sizeof(*listing) + text.length);
    if (!listing)
        return NULL;
    pyro_list_init(&listing->renewals.each);
    listing->renewals.answered = lease_calls_on_answered;
    listing->call = (struct call){call->calls, .request = call->request, .method = call->method};
    listing->budget = call->deadline - pyro_cpu_seconds();
    memcpy(listing->text, text.data, text.length);
    listing->prefix = (struct pyro_value){.type = PYRO_STR};
    listing->prefix.u.text = pyro_slice(listing->text, text.length);
    if (add_owners(listing, found))
        return listing;
    free_listing(listing);
    return NULL;
}

/* Asks the storage, where there are owners, and lists the names when it has answered. */
static enum pyro_code ask_storage(struct call *call, const struct selection *found)
{
    struct storage *storage = call->calls->storage;
    struct listing *listing = new_listing(call, found);
    enum pyro_code code = PYRO_OK;
    if (listing && pyro_list_empty(&listing->renewals.each)) {
        code = put_leases(call, found, &listing->owners);
    } else if (listing && (listing->deferred = pyro_native_defer(call->native))) {
        storage->ops->ask(storage, &listing->renewals);
        return PYRO_OK;
    } else {
        code = pyro_error_memory(call->err);
    }
    if (listing)
        free_listing(listing);
    return code;
}

enum pyro_code lease_calls_list(struct call *call)
{
    struct selection found;
    enum pyro_code code = call_find(call, (struct criteria){.prefix = call->args[0]}, &found);
    if (code == PYRO_OK)
        code = call->calls->leases ? put_leases(call, &found, NULL) : ask_storage(call, &found);
    selection_free(&found);
    return code;
}
