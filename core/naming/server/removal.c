#include "naming/server/removal.h"

#include "base/clock.h"
#include "base/memory.h"
#include "naming/server/changes.h"
#include "naming/server/nameserver.h"
#include "naming/server/sweep.h"
#include "rpc/guard.h"

/* The time that a later search for the next names may take. */
#define BUDGET 0.05 /* seconds */

/* The removal of all names that begin with a prefix, or with a match of a regular expression. */
struct removal {
    struct pyro_list node; /* of struct calls */
    struct call call;      /* that searches: what lives as long as the request */
    struct pyro_deferred *deferred;
    struct pyro_completion next; /* the removal of what the sweep has */
    struct criteria by;          /* one criterion, which is: */
    struct pyro_value value;
    bool last; /* there are no more names */
    size_t removed;
    struct sweep sweep; /* of the next names */
    char text[];        /* of the value */
};

static void end(struct removal *removal)
{
    struct pyro_deferred *deferred = removal->deferred;
    struct pyro_error ignored;
    if (deferred->err.code == PYRO_OK)
        pyro_put_int(&deferred->answer.sink, (int64_t)removal->removed);
    pyro_list_remove(&removal->node);
    pyro_completion_cancel(&removal->next);
    sweep_free(&removal->sweep);
    pyro_free(removal);
    deferred->ops->answer(deferred, &ignored);
}

/* Copies what was found, which is the registry's, but for the name server's own name. */
static bool take_names(struct removal *removal, const struct selection *found)
{
    sweep_clear(&removal->sweep);
    for (size_t i = 0; i < found->count; i++)
        if (!pyro_slice_equals(found->names[i], PYRO_NAMESERVER_NAME) &&
            !sweep_add(&removal->sweep, found->names[i], CHANGE_ALWAYS, ""))
            return false;
    removal->last = found->count < SWEEP_MOST;
    return true;
}

/* Looks for the next names, and removes them in a later step, so that others have their turn. */
static void search(struct removal *removal)
{
    struct call *call = &removal->call;
    struct selection found = {.names = NULL};
    call->err = &removal->deferred->err;
    removal->by.after = sweep_last(&removal->sweep);
    call->deadline = pyro_cpu_seconds() + BUDGET;
    if (!pyro_request_object(call->request))
        pyro_error_set(call->err, PYRO_ENAMING, "the name server is closed");
    else if (call_find(call, removal->by, &found) == PYRO_OK && !take_names(removal, &found))
        pyro_error_memory(call->err);
    selection_free(&found);
    if (call->err->code == PYRO_OK)
        pyro_loop_post_late(call->request->runtime->loop, &removal->next);
    else
        end(removal);
}

static void removal_on_done(struct sweep *sweep)
{
    struct removal *removal = PYRO_CONTAINER(sweep, struct removal, sweep);
    removal->removed += sweep->removed;
    removal->deferred->err = sweep->err;
    if (removal->last || sweep->err.code != PYRO_OK)
        end(removal);
    else
        search(removal);
}

static void removal_on_next(struct pyro_completion *done)
{
    sweep_run(&PYRO_CONTAINER(done, struct removal, next)->sweep);
}

/* --- beginning --- */

static struct criteria criteria_of(const struct pyro_value *value, bool by_regex)
{
    struct criteria by = {.most = SWEEP_MOST};
    *(by_regex ? &by.regex : &by.prefix) = value;
    return by;
}

static struct removal *new_removal(const struct call *call, struct pyro_slice text, bool by_regex,
                                   const struct selection *found)
{
    struct removal *removal = pyro_calloc(1, sizeof(*removal) + text.length);
    if (!removal)
        return NULL;
    removal->call = (struct call){call->calls, .request = call->request, .method = call->method};
    memcpy(removal->text, text.data, text.length);
    removal->value = (struct pyro_value){.type = PYRO_STR};
    removal->value.u.text = pyro_slice(removal->text, text.length);
    removal->by = criteria_of(&removal->value, by_regex);
    sweep_init(&removal->sweep, call->calls->storage, removal_on_done);
    pyro_completion_init(&removal->next, removal_on_next);
    pyro_list_init(&removal->node);
    if (take_names(removal, found) && (removal->deferred = pyro_native_defer(call->native)))
        return removal;
    sweep_free(&removal->sweep);
    pyro_free(removal);
    return NULL;
}

/* Removes all names that begin with a prefix, or with a match of a regular expression. */
static enum pyro_code remove_some(struct call *call, const struct pyro_value *value, bool by_regex)
{
    struct selection found = {.names = NULL};
    struct removal *removal = NULL;
    enum pyro_code code = call_find(call, criteria_of(value, by_regex), &found);
    if (code == PYRO_OK && found.count > 0) {
        removal = new_removal(call, value->u.text, by_regex, &found);
        code = removal ? PYRO_OK : pyro_error_memory(call->err);
    }
    selection_free(&found);
    if (!removal)
        return code == PYRO_OK ? pyro_put_int(call->to, 0) : code;
    pyro_list_push(&call->calls->removals, &removal->node);
    pyro_loop_post_late(call->request->runtime->loop, &removal->next);
    return PYRO_OK;
}

enum pyro_code removal_run(struct call *call)
{
    const struct pyro_value *const *args = call->args;
    bool by_prefix = argument_is_true(args[1]), some = by_prefix || argument_is_true(args[2]);
    if (argument_is_true(args[0]) && args[0]->type == PYRO_STR) {
        struct pyro_slice name = args[0]->u.text;
        if (pyro_guard_name(call->request, call->method, &name, call->err) != PYRO_OK)
            return call->err->code;
        if (!pyro_slice_equals(name, PYRO_NAMESERVER_NAME) &&
            (!some || registry_get(call->calls->registry, name)))
            return changes_make(call, &(struct change){.kind = CHANGE_REMOVE, .name = name}, true);
    }
    if (!some)
        return pyro_put_int(call->to, 0);
    return remove_some(call, by_prefix ? args[1] : args[2], !by_prefix);
}

void removal_end_all(struct pyro_list *removals)
{
    while (!pyro_list_empty(removals)) {
        struct removal *removal = PYRO_CONTAINER(removals->next, struct removal, node);
        pyro_error_set(&removal->deferred->err, PYRO_ENAMING, "the name server is closed");
        end(removal);
    }
}
