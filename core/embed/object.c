#include "base/memory.h"
#include "bind/base/marks.h"
#include "embed/embed.h"
#include "naming/nameserver.h"
#include "rpc/metadata.h"

/* A served or provided object of the program. */
struct object {
    struct pyro_object object;
    struct pyro_list node; /* of the runtime's provided ones */
    pyrolua_runtime *runtime;
    const pyrolua_class *kind;
    void *self;
    struct pyro_buffer uri;
    unsigned users; /* the daemon or Lua, calls on the C stack, and replies */
};

static struct object *object_of(const struct pyro_object *self)
{
    return PYRO_CONTAINER(self, struct object, object);
}

/* What is left of an object that is the program's again. */
static const pyrolua_class nothing = {&(pyrolua_member){.name = NULL}, NULL};

static void let_go(struct object *object)
{
    const pyrolua_class *kind = object->kind;
    object->kind = &nothing;
    if (kind->release)
        kind->release(object->self);
}

pyrolua_runtime *object_runtime(const struct object *object)
{
    return object->runtime;
}

void object_hold(struct object *object)
{
    object->users++;
}

void object_drop(struct object *object)
{
    if (--object->users > 0)
        return;
    let_go(object);
    pyro_list_remove(&object->node);
    pyro_buffer_free(&object->uri);
    pyro_free(object);
}

static void release(struct pyro_object *self)
{
    object_drop(object_of(self));
}

/* --- members --- */

static const pyrolua_member *find_member(const struct object *object, struct pyro_slice name)
{
    for (const pyrolua_member *member = object->kind->members; member->name; member++)
        if (pyro_slice_equals(name, member->name))
            return member;
    return NULL;
}

static bool has_attribute(const struct pyro_object *self, struct pyro_slice name)
{
    const pyrolua_member *member = find_member(object_of(self), name);
    return member && !member->call;
}

static bool is_listed(const pyrolua_member *member, enum pyro_metadata_list list)
{
    if (list == PYRO_LIST_METHODS)
        return member->call != NULL;
    return list == PYRO_LIST_ONEWAY ? member->call && member->oneway : !member->call;
}

static enum pyro_code object_put_list(void *context, enum pyro_metadata_list list,
                                      struct pyro_sink *to)
{
    const struct object *object = context;
    size_t count = 0;
    for (const pyrolua_member *member = object->kind->members; member->name; member++)
        count += is_listed(member, list);
    enum pyro_code code = pyro_begin(to, PYRO_LIST, count);
    for (const pyrolua_member *member = object->kind->members; member->name && code == PYRO_OK;
         member++)
        if (is_listed(member, list))
            code = pyro_put_text(to, member->name);
    return code == PYRO_OK ? pyro_end(to, PYRO_LIST) : code;
}

static enum pyro_code describe(struct pyro_object *self, struct pyro_sink *to)
{
    return pyro_put_metadata(to, object_put_list, object_of(self));
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
        member = find_member(object, call->method);
    else if (name && name->type == PYRO_STR)
        member = find_member(object, name->u.text);
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

/* The writer is large, and need not be cleared. */
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
    if (running.deferred && code == PYROLUA_OK)
        return reply_keep(&running);
    method_judge(call, object->runtime, reader, code);
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
    struct embed_chain chain = {.correlated = request && request->message.header.correlated};
    if (chain.correlated) {
        chain.wanted = pyro_request_wanted(request);
        memcpy(chain.correlation, request->message.header.correlation, PYRO_CORRELATION_SIZE);
    }
    return chain;
}

static enum pyro_code run(const struct pyro_native_call *call)
{
    struct object *object = object_of(call->self);
    pyrolua_runtime *runtime = object->runtime;
    struct parameters parameters;
    pyrolua_reader reader;
    if (runtime->doomed)
        return pyro_error_set(call->err, PYRO_ERUNTIME, "the runtime is being freed");
    struct target target = find_target(object, call);
    if (!target.method)
        return method_unknown(call);
    enum pyro_code code = take_arguments(call, &target, runtime, &reader, &parameters);
    object_hold(object);
    struct embed_chain serving = runtime->serving;
    uint64_t outer = embed_begin(runtime);
    runtime->serving = chain_of(call->request);
    if (code == PYRO_OK)
        code = answer(call, object, target.method, &reader);
    runtime->serving = serving;
    embed_end(runtime, outer);
    reader_free(&reader);
    pyro_free(parameters.own);
    object_drop(object);
    return code;
}

static void invoke(struct pyro_object *self, struct pyro_request *request)
{
    pyro_native_serve(self, request, run);
}

static const struct pyro_object_ops object_ops = {describe, invoke, release};

static struct object *new_object(pyrolua_runtime *runtime, const pyrolua_class *kind, void *self)
{
    struct object *object = pyro_calloc(1, sizeof(*object));
    if (!object)
        return NULL;
    *object = (struct object){
        .object = {&object_ops}, .runtime = runtime, .kind = kind, .self = self, .users = 1};
    pyro_list_init(&object->node);
    return object;
}

/* It stays the program's. */
static void give_back(struct object *object)
{
    object->kind = &nothing;
    object_drop(object);
}

/* --- for scripts --- */

int pyrolua_provide(pyrolua_runtime *runtime, const char *name, const pyrolua_class *kind,
                    void *self)
{
    struct pyro_error err;
    if (!name || class_fault(kind))
        return name ? embed_refuse(runtime, class_fault(kind)) : embed_refuse_null(runtime, "name");
    int code = embed_enter(runtime);
    if (code != PYROLUA_OK)
        return code;
    struct object *object = new_object(runtime, kind, self);
    struct lnative native = {object ? &object->object : NULL, run, has_attribute};
    if (!object) {
        pyro_error_memory(&err);
        code = embed_fail(runtime, &err);
    } else if (!lembed_provide(runtime->lua, name, &native, &runtime->report)) {
        give_back(object);
        code = embed_reported(runtime);
    } else {
        pyro_list_push(&runtime->provided, &object->node);
    }
    return embed_leave(runtime, code);
}

void provided_release(struct pyrolua_runtime *runtime)
{
    struct pyro_list *node;
    while ((node = pyro_list_pop(&runtime->provided)) != NULL)
        let_go(PYRO_CONTAINER(node, struct object, node));
}

/* --- daemons --- */

struct pyrolua_daemon {
    pyrolua_runtime *runtime;
    struct pyro_list node;
    struct pyro_daemon *daemon;
    struct pyro_nameserver *nameserver; /* which then owns the daemon; else NULL */
};

static bool is_port(int port)
{
    return port >= 0 && port <= UINT16_MAX;
}

/* `port` is the one that 0 stands for. */
static enum pyro_code read_place(const pyrolua_place *place, int64_t port,
                                 struct pyro_daemon_options *options, struct pyro_error *err)
{
    *options = (struct pyro_daemon_options){
        .port = (uint16_t)port, .natport = -1, .connected_socket = -1, .listening_socket = -1};
    if (!place)
        return PYRO_OK;
    if ((place->port != -1 && !is_port(place->port)) || !is_port(place->natport))
        return pyro_error_set(err, PYRO_EVALUE, "a port is 0 to 65535");
    if (place->port != 0)
        options->port = place->port == -1 ? 0 : (uint16_t)place->port;
    options->host = place->host;
    options->unixsocket = place->unixsocket;
    options->nathost = place->nathost;
    if (place->nathost || place->natport)
        options->natport = place->natport;
    return PYRO_OK;
}

static enum pyro_code open_daemon(pyrolua_daemon *daemon, const pyrolua_place *place,
                                  struct pyro_error *err)
{
    struct pyro_daemon_options options;
    if (read_place(place, 0, &options, err) == PYRO_OK)
        daemon->daemon = pyro_daemon_new(embed_core(daemon->runtime), &options, err);
    return daemon->daemon ? PYRO_OK : err->code;
}

static enum pyro_code open_nameserver(pyrolua_daemon *daemon, const pyrolua_place *place,
                                      bool broadcast, struct pyro_error *err)
{
    struct pyro_runtime *core = embed_core(daemon->runtime);
    struct pyro_daemon_options options;
    if (read_place(place, core->config.NS_PORT, &options, err) == PYRO_OK)
        daemon->nameserver = pyro_nameserver_new(core, &options, "memory", err);
    if (!daemon->nameserver)
        return err->code;
    daemon->daemon = pyro_nameserver_daemon(daemon->nameserver);
    return broadcast ? pyro_nameserver_broadcast(daemon->nameserver, NULL, -1, err) : PYRO_OK;
}

static void close_daemon(pyrolua_daemon *daemon)
{
    pyro_list_remove(&daemon->node);
    if (daemon->nameserver)
        pyro_nameserver_free(daemon->nameserver);
    else
        pyro_daemon_free(daemon->daemon);
    pyro_free(daemon);
}

LOOP_STEPS static int new_daemon(pyrolua_runtime *runtime, const pyrolua_place *place,
                                 bool nameserver, bool broadcast, pyrolua_daemon **out)
{
    struct pyro_error err = {.code = PYRO_OK};
    if (!out)
        return embed_refuse_null(runtime, "daemon");
    *out = NULL;
    int code = embed_enter(runtime);
    if (code != PYROLUA_OK)
        return code;
    pyrolua_daemon *daemon = pyro_calloc(1, sizeof(*daemon));
    if (!daemon) {
        pyro_error_memory(&err);
        return embed_leave(runtime, embed_fail(runtime, &err));
    }
    daemon->runtime = runtime;
    pyro_list_push(&runtime->daemons, &daemon->node);
    if ((nameserver ? open_nameserver(daemon, place, broadcast, &err)
                    : open_daemon(daemon, place, &err)) == PYRO_OK)
        *out = daemon;
    else
        close_daemon(daemon);
    return embed_leave(runtime, *out ? PYROLUA_OK : embed_fail(runtime, &err));
}

int pyrolua_daemon_new(pyrolua_runtime *runtime, const pyrolua_place *place,
                       pyrolua_daemon **daemon)
{
    return new_daemon(runtime, place, false, false, daemon);
}

int pyrolua_nameserver_new(pyrolua_runtime *runtime, const pyrolua_place *place, int broadcast,
                           pyrolua_daemon **daemon)
{
    return new_daemon(runtime, place, true, broadcast != 0, daemon);
}

const char *pyrolua_daemon_location(const pyrolua_daemon *daemon)
{
    return daemon ? pyro_daemon_location(daemon->daemon) : NULL;
}

static enum pyro_code name_object(const pyrolua_daemon *daemon, const char *id,
                                  struct object *object, struct pyro_error *err)
{
    struct pyro_uri uri;
    enum pyro_code code = pyro_daemon_uri(daemon->daemon, id, true, &uri, err);
    if (code != PYRO_OK)
        return code;
    if (!pyro_uri_text(&uri, &object->uri) || !pyro_buffer_append(&object->uri, "", 1))
        code = pyro_error_memory(err);
    pyro_uri_free(&uri);
    return code;
}

static enum pyro_code register_object(pyrolua_daemon *daemon, const char *id, struct object *object,
                                      struct pyro_error *err)
{
    enum pyro_code code = pyro_daemon_register(daemon->daemon, id, &object->object, &id, err);
    if (code != PYRO_OK) {
        give_back(object);
    } else if ((code = name_object(daemon, id, object, err)) != PYRO_OK) {
        object->kind = &nothing;
        pyro_daemon_unregister(daemon->daemon, pyro_slice_text(id));
    }
    return code;
}

int pyrolua_daemon_register(pyrolua_daemon *daemon, const char *id, const pyrolua_class *kind,
                            void *self, const char **uri)
{
    struct pyro_error err = {.code = PYRO_OK};
    if (!daemon)
        return PYROLUA_EVALUE;
    pyrolua_runtime *runtime = daemon->runtime;
    if (class_fault(kind))
        return embed_refuse(runtime, class_fault(kind));
    if (runtime->doomed)
        return embed_fail_closed(runtime);
    struct object *object = new_object(runtime, kind, self);
    if (!object)
        pyro_error_memory(&err);
    if (!object || register_object(daemon, id, object, &err) != PYRO_OK)
        return embed_fail(runtime, &err);
    if (uri)
        *uri = object->uri.data;
    return PYROLUA_OK;
}

int pyrolua_daemon_unregister(pyrolua_daemon *daemon, const char *id)
{
    if (!daemon)
        return PYROLUA_EVALUE;
    pyrolua_runtime *runtime = daemon->runtime;
    if (!id)
        return embed_refuse_null(runtime, "id");
    int code = embed_enter(runtime);
    if (code != PYROLUA_OK)
        return code;
    if (!pyro_daemon_unregister(daemon->daemon, pyro_slice_text(id)))
        code = embed_refuse(runtime, "no object of the program's is registered with that id");
    return embed_leave(runtime, code);
}

void pyrolua_daemon_free(pyrolua_daemon *daemon)
{
    if (!daemon || embed_enter(daemon->runtime) != PYROLUA_OK)
        return;
    pyrolua_runtime *runtime = daemon->runtime;
    close_daemon(daemon);
    embed_leave(runtime, PYROLUA_OK);
}

void daemons_close(pyrolua_runtime *runtime)
{
    struct pyro_list *daemons = &runtime->daemons;
    for (struct pyro_list *node = daemons->next; node != daemons; node = node->next)
        pyro_daemon_close(PYRO_CONTAINER(node, pyrolua_daemon, node)->daemon);
}

void daemons_free(pyrolua_runtime *runtime)
{
    while (!pyro_list_empty(&runtime->daemons))
        close_daemon(PYRO_CONTAINER(runtime->daemons.next, pyrolua_daemon, node));
}
