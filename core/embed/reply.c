#include "embed/reply.h"

#include "base/assert.h"
#include "base/memory.h"
#include "embed/runtime.h"

struct pyrolua_reply {
    pyrolua_runtime *runtime;
    struct pyro_list node;
    struct object *object; /* retained */
    struct pyro_deferred *deferred;
    pyrolua_writer writer;
    struct method_call *method; /* that put it off, while that runs; else NULL */
};

/* Has the loop wait for another thread's doing as long as there are replies to give. */
static void hold_loop(pyrolua_runtime *runtime)
{
    pyro_loop_hold(embed_core(runtime)->loop,
                   !pyro_list_empty(embed_handles(runtime, EMBED_REPLIES)));
}

static void replies_free(pyrolua_runtime *runtime)
{
    struct pyro_list *handles = embed_handles(runtime, EMBED_REPLIES);
    while (!pyro_list_empty(handles))
        pyrolua_reply_free(PYRO_CONTAINER(handles->next, pyrolua_reply, node));
}

static const struct embed_part replies = {.free = replies_free};

static void add(pyrolua_reply *reply, struct method_call *method)
{
    *reply = (pyrolua_reply){.runtime = method->object->runtime,
                             .object = method->object,
                             .deferred = pyro_native_defer(method->native),
                             .method = method};
    if (!reply->deferred)
        return;
    PYRO_ASSERT(!method->reply && !method->deferred);
    writer_init(&reply->writer, &reply->deferred->answer.sink);
    object_retain(reply->object);
    embed_keep(reply->runtime, EMBED_REPLIES, &replies, &reply->node);
    hold_loop(reply->runtime);
    method->result.closed = true;
    method->deferred = true;
    method->reply = reply;
}

pyrolua_reply *pyrolua_defer(pyrolua_writer *result)
{
    struct pyro_error err;
    struct method_call *method = result ? result->method : NULL;
    if (!method)
        return NULL;
    pyrolua_runtime *runtime = method->object->runtime;
    if (method->deferred) {
        embed_refuse(runtime, "the answer of a call is put off once");
        return NULL;
    }
    pyrolua_reply *reply = pyro_malloc(sizeof(*reply));
    if (reply)
        add(reply, method);
    if (reply && reply->deferred)
        return reply;
    pyro_free(reply);
    pyro_error_memory(&err);
    embed_fail(runtime, &err);
    return NULL;
}

pyrolua_writer *pyrolua_reply_writer(pyrolua_reply *reply)
{
    return reply ? &reply->writer : NULL;
}

int pyrolua_reply_wanted(const pyrolua_reply *reply)
{
    return reply && reply->deferred->ops->wanted(reply->deferred);
}

/* Answers, and frees the reply. `*why`: what the caller got in place of what was written. */
static void give_answer(pyrolua_reply *reply, struct pyro_error *why)
{
    pyrolua_runtime *runtime = reply->runtime;
    PYRO_ASSERT(!reply->method || reply->method->reply == reply);
    reply->deferred->ops->answer(reply->deferred, why);
    if (reply->method)
        reply->method->reply = NULL;
    pyro_list_remove(&reply->node);
    hold_loop(runtime);
    object_release(reply->object);
    pyro_free(reply);
}

int pyrolua_reply_send(pyrolua_reply *reply)
{
    struct pyro_error why;
    if (!reply)
        return PYROLUA_EVALUE;
    pyrolua_runtime *runtime = reply->runtime;
    if (reply->writer.values == 0)
        pyrolua_put_nil(&reply->writer);
    writer_close(&reply->writer);
    give_answer(reply, &why);
    return why.code == PYRO_OK ? PYROLUA_OK : embed_fail(runtime, &why);
}

int pyrolua_reply_raise(pyrolua_reply *reply, const char *class_name, const char *format, ...)
{
    struct pyro_error why;
    va_list args;
    if (!reply)
        return PYROLUA_EVALUE;
    pyrolua_runtime *runtime = reply->runtime;
    va_start(args, format);
    int code = writer_raise(&reply->deferred->err, class_name, format, args);
    va_end(args);
    give_answer(reply, &why);
    return code == PYROLUA_ERAISED ? PYROLUA_OK : embed_fail(runtime, &why);
}

void pyrolua_reply_free(pyrolua_reply *reply)
{
    struct pyro_error why;
    if (!reply)
        return;
    pyro_error_set(&reply->deferred->err, PYRO_ERUNTIME, "the call was given up unanswered");
    give_answer(reply, &why);
}

enum pyro_code reply_keep(struct method_call *method)
{
    if (method->reply)
        method->reply->method = NULL;
    return PYRO_OK;
}

enum pyro_code reply_fail(struct method_call *method, const struct pyro_error *why)
{
    struct pyro_error said;
    pyrolua_reply *reply = method->reply;
    if (reply) {
        reply->deferred->err = *why;
        give_answer(reply, &said);
    }
    return PYRO_OK;
}
