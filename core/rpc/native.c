/* Objects whose methods are functions of C.
 *
 * A single request is answered at once, or later through a deferred answer. A batch runs entries
 * until one is put off, the turn is over, or one fails: then it waits, pauses (in the list of the
 * daemon, which drops it when it closes), or ends. Methods may do anything, even close the daemon.
 */
#include "rpc/native.h"

#include "base/assert.h"
#include "base/memory.h"
#include "rpc/connection.h"
#include "rpc/exception.h"
#include "rpc/guard.h"
#include "rpc/private.h"
#include "rpc/request_log.h"

/* Seconds of computing that a request may take before others get their turn. */
#define BUDGET 0.05

/* Before a request ends: whoever computed for long lets the others go first. */
static void settle(const struct pyro_request *request, double budget)
{
    if (budget < BUDGET)
        pyro_connection_yield(request->connection);
}

void pyro_deferred_init(struct pyro_deferred *deferred, const struct pyro_deferred_ops *ops)
{
    deferred->ops = ops;
    pyro_error_clear(&deferred->err);
    pyro_tree_init(&deferred->answer, &deferred->err);
}

struct pyro_deferred *pyro_native_defer(const struct pyro_native_call *call)
{
    PYRO_ASSERT(!call->slot->deferred);
    struct pyro_deferred *deferred = call->slot->defer(call->slot);
    call->slot->deferred = deferred != NULL;
    return deferred;
}

/* --- single calls --- */

/* Sends a call's answer or, where there is one, its error. */
static void answer_request(struct pyro_request *request, const struct pyro_tree *answer,
                           struct pyro_error *err)
{
    if (err->code == PYRO_OK && !pyro_request_wanted(request))
        pyro_request_finish(request);
    else if (err->code != PYRO_OK ||
             pyro_request_answer(request, answer->root.u.of.items, err) != PYRO_OK)
        pyro_request_fail(request, err);
}

struct single {
    struct pyro_deferred deferred;
    struct pyro_request *request;
};

static struct single *single_of(const struct pyro_deferred *deferred)
{
    return PYRO_CONTAINER(deferred, struct single, deferred);
}

static bool single_wanted(const struct pyro_deferred *deferred)
{
    return pyro_request_wanted(single_of(deferred)->request);
}

static void answer_single(struct pyro_deferred *deferred, struct pyro_error *why)
{
    struct single *single = single_of(deferred);
    *why = deferred->err;
    answer_request(single->request, &deferred->answer, why);
    pyro_tree_free(&deferred->answer);
    pyro_free(single);
}

static const struct pyro_deferred_ops single_ops = {single_wanted, answer_single};

struct single_slot {
    struct pyro_native_slot slot;
    struct pyro_request *request;
};

static struct pyro_deferred *defer_single(struct pyro_native_slot *slot)
{
    struct single *single = pyro_malloc(sizeof(*single));
    if (!single)
        return NULL;
    pyro_deferred_init(&single->deferred, &single_ops);
    single->request = PYRO_CONTAINER(slot, struct single_slot, slot)->request;
    return &single->deferred;
}

/* Checks whether the client may access the attribute whose name is the first argument. */
static enum pyro_code check_attribute(struct pyro_request *request, const struct pyro_value *args,
                                      struct pyro_error *err)
{
    const struct pyro_value *name = pyro_value_at(args, 0);
    if (request->kind == PYRO_REQUEST_METHOD || !request->guarded)
        return PYRO_OK;
    return pyro_guard_call(
        request, name && name->type == PYRO_STR ? name->u.text : pyro_slice("", 0), NULL, err);
}

/* Serves a call. The answer is collected first: a oneway call, or an error midway, sends none. */
static void serve_one(struct pyro_object *self, struct pyro_request *request, pyro_native_fn *run)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_tree args, answer;
    struct single_slot single = {{.defer = defer_single}, request};
    double budget = BUDGET;
    pyro_tree_init(&args, &err);
    pyro_tree_init(&answer, &err);
    if (pyro_request_args(request, &args.sink, &err) == PYRO_OK &&
        check_attribute(request, args.root.u.of.items, &err) == PYRO_OK) {
        const struct pyro_value *given = args.root.u.of.items;
        run(&(struct pyro_native_call){self, request, request->kind, request->call.method,
                                       &given[0], &given[1], &answer.sink, &budget, &err,
                                       &single.slot});
    }
    if (!single.slot.deferred) {
        settle(request, budget);
        answer_request(request, &answer, &err);
    }
    pyro_tree_free(&answer);
    pyro_tree_free(&args);
}

/* --- batches --- */

struct batch {
    struct pyro_list node; /* in the daemon's list, while it pauses */
    struct pyro_completion next;
    struct pyro_object *self;
    struct pyro_request *request;
    pyro_native_fn *run;
    struct pyro_error err;
    struct pyro_tree calls, results;
    size_t at;     /* calls that have run */
    double budget; /* see struct pyro_native_call */
    struct pyro_native_slot slot;
    struct pyro_deferred deferred; /* the answer of the call that ran last */
    bool waiting;                  /* for that */
    bool running;                  /* calls */
};

static void free_batch(struct batch *batch)
{
    pyro_list_remove(&batch->node);
    pyro_completion_cancel(&batch->next);
    pyro_tree_free(&batch->calls);
    pyro_tree_free(&batch->results);
    pyro_free(batch);
}

static void fail_batch(struct batch *batch)
{
    struct pyro_request *request = batch->request;
    struct pyro_error why = batch->err;
    settle(request, batch->budget);
    free_batch(batch);
    pyro_request_fail(request, &why);
}

static const struct pyro_value *calls_of(const struct batch *batch)
{
    return &batch->calls.root.u.of.items[0];
}

static enum pyro_code end_batch(struct batch *batch)
{
    struct pyro_request *request = batch->request;
    if (pyro_end(&batch->results.sink, PYRO_LIST) != PYRO_OK)
        return batch->err.code;
    settle(request, batch->budget);
    if (!pyro_request_wanted(request))
        pyro_request_finish(request);
    else if (pyro_request_answer(request, batch->results.root.u.of.items, &batch->err) != PYRO_OK)
        return batch->err.code;
    free_batch(batch);
    return PYRO_OK;
}

/* In its place among the results; nothing runs after it. */
static enum pyro_code put_failure(struct batch *batch, const struct pyro_error *why)
{
    const struct pyro_protocol *protocol = batch->request->protocol;
    struct pyro_sink *to = &batch->results.sink;
    const struct pyro_value *call = pyro_value_at(calls_of(batch), batch->at - 1);
    struct pyro_class class = {.name = pyro_slice_text(protocol->batch_error)};
    enum pyro_code code;
    pyro_request_log_error(batch->request, pyro_value_at(call, 0)->u.text, why);
    if ((code = pyro_begin_object(to, &class, 1)) != PYRO_OK ||
        (code = pyro_put_text(to, "exception")) != PYRO_OK ||
        (code = pyro_put_error(to, protocol, why, true)) != PYRO_OK)
        return code;
    batch->at = calls_of(batch)->u.of.count;
    return pyro_end(to, PYRO_DICT);
}

static bool is_sequence(const struct pyro_value *value)
{
    return value && value->type == PYRO_CONTAINER_VALUE &&
           (value->kind == PYRO_LIST || value->kind == PYRO_TUPLE);
}

static bool are_named(const struct pyro_value *value)
{
    return value->type == PYRO_NIL ||
           (value->type == PYRO_CONTAINER_VALUE && value->kind == PYRO_DICT);
}

static enum pyro_code refuse_batch(struct batch *batch)
{
    return pyro_error_set(&batch->err, PYRO_EPROTOCOL, "malformed batch");
}

/* Puts the answer of a call, or its error, in its place. */
static enum pyro_code put_answer(struct batch *batch, const struct pyro_tree *answer,
                                 const struct pyro_error *err)
{
    if (err->code != PYRO_OK)
        pyro_request_count_error(batch->request, pyro_slice_text(pyro_error_name(err)));
    pyro_count_ended(batch->request);
    return err->code == PYRO_OK ? pyro_value_put(answer->root.u.of.items, &batch->results.sink)
                                : put_failure(batch, err);
}

/* Runs a call: a tuple of a name, arguments and named arguments. */
static enum pyro_code run_call(struct batch *batch, const struct pyro_value *value)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_tree answer;
    const struct pyro_value *name = pyro_value_at(value, 0), *args = pyro_value_at(value, 1);
    static const struct pyro_value none = {.type = PYRO_NIL};
    const struct pyro_value *kwargs = pyro_value_at(value, 2) ? pyro_value_at(value, 2) : &none;
    if (!is_sequence(value) || !name || name->type != PYRO_STR || !is_sequence(args) ||
        !are_named(kwargs))
        return refuse_batch(batch);
    if (pyro_is_private(name->u.text))
        return pyro_refuse_private(&batch->err, name->u.text);
    struct pyro_native_call call = {
        batch->self, batch->request, PYRO_REQUEST_METHOD, name->u.text, args,
        kwargs,      &answer.sink,   &batch->budget,      &err,         &batch->slot};
    pyro_tree_init(&answer, &err);
    batch->slot.deferred = false;
    if (pyro_guard_call(batch->request, call.method, args, &err) == PYRO_OK)
        batch->run(&call);
    if (!batch->slot.deferred)
        put_answer(batch, &answer, &err);
    pyro_tree_free(&answer);
    return batch->err.code;
}

static enum pyro_code check_served(struct batch *batch)
{
    if (pyro_request_object(batch->request) == batch->self)
        return PYRO_OK;
    return pyro_error_set(&batch->err, PYRO_EDAEMON, "unknown object");
}

/* Pauses a batch, so that others get their turn. Meanwhile, a daemon that closes drops the batch.
 */
static void pause_batch(struct batch *batch)
{
    PYRO_ASSERT(pyro_list_empty(&batch->node) && !batch->waiting);
    pyro_list_push(&batch->request->connection->registry->batches, &batch->node);
    pyro_loop_post_late(batch->request->runtime->loop, &batch->next);
}

/* Runs the next calls, until one is answered later; false when there is none left. */
static bool run_calls(struct batch *batch)
{
    const struct pyro_value *call = pyro_value_at(calls_of(batch), batch->at);
    double budget = batch->budget;
    batch->running = true;
    for (size_t i = 0;
         i < PYRO_ENTRIES_A_TURN && batch->budget >= budget && call && !batch->waiting; i++) {
        batch->at++;
        if (run_call(batch, call) != PYRO_OK || check_served(batch) != PYRO_OK)
            break;
        call = pyro_value_at(calls_of(batch), batch->at);
    }
    batch->running = false;
    return call != NULL;
}

/* Runs some calls. A call may do anything, even close the daemon: the batch is not in its list
 * then. */
static void run_some(struct batch *batch)
{
    bool more = check_served(batch) == PYRO_OK && run_calls(batch);
    if (batch->waiting)
        return;
    if (batch->err.code == PYRO_OK && more)
        pause_batch(batch);
    else if (batch->err.code != PYRO_OK || end_batch(batch) != PYRO_OK)
        fail_batch(batch);
}

static void native_on_next(struct pyro_completion *done)
{
    struct batch *batch = PYRO_CONTAINER(done, struct batch, next);
    pyro_list_remove(&batch->node);
    run_some(batch);
}

/* --- calls of a batch that are answered later --- */

static struct batch *batch_of(const struct pyro_deferred *deferred)
{
    return PYRO_CONTAINER(deferred, struct batch, deferred);
}

static bool call_wanted(const struct pyro_deferred *deferred)
{
    return pyro_request_wanted(batch_of(deferred)->request);
}

/* Goes on with the batch: from the loop, where a call is answered at once from its own method. */
static void answer_call(struct pyro_deferred *deferred, struct pyro_error *why)
{
    struct batch *batch = batch_of(deferred);
    PYRO_ASSERT(batch->waiting);
    *why = deferred->err;
    if (batch->err.code == PYRO_OK)
        put_answer(batch, &deferred->answer, why);
    pyro_tree_free(&deferred->answer);
    batch->waiting = false;
    if (why->code == PYRO_OK)
        *why = batch->err;
    if (batch->running)
        return;
    if (batch->err.code == PYRO_OK && check_served(batch) == PYRO_OK)
        pause_batch(batch);
    else
        fail_batch(batch);
}

static struct pyro_deferred *defer_call(struct pyro_native_slot *slot)
{
    static const struct pyro_deferred_ops ops = {call_wanted, answer_call};
    struct batch *batch = PYRO_CONTAINER(slot, struct batch, slot);
    PYRO_ASSERT(batch->running && !batch->waiting);
    pyro_deferred_init(&batch->deferred, &ops);
    batch->waiting = true;
    return &batch->deferred;
}

/* --- serving --- */

static enum pyro_code take_calls(struct batch *batch)
{
    if (pyro_request_args(batch->request, &batch->calls.sink, &batch->err) != PYRO_OK)
        return batch->err.code;
    return is_sequence(calls_of(batch)) ? PYRO_OK : refuse_batch(batch);
}

static void serve_batch(struct pyro_object *self, struct pyro_request *request, pyro_native_fn *run)
{
    struct pyro_error err;
    struct batch *batch = pyro_calloc(1, sizeof(*batch));
    if (!batch) {
        pyro_error_memory(&err);
        pyro_request_fail(request, &err);
        return;
    }
    batch->self = self;
    batch->request = request;
    batch->run = run;
    batch->budget = BUDGET;
    batch->slot.defer = defer_call;
    pyro_completion_init(&batch->next, native_on_next);
    pyro_list_init(&batch->node);
    pyro_tree_init(&batch->calls, &batch->err);
    pyro_tree_init(&batch->results, &batch->err);
    batch->results.sink.calls_classes = request->codec->calls_classes;
    if (take_calls(batch) == PYRO_OK &&
        pyro_begin(&batch->results.sink, PYRO_LIST, calls_of(batch)->u.of.count) == PYRO_OK)
        run_some(batch);
    else
        fail_batch(batch);
}

void pyro_native_serve(struct pyro_object *self, struct pyro_request *request, pyro_native_fn *run)
{
    if (request->kind == PYRO_REQUEST_BATCH)
        serve_batch(self, request, run);
    else
        serve_one(self, request, run);
}

void pyro_native_drop_all(struct pyro_list *batches)
{
    while (!pyro_list_empty(batches)) {
        struct batch *batch = PYRO_CONTAINER(batches->next, struct batch, node);
        struct pyro_request *request = batch->request;
        free_batch(batch);
        pyro_request_finish(request);
    }
}
