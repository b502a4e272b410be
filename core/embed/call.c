/* Calls of C programs.
 *
 * A call is being written (its arguments go into a tree), then sent, then over; pyrolua_call_free()
 * takes it from any of these. Once sent, it waits first until the proxy's client is connected; then
 * the arguments leave. All of that happens in completions. The program's `done` is called once, as
 * the last of them: it may free the call, its proxy and the runtime. */
#include <string.h>

#include "base/assert.h"
#include "base/memory.h"
#include "embed/certificate.h"
#include "embed/exception.h"
#include "embed/proxy.h"
#include "embed/reader.h"
#include "embed/runtime.h"
#include "embed/writer.h"
#include "rpc/call.h"
#include "rpc/client.h"
#include "rpc/members.h"
#include "value/utf8.h"

enum state { WRITING, SENT, OVER };

struct pyrolua_call {
    pyrolua_runtime *runtime;
    pyrolua_proxy *proxy; /* NULL once that is freed */
    struct pyro_list node;
    enum state state;
    bool batch, calls; /* a batch, and it has calls */
    bool waited;       /* by pyrolua_call_wait() */
    struct embed_chain chain;
    char *method;
    struct pyro_tree arguments;
    struct pyro_error written; /* what went wrong with them */
    pyrolua_writer writer;
    pyrolua_done *done;
    void *owner;
    struct pyro_call wait;        /* for the connection, then for the reply */
    struct pyro_completion later; /* it is over: a oneway call */
    struct pyro_report report;    /* why it failed */
    struct pyro_tree result;
    struct pyro_error read; /* what went wrong with it */
    pyrolua_reader reader;
};

/* --- the end of a call --- */

static void end_call(pyrolua_call *call)
{
    PYRO_ASSERT(call->state == SENT);
    call->state = OVER;
    if (!call->done)
        return;
    pyrolua_runtime *runtime = call->runtime;
    pyrolua_error error = embed_view(&call->report);
    if (runtime->closing)
        error.code = PYROLUA_ECLOSED;
    bool good = call->result.root.u.of.count > 0;
    uint64_t outer = embed_enter_callback(runtime);
    call->done(call->owner, call, good ? NULL : &error); /* may free it */
    embed_leave_callback(runtime, outer);
}

static void fail_call(pyrolua_call *call, const struct pyro_error *err)
{
    pyro_report_error(&call->report, err);
    pyro_tree_free(&call->result); /* it may have come in part */
    end_call(call);
}

static enum pyro_code take_reply(pyrolua_call *call)
{
    const struct pyro_value *value;
    if (call->wait.reply.header.flags & PYRO_FLAG_STREAM)
        return pyro_error_set(&call->read, PYRO_ESERIALIZE,
                              "the result is an item stream, which only scripts can read");
    if (pyro_call_read(&call->wait, &call->result.sink, &call->read) != PYRO_OK)
        return call->read.code;
    value = call->result.root.u.of.items;
    if (call->batch && value->type != PYRO_CONTAINER_VALUE && !pyro_call_raised(&call->wait))
        return pyro_error_set(&call->read, PYRO_EPROTOCOL, "the result of a batch is no list");
    return PYRO_OK;
}

static void call_on_reply(struct pyro_call *wait)
{
    pyrolua_call *call = PYRO_CONTAINER(wait, pyrolua_call, wait);
    const struct pyro_value *value;
    if (wait->error.code != PYRO_OK || take_reply(call) != PYRO_OK) {
        fail_call(call, wait->error.code != PYRO_OK ? &wait->error : &call->read);
        return;
    }
    value = call->result.root.u.of.items;
    if (pyro_call_raised(wait)) {
        exception_report(&call->report, value);
        if (call->proxy)
            pyro_client_raised(call->proxy->client, pyro_report_text(&call->report.class_name));
        pyro_tree_free(&call->result);
    } else {
        reader_init(&call->reader, call->runtime, call->batch ? value->u.of.items : value,
                    call->batch ? value->u.of.count : 1);
        call->reader.batch = call->batch;
    }
    end_call(call);
}

/* Ends a oneway call, which has left: its result is nil. */
static void call_on_later(struct pyro_completion *done)
{
    pyrolua_call *call = PYRO_CONTAINER(done, pyrolua_call, later);
    if (pyro_put_nil(&call->result.sink) == PYRO_OK)
        reader_init(&call->reader, call->runtime, call->result.root.u.of.items, 1);
    else
        pyro_report_error(&call->report, &call->read);
    end_call(call);
}

/* Gives up what is under way. */
static void leave_call(pyrolua_call *call)
{
    pyro_completion_cancel(&call->later);
    pyro_call_free(&call->wait);
}

void pyrolua_proxy_free(pyrolua_proxy *proxy)
{
    if (!proxy)
        return;
    struct pyro_list *calls = embed_handles(proxy->runtime, EMBED_CALLS);
    for (struct pyro_list *node = calls->next; node != calls; node = node->next) {
        pyrolua_call *call = PYRO_CONTAINER(node, pyrolua_call, node);
        if (call->proxy == proxy)
            call->proxy = NULL; /* it hears from the client */
    }
    pyro_list_remove(&proxy->node);
    pyro_client_free(proxy->client);
    pyro_certificate_free(proxy->certificate);
    pyro_free(proxy);
}

/* --- sending: each step starts the next, or returns why it cannot --- */

static bool is_oneway(const pyrolua_call *call)
{
    struct pyro_slice method = pyro_slice_text(call->method);
    return !call->batch && (pyro_client_member(call->proxy->client, method) & PYRO_ONEWAY);
}

static enum pyro_code transmit(pyrolua_call *call, struct pyro_error *err)
{
    struct pyro_client *client = call->proxy->client;
    const struct pyro_value *values = call->arguments.root.u.of.items;
    const struct embed_chain *chain = &call->chain;
    const struct pyro_annotation trace = {PYRO_TRACE_ANNOTATION,
                                          pyro_slice(chain->traceparent, chain->traced)};
    struct pyro_call_head head = {.method = pyro_slice_text(call->method),
                                  .flags = call->batch ? PYRO_FLAG_BATCH : 0,
                                  .annotations = &trace,
                                  .annotation_count = chain->traced > 0,
                                  .correlated = chain->correlated};
    memcpy(head.correlation, chain->correlation, sizeof(head.correlation));
    if (pyro_client_congested(client)) { /* its time will come */
        pyro_client_drain(client, &call->wait);
        return PYRO_OK;
    }
    bool oneway = is_oneway(call);
    head.awaited = call->waited && !oneway ? chain->awaited : 0;
    call->wait.done = call_on_reply;
    struct pyro_sink *to = pyro_client_begin(client, &head, err);
    if (!to)
        return err->code;
    if (pyro_value_put(&values[0], to) != PYRO_OK || pyro_value_put(&values[1], to) != PYRO_OK) {
        pyro_client_abort(client);
        return err->code;
    }
    enum pyro_code code =
        pyro_client_send(client, oneway ? NULL : &call->wait, call->proxy->timeout, err);
    if (code == PYRO_OK && oneway)
        pyro_loop_post(embed_core(call->runtime)->loop, &call->later);
    return code;
}

static void call_on_bound(struct pyro_call *wait)
{
    pyrolua_call *call = PYRO_CONTAINER(wait, pyrolua_call, wait);
    struct pyro_error err = wait->error;
    enum pyro_code code = err.code;
    pyro_call_free(wait);
    if (!call->proxy)
        code = pyro_error_set(&err, PYRO_ECLOSED, "the proxy was freed");
    else if (code == PYRO_OK)
        code = transmit(call, &err);
    if (code != PYRO_OK)
        fail_call(call, &err);
}

static enum pyro_code begin(pyrolua_call *call, struct pyro_error *err)
{
    bool ready = false;
    pyrolua_proxy *proxy = call->proxy;
    if (pyro_client_lost(proxy->client, err))
        return err->code;
    call->wait.done = call_on_bound;
    enum pyro_code code =
        pyro_client_connect(proxy->client, NULL, &call->wait, proxy->timeout, &ready, err);
    return code == PYRO_OK && ready ? transmit(call, err) : code;
}

static enum pyro_code end_arguments(pyrolua_call *call)
{
    pyrolua_writer *writer = &call->writer;
    if (!call->batch || call->calls)
        writer_end_arguments(writer);
    if (call->batch && call->written.code == PYRO_OK) {
        if (call->calls)
            pyro_end(writer->to, PYRO_TUPLE);
        pyro_end(writer->to, PYRO_LIST);
        pyro_put_nil(writer->to);
    }
    writer->closed = true;
    return call->written.code;
}

static int send_call(pyrolua_call *call)
{
    struct pyro_error err = {.code = PYRO_OK};
    if (call->state != WRITING || !call->proxy)
        return embed_refuse(call->runtime, "a call is sent once, while its proxy is there");
    call->state = SENT;
    call->chain = call->runtime->serving;
    if (end_arguments(call) != PYRO_OK)
        err = call->written;
    else
        begin(call, &err);
    if (err.code == PYRO_OK)
        return PYROLUA_OK;
    call->state = OVER;
    return embed_fail(call->runtime, &err);
}

int pyrolua_call_send(pyrolua_call *call, pyrolua_done *done, void *owner)
{
    if (!call)
        return PYROLUA_EVALUE;
    if (call->runtime->closing)
        return embed_fail_closed(call->runtime);
    if (call->state == WRITING) { /* else it is refused, and the one that was sent hears */
        call->done = done;
        call->owner = owner;
    }
    return send_call(call);
}

int pyrolua_call_wait(pyrolua_call *call)
{
    if (!call)
        return PYROLUA_EVALUE;
    pyrolua_runtime *runtime = call->runtime;
    bool alive = true;
    int code = embed_enter_wait(runtime);
    if (code != PYROLUA_OK)
        return code;
    call->waited = true;
    code = send_call(call);
    while (code == PYROLUA_OK && !runtime->closing && call->state != OVER && alive)
        code = embed_step(runtime, -1, &alive);
    if (code == PYROLUA_OK && !runtime->closing)
        code = call->state != OVER                 ? embed_unmet(runtime)
               : call->result.root.u.of.count == 0 ? embed_take(runtime, &call->report)
                                                   : PYROLUA_OK;
    return embed_leave(runtime, code);
}

/* --- calls --- */

static void calls_close(pyrolua_runtime *runtime)
{
    struct pyro_error err;
    struct pyro_list ended, *node, *handles = embed_handles(runtime, EMBED_CALLS);
    pyro_error_set(&err, PYRO_ECLOSED, "the runtime is being freed");
    pyro_list_init(&ended);
    while ((node = pyro_list_pop(handles)) != NULL) {
        pyrolua_call *call = PYRO_CONTAINER(node, pyrolua_call, node);
        pyro_list_push(&ended, node);
        leave_call(call);
        if (call->state == SENT)
            fail_call(call, &err); /* may free any call */
    }
    while ((node = pyro_list_pop(&ended)) != NULL)
        pyro_list_push(handles, node);
}

static void calls_free(pyrolua_runtime *runtime)
{
    struct pyro_list *handles = embed_handles(runtime, EMBED_CALLS);
    while (!pyro_list_empty(handles))
        pyrolua_call_free(PYRO_CONTAINER(handles->next, pyrolua_call, node));
}

static const struct embed_part calls = {.close = calls_close, .free = calls_free};

static int new_call(pyrolua_proxy *proxy, const char *method, bool batch, pyrolua_call **out)
{
    struct pyro_error err = {.code = PYRO_OK};
    pyrolua_runtime *runtime = proxy ? proxy->runtime : NULL;
    if (!out)
        return embed_refuse_null(runtime, batch ? "batch" : "call");
    *out = NULL;
    if (!proxy || !method)
        return embed_refuse_null(runtime, "method");
    if (proxy->runtime->closing)
        return embed_fail_closed(proxy->runtime);
    if (!pyro_utf8_valid(pyro_slice_text(method)))
        return embed_refuse(proxy->runtime, "the method's name is no UTF-8");
    pyrolua_call *call = pyro_calloc(1, sizeof(*call));
    if (call)
        call->method = pyro_copy_text(method, strlen(method));
    if (!call || !call->method) {
        pyro_free(call);
        pyro_error_memory(&err);
        return embed_fail(proxy->runtime, &err);
    }
    call->runtime = proxy->runtime;
    call->proxy = proxy;
    call->batch = batch;
    embed_keep(proxy->runtime, EMBED_CALLS, &calls, &call->node);
    pyro_completion_init(&call->later, call_on_later);
    pyro_tree_init(&call->arguments, &call->written);
    pyro_tree_init(&call->result, &call->read);
    reader_init(&call->reader, call->runtime, NULL, 0);
    writer_init(&call->writer, &call->arguments.sink);
    if (batch)
        pyro_begin(call->writer.to, PYRO_LIST, 0);
    else
        writer_begin_arguments(&call->writer);
    call->writer.closed = batch; /* until there is a call */
    *out = call;
    return PYROLUA_OK;
}

int pyrolua_call_new(pyrolua_proxy *proxy, const char *method, pyrolua_call **call)
{
    return new_call(proxy, method, false, call);
}

int pyrolua_batch_new(pyrolua_proxy *proxy, pyrolua_call **batch)
{
    return new_call(proxy, "<batch>", true, batch);
}

static bool can_add(const pyrolua_call *batch, const char *method)
{
    return batch->batch && batch->state == WRITING && method &&
           pyro_utf8_valid(pyro_slice_text(method));
}

void pyrolua_batch_add(pyrolua_call *batch, const char *method)
{
    if (!batch)
        return;
    struct pyro_sink *to = batch->writer.to;
    bool good = can_add(batch, method);
    if (!good)
        pyro_error_set(&batch->written, PYRO_EVALUE, "that is no call for a batch");
    if (batch->calls)
        writer_end_arguments(&batch->writer);
    if (batch->calls && batch->written.code == PYRO_OK)
        pyro_end(to, PYRO_TUPLE);
    if (good && batch->written.code == PYRO_OK && pyro_begin(to, PYRO_TUPLE, 3) == PYRO_OK)
        pyro_put_text(to, method);
    batch->calls = true;
    batch->writer.closed = false;
    writer_begin_arguments(&batch->writer);
}

pyrolua_writer *pyrolua_call_arguments(pyrolua_call *call)
{
    return call ? &call->writer : NULL;
}

pyrolua_reader *pyrolua_call_result(pyrolua_call *call)
{
    return call && call->result.root.u.of.count > 0 && call->state == OVER ? &call->reader : NULL;
}

void pyrolua_call_free(pyrolua_call *call)
{
    if (!call)
        return;
    leave_call(call);
    pyro_list_remove(&call->node);
    reader_free(&call->reader);
    pyro_tree_free(&call->arguments);
    pyro_tree_free(&call->result);
    pyro_report_free(&call->report);
    pyro_free(call->method);
    pyro_free(call);
}
