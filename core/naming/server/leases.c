/* Owners are in the order in which their first lease may end. To renew one only notes the time:
 * where it stands is put right when its turn comes. */
#include "naming/server/leases.h"

#include <bsd/sys/tree.h>
#include <math.h>

#include "base/map.h"
#include "base/memory.h"
#include "naming/server/sweep.h"
#include "net/timer.h"

/* Owners that are looked at before others get a turn. */
#define OWNERS_A_TURN 1000

/* Seconds after which names that could not be removed are tried again. */
#define AGAIN 5.0

/* Seconds that a timer may be late. If it is later, nobody's renewals could be heard meanwhile. */
#define LATE 1.0

/* A name that is kept. */
struct kept {
    RB_ENTRY(kept) place;
    double lease;
    struct pyro_slice name; /* the registry's */
};

RB_HEAD(names, kept);

struct owner {
    RB_ENTRY(owner) place;
    double due;     /* when its first lease may end: not later than it does */
    double renewed; /* when */
    size_t count;   /* of names */
    struct names names;
    struct pyro_slice id; /* the map's key */
};

RB_HEAD(queue, owner);

struct leases {
    struct registry_listener listener;
    struct pyro_runtime *runtime;
    struct pyro_map owners; /* by their ids */
    struct queue queue;
    struct pyro_timer *timer;
    struct pyro_completion done;
    double armed;       /* when the timer expires; 0: it is stopped */
    double not_before;  /* when names are removed next: later, where that failed */
    uint64_t ended;     /* names that were removed */
    struct sweep sweep; /* of names whose leases have ended */
};

/* Orders the names of an owner by their leases: the first ends first. */
static int compare_kept(const struct kept *a, const struct kept *b)
{
    if (a->lease != b->lease)
        return a->lease < b->lease ? -1 : 1;
    return pyro_slice_compare(a->name, b->name);
}

static int compare_owners(const struct owner *a, const struct owner *b)
{
    if (a->due != b->due)
        return a->due < b->due ? -1 : 1;
    return pyro_slice_compare(a->id, b->id);
}

RB_GENERATE_INTERNAL(names, kept, place, compare_kept, __attribute__((unused)) static)
RB_GENERATE_INTERNAL(queue, owner, place, compare_owners, __attribute__((unused)) static)

static double now(const struct leases *leases)
{
    return pyro_loop_now(leases->runtime->loop);
}

static bool is_kept(const struct registration *registration)
{
    return registration && registration_has_lease(registration);
}

static struct owner *find_owner(const struct leases *leases, const char *id)
{
    return pyro_map_get(&leases->owners, pyro_slice_text(id));
}

/* --- when leases end --- */

/* Starts the timer for the owner whose lease may end first, unless it expires before that. */
static void arm(struct leases *leases)
{
    const struct owner *first = RB_MIN(queue, &leases->queue);
    if (!first || leases->sweep.waiting > 0)
        return;
    double due = first->due > leases->not_before ? first->due : leases->not_before;
    if (leases->armed > 0 && leases->armed <= due)
        return;
    leases->armed = due > now(leases) ? due : now(leases);
    pyro_timer_start(leases->timer, leases->armed - now(leases));
}

/* Puts an owner where it belongs in the queue. */
static void place(struct leases *leases, struct owner *owner, double due)
{
    RB_REMOVE(queue, &leases->queue, owner);
    owner->due = due;
    RB_INSERT(queue, &leases->queue, owner);
}

static double first_end(struct owner *owner)
{
    return owner->renewed + RB_MIN(names, &owner->names)->lease;
}

/* Adds the names of an owner whose leases have ended. Returns whether there was room for all. */
static bool add_names(struct leases *leases, struct owner *owner)
{
    struct kept *kept = RB_MIN(names, &owner->names);
    for (; kept && owner->renewed + kept->lease <= now(leases); kept = RB_NEXT(names, , kept)) {
        if (leases->sweep.count == SWEEP_MOST ||
            !sweep_add(&leases->sweep, kept->name, CHANGE_IF_OWNED, owner->id.data))
            return false;
        pyro_log_write(&leases->runtime->log, PYRO_INFO, "naming",
                       "the lease of '%s' has ended: it is removed", kept->name.data);
    }
    return true;
}

/* Removes names whose leases have ended, as many as are removed at a time. Owners that have renewed
 * theirs go to where they belong. */
static void remove_ended(struct leases *leases)
{
    struct owner *owner = RB_MIN(queue, &leases->queue), *next;
    sweep_clear(&leases->sweep);
    for (size_t i = 0; i < OWNERS_A_TURN && owner && owner->due <= now(leases); i++) {
        next = RB_NEXT(queue, , owner);
        if (first_end(owner) > now(leases))
            place(leases, owner, first_end(owner));
        else if (!add_names(leases, owner))
            break;
        owner = next;
    }
    if (leases->sweep.count > 0)
        sweep_run(&leases->sweep);
    else
        arm(leases);
}

/* Goes on, in a later step; after a failure later, so that the engine is not asked all the time. */
static void leases_on_swept(struct sweep *sweep)
{
    struct leases *leases = PYRO_CONTAINER(sweep, struct leases, sweep);
    if (sweep->err.code != PYRO_OK)
        pyro_log_write(&leases->runtime->log, PYRO_WARNING, "naming",
                       "names whose leases have ended are not removed yet: %s", sweep->err.message);
    leases->ended += sweep->removed;
    if (sweep->removed < sweep->count)
        leases->not_before = now(leases) + AGAIN;
    arm(leases);
}

static void leases_on_time(struct pyro_completion *done)
{
    struct leases *leases = PYRO_CONTAINER(done, struct leases, done);
    double late = now(leases) - leases->armed;
    leases->armed = 0;
    if (late > LATE)
        leases->not_before = now(leases) + late;
    if (leases->not_before <= now(leases))
        remove_ended(leases);
    else
        arm(leases);
}

/* --- who keeps what --- */

static struct owner *add_owner(struct leases *leases, const char *id)
{
    struct owner *owner = pyro_calloc(1, sizeof(*owner));
    if (!owner || !pyro_map_set(&leases->owners, pyro_slice_text(id), owner, NULL)) {
        pyro_free(owner);
        return NULL;
    }
    owner->id = pyro_map_key(&leases->owners, pyro_slice_text(id));
    owner->due = HUGE_VAL;
    RB_INIT(&owner->names);
    RB_INSERT(queue, &leases->queue, owner);
    return owner;
}

static void remove_owner(struct leases *leases, struct owner *owner)
{
    RB_REMOVE(queue, &leases->queue, owner);
    pyro_map_remove(&leases->owners, owner->id); /* its id is the map's */
    pyro_free(owner);
}

static struct kept *find_kept(struct owner *owner, struct pyro_slice name, double lease)
{
    struct kept sought = {.name = name, .lease = lease};
    return RB_FIND(names, &owner->names, &sought);
}

static void forget(struct leases *leases, struct pyro_slice name,
                   const struct registration *registration)
{
    struct owner *owner = find_owner(leases, registration->owner);
    struct kept *kept = owner ? find_kept(owner, name, registration->lease) : NULL;
    if (!kept)
        return;
    RB_REMOVE(names, &owner->names, kept);
    pyro_free(kept);
    if (--owner->count == 0)
        remove_owner(leases, owner);
}

/* A new name is a sign of life: it renews the others. Where memory lacks, the name is not counted
 * when its owner renews. */
static void keep(struct leases *leases, struct pyro_slice name,
                 const struct registration *registration)
{
    struct owner *owner = find_owner(leases, registration->owner);
    if (owner && find_kept(owner, name, registration->lease))
        return;
    struct kept *kept = pyro_malloc(sizeof(*kept));
    if (kept && !owner)
        owner = add_owner(leases, registration->owner);
    if (!kept || !owner) {
        pyro_free(kept);
        return;
    }
    *kept = (struct kept){.name = name, .lease = registration->lease};
    RB_INSERT(names, &owner->names, kept);
    owner->count++;
    owner->renewed = now(leases);
    if (first_end(owner) < owner->due)
        place(leases, owner, first_end(owner));
    arm(leases);
}

static void leases_on_set(struct registry_listener *self, struct pyro_slice name,
                          const struct registration *registration,
                          const struct registration *before)
{
    struct leases *leases = PYRO_CONTAINER(self, struct leases, listener);
    bool stays = is_kept(registration) && is_kept(before) &&
                 registration_is_kept_by(before, registration->owner) &&
                 before->lease == registration->lease;
    if (is_kept(before) && !stays)
        forget(leases, name, before);
    if (is_kept(registration))
        keep(leases, name, registration);
}

static void leases_on_remove(struct registry_listener *self, struct pyro_slice name,
                             const struct registration *before)
{
    if (is_kept(before))
        forget(PYRO_CONTAINER(self, struct leases, listener), name, before);
}

size_t leases_renew(struct leases *leases, struct pyro_slice id)
{
    struct owner *owner = pyro_map_get(&leases->owners, id);
    if (!owner)
        return 0;
    owner->renewed = now(leases);
    return owner->count;
}

double leases_left(const struct leases *leases, const struct registration *registration)
{
    const struct owner *owner =
        is_kept(registration) ? find_owner(leases, registration->owner) : NULL;
    double left = owner ? owner->renewed + registration->lease - now(leases) : 0;
    return left > 0 ? left : 0;
}

uint64_t leases_ended(const struct leases *leases)
{
    return leases->ended;
}

/* --- life --- */

static bool leases_begin(void *context, struct pyro_slice name,
                         const struct registration *registration)
{
    if (is_kept(registration))
        keep(context, name, registration);
    return true;
}

struct leases *leases_new(struct pyro_runtime *runtime, struct registry *registry,
                          struct storage *storage, struct pyro_error *err)
{
    struct leases *leases = pyro_calloc(1, sizeof(*leases));
    if (!leases || !(leases->timer = pyro_timer_new(runtime->loop, &leases->done))) {
        pyro_free(leases);
        pyro_error_memory(err);
        return NULL;
    }
    leases->runtime = runtime;
    leases->listener.on_set = leases_on_set;
    leases->listener.on_remove = leases_on_remove;
    RB_INIT(&leases->queue);
    pyro_completion_init(&leases->done, leases_on_time);
    sweep_init(&leases->sweep, storage, leases_on_swept);
    registry_each(registry, pyro_slice("", 0), pyro_slice("", 0), leases_begin, leases);
    registry_listen(registry, &leases->listener);
    return leases;
}

void leases_free(struct leases *leases)
{
    struct owner *owner;
    struct kept *kept;
    if (!leases)
        return;
    while ((owner = RB_MIN(queue, &leases->queue))) {
        while ((kept = RB_MIN(names, &owner->names))) {
            RB_REMOVE(names, &owner->names, kept);
            pyro_free(kept);
        }
        remove_owner(leases, owner);
    }
    pyro_map_free(&leases->owners);
    pyro_list_remove(&leases->listener.node);
    pyro_timer_free(leases->timer);
    sweep_free(&leases->sweep);
    pyro_free(leases);
}
