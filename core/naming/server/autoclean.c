/* Cleaning goes in rounds, each of which
 *
 *     gathers the places of all names, some names a turn,
 *     probes the places, a few at once, and
 *     removes the names of places that were out of reach for long, some at a time;
 *
 * then it rests until the next one. */
#include "naming/server/autoclean.h"

#include "base/map.h"
#include "base/memory.h"
#include "base/uri.h"
#include "naming/server/nameserver.h"
#include "naming/server/probe.h"
#include "naming/server/sweep.h"

/* Seconds for which a server must be out of reach. */
#define UNREACHABLE 20.0

/* Seconds that connecting may take, without COMMTIMEOUT. */
#define TIMEOUT 5.0

/* Places that are probed at once. */
#define PROBES 8

/* Names that are looked at before others get a turn. */
#define NAMES_A_TURN 500

/* Where the server of some names is. */
struct place {
    struct pyro_uri uri;
    bool unreachable;
    double since; /* when it was found to be */
};

enum phase { RESTING, GATHERING, PROBING, REMOVING };

struct prober {
    struct probe probe;
    struct place *place;
    struct autoclean *autoclean;
};

struct autoclean {
    struct pyro_runtime *runtime;
    struct registry *registry;
    double interval;               /* between rounds */
    struct pyro_map places;        /* by location: of this round */
    struct pyro_map former;        /* of the last one, while the new ones are gathered */
    struct pyro_map_entry *cursor; /* the place that is probed last */
    bool all_probed;               /* there is none behind it */
    struct prober probers[PROBES];
    size_t probing; /* how many of them run */
    struct pyro_timer *timer;
    struct pyro_completion next;
    enum phase phase;
    struct pyro_buffer last; /* the name that was looked at last */
    struct sweep sweep;
};

static double now(const struct autoclean *autoclean)
{
    return pyro_loop_now(autoclean->runtime->loop);
}

/* --- walking over the names --- */

struct walk {
    struct autoclean *autoclean;
    bool (*visit)(struct autoclean *autoclean, struct pyro_slice name,
                  const struct registration *registration); /* false: enough for this turn */
    struct pyro_slice last;
    size_t left; /* in this turn */
    bool stopped;
};

static bool autoclean_visit(void *context, struct pyro_slice name,
                            const struct registration *registration)
{
    struct walk *walk = context;
    walk->last = name;
    bool passes = registration->owner || pyro_slice_equals(name, PYRO_NAMESERVER_NAME);
    walk->stopped =
        (!passes && !walk->visit(walk->autoclean, name, registration)) || --walk->left == 0;
    return !walk->stopped;
}

/* Visits the next names. Returns whether it has come to the end. */
static bool walk_on(struct autoclean *autoclean,
                    bool (*visit)(struct autoclean *autoclean, struct pyro_slice name,
                                  const struct registration *registration))
{
    struct walk walk = {.autoclean = autoclean, .visit = visit, .left = NAMES_A_TURN};
    struct pyro_slice after = pyro_slice(autoclean->last.data, autoclean->last.length);
    registry_each(autoclean->registry, pyro_slice("", 0), after, autoclean_visit, &walk);
    pyro_buffer_truncate(&autoclean->last, 0);
    return !walk.stopped || !pyro_buffer_append(&autoclean->last, walk.last.data, walk.last.length);
}

/* Reads the place of a registration: its URI, and its location as a key. False where it has none,
 * or memory lacks. The caller frees both, also then. */
static bool read_place(const struct registration *registration, struct pyro_uri *uri,
                       struct pyro_buffer *location)
{
    struct pyro_error err;
    *uri = (struct pyro_uri){.object = NULL};
    *location = (struct pyro_buffer){.data = NULL};
    return pyro_uri_parse(uri, pyro_slice_text(registration->uri), 0, &err) == PYRO_OK &&
           uri->protocol == PYRO_URI_PYRO && pyro_uri_location(uri, location) &&
           location->length > 0;
}

static void free_place(struct place *place)
{
    pyro_uri_free(&place->uri);
    pyro_free(place);
}

static void free_places(struct pyro_map *places)
{
    struct pyro_map_entry *cursor = NULL;
    struct pyro_slice key;
    void *place;
    while (pyro_map_next(places, &cursor, &key, &place))
        free_place(place);
    pyro_map_free(places);
}

/* --- gathering --- */

/* Takes a place over from the last round, or makes one, which takes the URI. */
static struct place *take_place(struct autoclean *autoclean, struct pyro_slice key,
                                struct pyro_uri *uri)
{
    struct place *place = pyro_map_remove(&autoclean->former, key);
    if (place || !(place = pyro_calloc(1, sizeof(*place))))
        return place;
    place->uri = *uri;
    *uri = (struct pyro_uri){.object = NULL};
    return place;
}

/* Where memory lacks, a place is left out of the round. */
static bool autoclean_gather(struct autoclean *autoclean, struct pyro_slice name,
                             const struct registration *registration)
{
    struct pyro_uri uri;
    struct pyro_buffer location;
    (void)name;
    if (read_place(registration, &uri, &location)) {
        struct pyro_slice key = pyro_slice(location.data, location.length);
        struct place *place = pyro_map_get(&autoclean->places, key);
        if (!place && (place = take_place(autoclean, key, &uri)) &&
            !pyro_map_set(&autoclean->places, key, place, NULL))
            free_place(place);
    }
    pyro_buffer_free(&location);
    pyro_uri_free(&uri);
    return true;
}

static void begin_round(struct autoclean *autoclean)
{
    PYRO_ASSERT(pyro_map_count(&autoclean->former) == 0);
    autoclean->phase = GATHERING;
    autoclean->former = autoclean->places;
    autoclean->places = (struct pyro_map){.entries = NULL};
}

/* --- probing --- */

static struct prober *idle_prober(struct autoclean *autoclean)
{
    struct prober *prober = autoclean->probers;
    while (prober->probe.stream)
        prober++;
    return prober;
}

/* Takes the next place; NULL at the end. */
static struct place *next_place(struct autoclean *autoclean)
{
    struct pyro_slice key;
    void *place;
    if (!autoclean->all_probed &&
        pyro_map_next(&autoclean->places, &autoclean->cursor, &key, &place))
        return place;
    autoclean->all_probed = true;
    return NULL;
}

/* Probes a place. Where that cannot even begin, nothing is known of it. */
static void probe(struct autoclean *autoclean, struct place *place)
{
    double timeout = autoclean->runtime->config.COMMTIMEOUT;
    struct prober *prober = idle_prober(autoclean);
    prober->place = place;
    if (probe_start(&prober->probe, autoclean->runtime, &place->uri,
                    timeout > 0 ? timeout : TIMEOUT))
        autoclean->probing++;
    else
        place->unreachable = false;
}

static void probe_more(struct autoclean *autoclean)
{
    struct place *place;
    while (autoclean->probing < PROBES && (place = next_place(autoclean)))
        probe(autoclean, place);
    if (autoclean->probing > 0)
        return;
    autoclean->phase = REMOVING;
    pyro_loop_post_late(autoclean->runtime->loop, &autoclean->next);
}

static void autoclean_on_probed(struct probe *probe, bool reached)
{
    struct prober *prober = PYRO_CONTAINER(probe, struct prober, probe);
    struct autoclean *autoclean = prober->autoclean;
    if (!reached && !prober->place->unreachable)
        prober->place->since = now(autoclean);
    prober->place->unreachable = !reached;
    autoclean->probing--;
    probe_more(autoclean);
}

/* --- removing --- */

static bool autoclean_pick(struct autoclean *autoclean, struct pyro_slice name,
                           const struct registration *registration)
{
    struct pyro_uri uri;
    struct pyro_buffer location;
    struct place *place = NULL;
    if (read_place(registration, &uri, &location))
        place = pyro_map_get(&autoclean->places, pyro_slice(location.data, location.length));
    if (place && place->unreachable && now(autoclean) - place->since >= UNREACHABLE &&
        sweep_add(&autoclean->sweep, name, CHANGE_IF_URI, registration->uri))
        pyro_log_write(&autoclean->runtime->log, PYRO_INFO, "naming",
                       "autoclean: unregistering %s; cannot connect uri %s for %.0f sec", name.data,
                       registration->uri, UNREACHABLE);
    pyro_buffer_free(&location);
    pyro_uri_free(&uri);
    return autoclean->sweep.count < SWEEP_MOST;
}

/* Ends a turn of removing: goes on in another one, or rests. */
static void end_turn(struct autoclean *autoclean)
{
    if (autoclean->phase == RESTING)
        pyro_timer_start(autoclean->timer, autoclean->interval);
    else
        pyro_loop_post_late(autoclean->runtime->loop, &autoclean->next);
}

static void autoclean_on_swept(struct sweep *sweep)
{
    struct autoclean *autoclean = PYRO_CONTAINER(sweep, struct autoclean, sweep);
    if (sweep->err.code != PYRO_OK) {
        pyro_log_write(&autoclean->runtime->log, PYRO_WARNING, "naming",
                       "autoclean: names are not removed yet: %s", sweep->err.message);
        pyro_buffer_truncate(&autoclean->last, 0);
        autoclean->phase = RESTING;
    }
    end_turn(autoclean);
}

static void remove_some(struct autoclean *autoclean)
{
    sweep_clear(&autoclean->sweep);
    if (walk_on(autoclean, autoclean_pick))
        autoclean->phase = RESTING;
    if (autoclean->sweep.count > 0)
        sweep_run(&autoclean->sweep);
    else
        end_turn(autoclean);
}

/* --- rounds --- */

static void autoclean_on_next(struct pyro_completion *done)
{
    struct autoclean *autoclean = PYRO_CONTAINER(done, struct autoclean, next);
    PYRO_ASSERT(autoclean->phase != PROBING);
    if (autoclean->phase == REMOVING) {
        remove_some(autoclean);
        return;
    }
    if (autoclean->phase == RESTING)
        begin_round(autoclean);
    if (!walk_on(autoclean, autoclean_gather)) {
        pyro_loop_post_late(autoclean->runtime->loop, &autoclean->next);
        return;
    }
    free_places(&autoclean->former);
    autoclean->phase = PROBING;
    autoclean->cursor = NULL;
    autoclean->all_probed = false;
    probe_more(autoclean);
}

static bool init_probers(struct autoclean *autoclean)
{
    for (size_t i = 0; i < PROBES; i++) {
        autoclean->probers[i].autoclean = autoclean;
        if (!probe_init(&autoclean->probers[i].probe, autoclean->runtime, autoclean_on_probed))
            return false;
    }
    return true;
}

struct autoclean *autoclean_new(struct pyro_runtime *runtime, struct registry *registry,
                                struct storage *storage, struct pyro_error *err)
{
    struct autoclean *autoclean = pyro_calloc(1, sizeof(*autoclean));
    if (!autoclean) {
        pyro_error_memory(err);
        return NULL;
    }
    autoclean->runtime = runtime;
    autoclean->registry = registry;
    autoclean->interval = runtime->config.NS_AUTOCLEAN;
    pyro_completion_init(&autoclean->next, autoclean_on_next);
    sweep_init(&autoclean->sweep, storage, autoclean_on_swept);
    autoclean->timer = pyro_timer_new(runtime->loop, &autoclean->next);
    if (!autoclean->timer || !init_probers(autoclean)) {
        autoclean_free(autoclean);
        pyro_error_memory(err);
        return NULL;
    }
    pyro_timer_start(autoclean->timer, autoclean->interval);
    return autoclean;
}

void autoclean_free(struct autoclean *autoclean)
{
    if (!autoclean)
        return;
    for (size_t i = 0; i < PROBES; i++)
        probe_free(&autoclean->probers[i].probe);
    pyro_timer_free(autoclean->timer);
    pyro_completion_cancel(&autoclean->next);
    sweep_free(&autoclean->sweep);
    free_places(&autoclean->former);
    free_places(&autoclean->places);
    pyro_buffer_free(&autoclean->last);
    pyro_free(autoclean);
}
