/* Writes what a runtime has counted. Counters only go up; the others are gauges, which daemons, the
 * Lua state and name servers are asked for. */
#include "rpc/stats.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "rpc/daemon_state.h"
#include "rpc/exception.h"

/* Bytes of the name of an object and a method, with the end; longer ones are cut. */
#define LONGEST_NAME 1000

/* --- methods --- */

static const struct pyro_method_tally *tally_of(const struct pyro_daemon *daemon,
                                                struct pyro_slice id, struct pyro_slice name)
{
    const struct pyro_object *object = pyro_daemon_find(daemon, id);
    const struct pyro_method_tally *tally = object ? object->tallies : NULL;
    while (tally && pyro_slice_compare(tally->name, name) != 0)
        tally = tally->next;
    return tally;
}

static const struct pyro_daemon *daemon_at(const struct pyro_list *node)
{
    return PYRO_CONTAINER(node, struct pyro_daemon, node);
}

/* Where methods are told. */
struct walk {
    const struct pyro_list *daemons; /* NULL: there is only the one */
    pyro_stats_fn *call;
    void *context;
};

/* Returns whether a daemon that comes before this one has such a method, too: it was told there. */
static bool was_told(const struct walk *walk, const struct pyro_daemon *daemon,
                     struct pyro_slice id, struct pyro_slice name)
{
    const struct pyro_list *node = walk->daemons ? daemon->node.previous : NULL;
    for (; node && node != walk->daemons; node = node->previous)
        if (tally_of(daemon_at(node), id, name))
            return true;
    return false;
}

/* Tells a method, with what daemons that come later have counted for it. */
static enum pyro_code tell(const struct walk *walk, const struct pyro_daemon *daemon,
                           struct pyro_slice id, const struct pyro_method_tally *tally)
{
    uint64_t errors[PYRO_TOLD_CLASSES] = {0};
    struct pyro_tally sum = {.errors = errors};
    if (!walk->daemons)
        return walk->call(walk->context, id, tally->name, &tally->calls);
    pyro_tally_add(&sum, &tally->calls);
    for (const struct pyro_list *node = daemon->node.next; node != walk->daemons;
         node = node->next) {
        const struct pyro_method_tally *other = tally_of(daemon_at(node), id, tally->name);
        if (other)
            pyro_tally_add(&sum, &other->calls);
    }
    return walk->call(walk->context, id, tally->name, &sum);
}

static enum pyro_code tell_daemon(const struct walk *walk, const struct pyro_daemon *daemon)
{
    struct pyro_map_entry *cursor = NULL;
    struct pyro_slice id;
    void *object;
    enum pyro_code code = PYRO_OK;
    while (code == PYRO_OK && pyro_map_next(pyro_daemon_objects(daemon), &cursor, &id, &object)) {
        const struct pyro_method_tally *tally = ((struct pyro_object *)object)->tallies;
        for (; tally && code == PYRO_OK; tally = tally->next)
            if (!was_told(walk, daemon, id, tally->name))
                code = tell(walk, daemon, id, tally);
    }
    return code;
}

enum pyro_code pyro_stats_each_method(struct pyro_runtime *runtime,
                                      const struct pyro_stats_options *options, pyro_stats_fn *call,
                                      void *context)
{
    const struct pyro_list *all = &runtime->all_daemons;
    struct walk walk = {options->daemon ? NULL : all, call, context};
    enum pyro_code code = PYRO_OK;
    if (options->totals)
        return PYRO_OK;
    if (options->daemon)
        code = tell_daemon(&walk, options->daemon);
    for (const struct pyro_list *node = all->next;
         code == PYRO_OK && !options->daemon && node != all; node = node->next)
        code = tell_daemon(&walk, daemon_at(node));
    const struct pyro_tally *other = &runtime->counters.other.calls;
    if (code != PYRO_OK || (other->in_flight == 0 && pyro_histogram_total(&other->times) == 0))
        return code;
    return call(context, pyro_slice("", 0), pyro_slice("", 0), other);
}

/* --- writing --- */

/* The output being written. After an error, nothing more is. */
struct output {
    struct pyro_sink *to;
    struct pyro_runtime *runtime;
    bool buckets;
    enum pyro_code code;
};

static void put_key(struct output *out, const char *key)
{
    if (out->code == PYRO_OK)
        out->code = pyro_put_text(out->to, key);
}

static void put_count(struct output *out, const char *key, uint64_t count)
{
    put_key(out, key);
    if (out->code == PYRO_OK)
        out->code = pyro_put_int(out->to, (int64_t)count);
}

static void put_seconds(struct output *out, const char *key, double seconds)
{
    put_key(out, key);
    if (out->code == PYRO_OK)
        out->code = pyro_put_real(out->to, seconds);
}

static void begin(struct output *out, enum pyro_kind kind, size_t count)
{
    if (out->code == PYRO_OK)
        out->code = pyro_begin(out->to, kind, count);
}

static void begin_dict(struct output *out, const char *key, size_t count)
{
    put_key(out, key);
    begin(out, PYRO_DICT, count);
}

static void end(struct output *out, enum pyro_kind kind)
{
    if (out->code == PYRO_OK)
        out->code = pyro_end(out->to, kind);
}

struct count {
    const char *key;
    uint64_t value;
};

/* Puts a dict of counts. */
static void put_counts(struct output *out, const char *key, const struct count *counts, size_t size)
{
    begin_dict(out, key, size);
    for (size_t i = 0; i < size; i++)
        put_count(out, counts[i].key, counts[i].value);
    end(out, PYRO_DICT);
}

#define PUT_COUNTS(out, key, ...)                                                                  \
    put_counts(out, key, (const struct count[]){__VA_ARGS__},                                      \
               PYRO_COUNT(((const struct count[]){__VA_ARGS__})))

/* Puts a list of the buckets that are not empty: the bound and the count of each. What is beyond
 * the last bound is in none of them. */
static void put_buckets(struct output *out, const struct pyro_histogram *histogram)
{
    size_t filled = 0;
    for (unsigned i = 0; i < PYRO_BUCKETS - 1; i++)
        filled += histogram->counts[i] > 0;
    put_key(out, "buckets");
    begin(out, PYRO_LIST, filled);
    for (unsigned i = 0; i < PYRO_BUCKETS - 1 && out->code == PYRO_OK; i++) {
        if (histogram->counts[i] == 0)
            continue;
        begin(out, PYRO_LIST, 2);
        out->code = pyro_put_real(out->to, pyro_histogram_bound(i));
        if (out->code == PYRO_OK)
            out->code = pyro_put_int(out->to, (int64_t)histogram->counts[i]);
        end(out, PYRO_LIST);
    }
    end(out, PYRO_LIST);
}

/* Pairs that put_times() puts. */
static size_t pairs_of_times(const struct output *out)
{
    return out->buckets ? 5 : 4;
}

static void put_times(struct output *out, const struct pyro_histogram *times)
{
    put_seconds(out, "seconds", (double)times->sum / 1e9);
    put_seconds(out, "p50", pyro_histogram_quantile(times, 0.5));
    put_seconds(out, "p99", pyro_histogram_quantile(times, 0.99));
    put_seconds(out, "p999", pyro_histogram_quantile(times, 0.999));
    if (out->buckets)
        put_buckets(out, times);
}

static void put_errors(struct output *out, const char *key, const uint64_t *errors)
{
    const struct pyro_classes *classes = &out->runtime->counters.classes;
    size_t filled = 0;
    for (unsigned i = 0; errors && i < classes->count; i++)
        filled += errors[i] > 0;
    begin_dict(out, key, filled);
    for (unsigned i = 0; errors && i < classes->count; i++)
        if (errors[i] > 0)
            put_count(out, classes->names[i], errors[i]);
    end(out, PYRO_DICT);
}

/* Pairs that put_calls() puts. */
static size_t pairs_of_calls(const struct output *out)
{
    return 3 + pairs_of_times(out);
}

static void put_calls(struct output *out, const struct pyro_tally *calls)
{
    put_count(out, "calls", pyro_histogram_total(&calls->times));
    put_count(out, "in_flight", calls->in_flight);
    put_errors(out, "errors", calls->errors);
    put_times(out, &calls->times);
}

/* Puts the name of a method as a key. */
static enum pyro_code put_name(struct pyro_sink *to, struct pyro_slice object,
                               struct pyro_slice method)
{
    char name[LONGEST_NAME];
    if (object.length == 0)
        return pyro_put_text(to, "other");
    int length = snprintf(name, sizeof(name), "%.*s.%.*s",
                          (int)(object.length < LONGEST_NAME ? object.length : LONGEST_NAME),
                          object.data, (int)method.length, method.data);
    return pyro_put_shown(
        to, pyro_slice(name, length < LONGEST_NAME ? (size_t)length : LONGEST_NAME - 1));
}

static enum pyro_code stats_put_method(void *context, struct pyro_slice object,
                                       struct pyro_slice method, const struct pyro_tally *calls)
{
    struct output *out = context;
    out->code = put_name(out->to, object, method);
    begin(out, PYRO_DICT, pairs_of_calls(out));
    put_calls(out, calls);
    end(out, PYRO_DICT);
    return out->code;
}

static enum pyro_code stats_count_method(void *context, struct pyro_slice object,
                                         struct pyro_slice method, const struct pyro_tally *calls)
{
    (void)object;
    (void)method;
    (void)calls;
    ++*(size_t *)context;
    return PYRO_OK;
}

static void put_methods(struct output *out, const struct pyro_stats_options *options)
{
    size_t count = 0;
    pyro_stats_each_method(out->runtime, options, stats_count_method, &count);
    begin_dict(out, "methods", count);
    if (out->code == PYRO_OK)
        pyro_stats_each_method(out->runtime, options, stats_put_method, out);
    end(out, PYRO_DICT);
}

/* --- sections --- */

static size_t sum_of_daemons(const struct pyro_runtime *runtime,
                             size_t (*of)(const struct pyro_daemon *daemon))
{
    size_t sum = 0;
    for (const struct pyro_list *node = runtime->all_daemons.next; node != &runtime->all_daemons;
         node = node->next)
        sum += of(daemon_at(node));
    return sum;
}

static size_t streams_of(const struct pyro_daemon *daemon)
{
    return pyro_map_count(&daemon->registry.streams.by_id);
}

static void put_connections(struct output *out)
{
    const struct pyro_counters *counters = &out->runtime->counters;
    const uint64_t *refused = counters->refused;
    begin_dict(out, "connections", 3);
    put_count(out, "open", sum_of_daemons(out->runtime, pyro_daemon_connections));
    put_count(out, "accepted", counters->connections);
    PUT_COUNTS(
        out, "refused", {"full", refused[PYRO_REFUSED_FULL]},
        {"scarce", refused[PYRO_REFUSED_SCARCE]}, {"handshake", refused[PYRO_REFUSED_HANDSHAKE]},
        {"message", refused[PYRO_REFUSED_MESSAGE]}, {"silence", refused[PYRO_REFUSED_SILENCE]});
    end(out, PYRO_DICT);
}

static void put_all_calls(struct output *out)
{
    const struct pyro_counters *counters = &out->runtime->counters;
    uint64_t errors[PYRO_TOLD_CLASSES] = {0};
    struct pyro_tally sum = {.errors = errors};
    pyro_counters_sum(counters, &sum);
    begin_dict(out, "calls", 3 + pairs_of_calls(out));
    put_calls(out, &sum);
    put_count(out, "oneway", counters->oneway);
    put_count(out, "batches", counters->batches);
    put_count(out, "refused", counters->refused[PYRO_REFUSED_CALL]);
    end(out, PYRO_DICT);
}

static void put_proxies(struct output *out)
{
    const struct pyro_counters *counters = &out->runtime->counters;
    begin_dict(out, "proxies", 5);
    put_count(out, "connections", counters->connects);
    put_count(out, "calls", counters->made);
    put_count(out, "raised", counters->raised);
    put_errors(out, "lost", counters->lost.errors);
    put_count(out, "retries", counters->retries);
    end(out, PYRO_DICT);
}

static void put_loop(struct output *out, const struct pyro_loop_counters *loop)
{
    struct pyro_histogram lag = loop->lag; /* of those steps that had some */
    uint64_t late = pyro_histogram_total(&lag);
    lag.counts[0] += loop->steps > late ? loop->steps - late : 0;
    begin_dict(out, "loop", 2);
    put_count(out, "steps", loop->steps);
    begin_dict(out, "lag", 1 + pairs_of_times(out));
    put_seconds(out, "max", (double)loop->longest_lag / 1e3);
    put_times(out, &lag);
    end(out, PYRO_DICT);
    end(out, PYRO_DICT);
}

/* Returns how many bytes of the process are in memory; 0 where the system does not tell. */
static uint64_t resident_bytes(void)
{
    uint64_t size, resident = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (!file)
        return 0;
    if (fscanf(file, "%" SCNu64 " %" SCNu64, &size, &resident) != 2)
        resident = 0;
    fclose(file);
    return resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

static struct pyro_gauges read_gauges(const struct pyro_counters *counters)
{
    struct pyro_gauges gauges = {.tasks = 0};
    for (const struct pyro_list *node = counters->sources.next; node != &counters->sources;
         node = node->next) {
        const struct pyro_gauge_source *source =
            PYRO_CONTAINER(node, struct pyro_gauge_source, node);
        source->add(source, &gauges);
    }
    return gauges;
}

/* Puts the sections that are counts only. */
static void put_others(struct output *out)
{
    const struct pyro_counters *counters = &out->runtime->counters;
    const struct pyro_loop_counters *loop = pyro_loop_counters(out->runtime->loop);
    struct pyro_gauges gauges = read_gauges(counters);
    PUT_COUNTS(out, "handshakes", {"completed", counters->handshakes},
               {"failed", counters->failed_handshakes});
    PUT_COUNTS(out, "tls", {"completed", loop->secured}, {"resumed", loop->resumed},
               {"failed", loop->insecure});
    PUT_COUNTS(out, "bytes", {"received", loop->received}, {"sent", loop->sent});
    PUT_COUNTS(out, "tasks", {"running", gauges.tasks}, {"started", counters->tasks});
    PUT_COUNTS(out, "streams", {"open", sum_of_daemons(out->runtime, streams_of)},
               {"made", counters->item_streams});
    PUT_COUNTS(out, "memory", {"resident", resident_bytes()}, {"lua", gauges.lua_memory});
    PUT_COUNTS(out, "names", {"registered", gauges.names});
    PUT_COUNTS(out, "leases", {"held", gauges.leases}, {"renewed", gauges.renewals},
               {"ended", gauges.ended_leases});
    PUT_COUNTS(out, "storage", {"changes", gauges.changes}, {"failed", gauges.failed_changes},
               {"pending", gauges.pending_changes});
}

/* Sections of the whole. */
#define SECTIONS 15

enum pyro_code pyro_stats_put(struct pyro_runtime *runtime,
                              const struct pyro_stats_options *options, struct pyro_sink *to)
{
    struct output out = {to, runtime, options->buckets, PYRO_OK};
    begin(&out, PYRO_DICT, SECTIONS);
    put_seconds(&out, "uptime", pyro_loop_now(runtime->loop) - runtime->counters.opened);
    put_connections(&out);
    put_all_calls(&out);
    put_methods(&out, options);
    put_proxies(&out);
    put_loop(&out, pyro_loop_counters(runtime->loop));
    put_others(&out);
    end(&out, PYRO_DICT);
    return out.code;
}
