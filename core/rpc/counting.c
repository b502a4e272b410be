/* Counts the calls of requests. The tallies of an object's methods are a list, in which the one
 * that was called last comes first: to find it costs no hash. */
#include "rpc/counting.h"

#include "rpc/connection.h"
#include "rpc/request.h"
#include "rpc/request_log.h"

static void begin(struct pyro_request *request, struct pyro_method_tally *tally)
{
    tally->calls.in_flight++;
    request->tally = tally;
}

static PYRO_NOINLINE void begin_later(struct pyro_request *request, struct pyro_object *object)
{
    struct pyro_method_tally *tally = pyro_tally_find(object, request->call.method);
    if (tally)
        begin(request, tally);
}

void pyro_count_known(struct pyro_request *request, struct pyro_object *object)
{
    struct pyro_method_tally *first = object->tallies;
    if (first && pyro_tally_is_of(first, request->call.method))
        begin(request, first);
    else if (first)
        begin_later(request, object);
}

/* The object may be unregistered, or its daemon closed, by now. */
void pyro_count_found(struct pyro_request *request, struct pyro_slice method)
{
    struct pyro_counters *counters = &request->runtime->counters;
    struct pyro_object *object = pyro_connection_find(request->connection, request->call.object);
    begin(request, object ? pyro_tally_of(counters, object, method) : &counters->other);
    uint64_t now = pyro_loop_clock(request->runtime->loop);
    if (request->kind == PYRO_REQUEST_BATCH && request->since < now)
        request->since = now; /* others had their turn since the last entry */
}

static PYRO_NOINLINE void end_unfound(struct pyro_request *request, uint64_t time)
{
    pyro_histogram_count(&request->runtime->counters.unfound.times, time);
}

static PYRO_NOINLINE void log_slow(struct pyro_request *request, uint64_t time)
{
    const struct pyro_method_tally *tally = request->tally;
    bool shared = tally == &request->runtime->counters.other;
    pyro_request_log_slow(request, shared ? request->call.method : tally->name, (double)time / 1e9);
}

void pyro_count_ended(struct pyro_request *request)
{
    struct pyro_method_tally *tally = request->tally;
    uint64_t now = pyro_loop_read_clock(request->runtime->loop), time = now - request->since;
    request->since = now;
    if (!tally) {
        end_unfound(request, time);
        return;
    }
    double slow = request->runtime->config.LOGSLOW;
    if (slow > 0 && (double)time >= slow * 1e9)
        log_slow(request, time);
    request->tally = NULL;
    PYRO_ASSERT(tally->calls.in_flight > 0);
    pyro_histogram_count(&tally->calls.times, time);
    if (--tally->calls.in_flight == 0 && tally->gone)
        pyro_tally_drop(&request->runtime->counters, tally);
}
