/* Calls of methods and attributes of the program's objects.
 *
 * A call finds its member and its arguments, runs the program's function, and then has a result, an
 * error, or an answer that was put off (reply.c). The function may do anything: step the loop, so
 * that further calls of the same object run inside of this one; unregister the object, which stays
 * as long as the call has a reference; free the runtime, which is destroyed once everything has
 * returned. What the function raised wins over what reading its arguments found, and that over
 * the code which it returned. */
#include "embed/method.h"

#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "base/memory.h"
#include "embed/object.h"
#include "embed/parameters.h"
#include "embed/reader.h"
#include "embed/reply.h"
#include "embed/runtime.h"
#include "rpc/private.h"

/* --- errors of methods --- */

static const struct {
    const char *name;
    enum pyro_code code; /* whose class its exception has */
} codes[] = {
    [PYROLUA_EMEMORY] = {"PYROLUA_EMEMORY", PYRO_EMEMORY},
    [PYROLUA_EVALUE] = {"PYROLUA_EVALUE", PYRO_EVALUE},
    [PYROLUA_ESYSTEM] = {"PYROLUA_ESYSTEM", PYRO_EOS},
    [PYROLUA_ECOMMUNICATION] = {"PYROLUA_ECOMMUNICATION", PYRO_ECOMMUNICATION},
    [PYROLUA_ETIMEOUT] = {"PYROLUA_ETIMEOUT", PYRO_ETIMEOUT},
    [PYROLUA_ENAMING] = {"PYROLUA_ENAMING", PYRO_ENAMING},
    [PYROLUA_ESERIALIZE] = {"PYROLUA_ESERIALIZE", PYRO_ESERIALIZE},
    [PYROLUA_ERAISED] = {"PYROLUA_ERAISED", PYRO_ERUNTIME},
    [PYROLUA_EIDLE] = {"PYROLUA_EIDLE", PYRO_EPYRO},
    [PYROLUA_ECLOSED] = {"PYROLUA_ECLOSED", PYRO_EPYRO},
    [PYROLUA_ENESTED] = {"PYROLUA_ENESTED", PYRO_ERUNTIME},
};

/* The member that a call asked for: a method, or an attribute. */
struct wanted {
    bool attribute;
    struct pyro_slice name;
};

static struct wanted wanted_by(const struct pyro_native_call *call)
{
    const struct pyro_value *name = pyro_value_at(call->args, 0);
    bool attribute = pyro_is_private(call->method) && name && name->type == PYRO_STR;
    return (struct wanted){attribute, attribute ? name->u.text : call->method};
}

static enum pyro_code fail_unknown(const struct pyro_native_call *call)
{
    struct wanted wanted = wanted_by(call);
    return pyro_error_set(call->err, PYRO_EATTRIBUTE, "object has no exposed %s '%.*s'",
                          wanted.attribute ? "attribute" : "method", (int)wanted.name.length,
                          wanted.name.data);
}

/* Sets the error of a method that returned a code and said nothing more. */
static void complain(const struct pyro_native_call *call, int code, const pyrolua_error *last)
{
    struct wanted wanted = wanted_by(call);
    bool known = code > PYROLUA_OK && code < (int)PYRO_COUNT(codes);
    char returned[64];
    if (known)
        snprintf(returned, sizeof(returned), "%s", codes[code].name);
    else
        snprintf(returned, sizeof(returned), "%d, which is no code of pyrolua.h,", code);
    pyro_error_set(call->err, known ? codes[code].code : PYRO_ERUNTIME,
                   "%.*s%s returned %s and raised no exception%s%s%s%s", (int)wanted.name.length,
                   wanted.name.data, wanted.attribute ? "" : "()", returned,
                   last ? "; its last error: " : "", last ? last->class_name : "", last ? ": " : "",
                   last ? last->message : "");
}

/* A method failed with an error that it has not raised itself: that of what it called last, which
 * had the same code, or else one made for it. */
static void explain(const struct pyro_native_call *call, pyrolua_runtime *runtime, int code)
{
    bool own = runtime->failed_callback == runtime->callback;
    const pyrolua_error *last = own ? pyrolua_last_error(runtime) : NULL;
    if (!last || last->code != code) {
        complain(call, code, last);
        return;
    }
    pyro_error_set(call->err, PYRO_ERUNTIME, "%s", last->message);
    pyro_error_raised(call->err, last->class_name);
}

static void judge(const struct pyro_native_call *call, pyrolua_runtime *runtime,
                  const pyrolua_reader *reader, int code)
{
    if (call->err->code != PYRO_OK)
        return;
    if (reader->err.code != PYRO_OK)
        *call->err = reader->err;
    else if (code != PYROLUA_OK)
        explain(call, runtime, code);
}

/* --- calls --- */

/* The function that answers a call. */
struct target {
    pyrolua_method *method;       /* NULL: there is none */
    const pyrolua_member *called; /* whose method it is; NULL: that gets or sets an attribute */
    size_t skip;                  /* arguments that say which */
};

static struct target find_target(const struct object *object, const struct pyro_native_call *call)
{
    bool get = call->kind == PYRO_REQUEST_GET, set = call->kind == PYRO_REQUEST_SET;
    const struct pyro_value *name = pyro_value_at(call->args, 0);
    const pyrolua_member *member = NULL;
    if (!get && !set)
        member = object_find_member(object, call->method);
    else if (name && name->type == PYRO_STR)
        member = object_find_member(object, name->u.text);
    if (!member)
        return (struct target){.method = NULL};
    if (get || set)
        return (struct target){.method = get ? member->get : member->set, .skip = 1};
    return (struct target){.method = member->call, .called = member};
}

/* Prepares to read the arguments of a call; `parameters` are to be freed. */
static enum pyro_code take_arguments(const struct pyro_native_call *call,
                                     const struct target *target, pyrolua_runtime *runtime,
                                     pyrolua_reader *reader, struct parameters *parameters)
{
    const struct pyro_value *args = call->args;
    bool named = call->kwargs->type != PYRO_NIL && call->kwargs->u.of.count > 0;
    *parameters =
        (struct parameters){args->u.of.items + target->skip, args->u.of.count - target->skip, NULL};
    enum pyro_code code = PYRO_OK;
    if (named && target->called && target->called->parameters)
        code = parameters_fill(target->called, call, parameters);
    reader_init(reader, runtime, parameters->items, parameters->count);
    reader->named = named && !parameters->own ? call->kwargs : NULL;
    return code;
}

/* Begins a call, without clearing its writer, which is large. */
static void method_init(struct method_call *running, const struct pyro_native_call *call,
                        struct object *object)
{
    running->native = call;
    running->object = object;
    running->deferred = false;
    running->reply = NULL;
    writer_init(&running->result, call->to);
    running->result.method = running;
}

static enum pyro_code answer(const struct pyro_native_call *call, struct object *object,
                             pyrolua_method *method, pyrolua_reader *reader)
{
    struct method_call running;
    method_init(&running, call, object);
    int code = method(object->self, reader, &running.result);
    PYRO_ASSERT(running.deferred || !running.reply);
    if (running.deferred && code == PYROLUA_OK)
        return reply_keep(&running);
    judge(call, object->runtime, reader, code);
    if (running.deferred)
        return reply_fail(&running, call->err);
    if (call->err->code != PYRO_OK)
        return call->err->code;
    if (running.result.values == 0)
        pyrolua_put_nil(&running.result);
    return writer_close(&running.result);
}

static struct embed_chain chain_of(const struct pyro_request *request)
{
    if (!request)
        return (struct embed_chain){.correlated = false};
    const struct pyro_message *message = &request->message;
    struct pyro_slice trace = pyro_message_traceparent(message);
    struct embed_chain chain = {.correlated = message->header.correlated, .traced = trace.length};
    memcpy(chain.traceparent, trace.data, trace.length);
    if (chain.correlated) {
        chain.awaited = pyro_request_wanted(request) ? request->made : 0;
        memcpy(chain.correlation, message->header.correlation, PYRO_CORRELATION_SIZE);
    }
    return chain;
}

enum pyro_code method_run(const struct pyro_native_call *call)
{
    struct object *object = object_of(call->self);
    pyrolua_runtime *runtime = object->runtime;
    struct parameters parameters;
    pyrolua_reader reader;
    if (runtime->closing)
        return pyro_error_set(call->err, PYRO_ERUNTIME, "the runtime is being freed");
    struct target target = find_target(object, call);
    if (!target.method)
        return fail_unknown(call);
    pyro_request_found(call->request, call->method);
    enum pyro_code code = take_arguments(call, &target, runtime, &reader, &parameters);
    object_retain(object);
    struct embed_chain serving = runtime->serving;
    uint64_t outer = embed_enter_callback(runtime);
    runtime->serving = chain_of(call->request);
    if (code == PYRO_OK)
        code = answer(call, object, target.method, &reader);
    runtime->serving = serving;
    embed_leave_callback(runtime, outer);
    reader_free(&reader);
    pyro_free(parameters.own);
    object_release(object);
    return code;
}

static void method_on_invoke(struct pyro_object *self, struct pyro_request *request)
{
    pyro_native_serve(self, request, method_run);
}

const struct pyro_object_ops method_object_ops = {object_describe, method_on_invoke,
                                                  object_on_release, object_document};
