/* `Pyro.Daemon`, an object like any other: what clients ask of the daemon itself. Its methods are
 * the rows of a table; they answer at once. */
#include "rpc/daemon_object.h"

#include <stdio.h>

#include "base/memory.h"
#include "rpc/connection.h"
#include "rpc/items.h"
#include "rpc/metadata.h"
#include "rpc/native.h"
#include "rpc/stats.h"

struct daemon_object {
    struct pyro_object object;
    struct pyro_daemon *daemon;
};

static struct pyro_daemon *daemon_of(struct pyro_object *self)
{
    return PYRO_CONTAINER(self, struct daemon_object, object)->daemon;
}

/* Puts the answer of a method into `call->to`. */
typedef enum pyro_code answer_fn(struct pyro_daemon *daemon, const struct pyro_native_call *call);

static enum pyro_code answer_ping(struct pyro_daemon *daemon, const struct pyro_native_call *call)
{
    (void)daemon;
    return pyro_put_nil(call->to);
}

static enum pyro_code answer_registered(struct pyro_daemon *daemon,
                                        const struct pyro_native_call *call)
{
    struct pyro_sink *to = call->to;
    const struct pyro_map *objects = pyro_daemon_objects(daemon);
    struct pyro_map_entry *cursor = NULL;
    struct pyro_slice id;
    void *object;
    enum pyro_code code = pyro_begin(to, PYRO_LIST, pyro_map_count(objects));
    while (code == PYRO_OK && pyro_map_next(objects, &cursor, &id, &object))
        code = pyro_put_str(to, id);
    return code == PYRO_OK ? pyro_end(to, PYRO_LIST) : code;
}

static enum pyro_code answer_info(struct pyro_daemon *daemon, const struct pyro_native_call *call)
{
    char text[512];
    const char *nat = pyro_daemon_nat_location(daemon);
    snprintf(text, sizeof(text),
             "%s bound on %s, NAT %s, %zu objects registered. Servertype: pyrolua event loop; "
             "%zu connections",
             PYRO_DAEMON_NAME, pyro_daemon_location(daemon), nat ? nat : "None",
             pyro_map_count(pyro_daemon_objects(daemon)), pyro_daemon_connections(daemon));
    return pyro_put_text(call->to, text);
}

/* Makes the lists of a dict sets. */
static void make_sets(const struct pyro_value *dict)
{
    for (size_t i = 0; i < dict->u.of.count; i++) {
        struct pyro_value *item = &dict->u.of.items[i];
        if (item->type == PYRO_CONTAINER_VALUE && item->kind != PYRO_DICT)
            item->kind = PYRO_SET;
    }
}

static enum pyro_code describe_to(struct pyro_object *object, bool as_lists, bool documented,
                                  struct pyro_sink *to)
{
    const struct pyro_object_ops *ops = object->ops;
    struct pyro_tree metadata;
    pyro_tree_init(&metadata, to->err);
    enum pyro_code code =
        (documented && ops->document ? ops->document : ops->describe)(object, &metadata.sink);
    if (code == PYRO_OK) {
        const struct pyro_value *dict = pyro_value_at(&metadata.root, 0);
        if (!as_lists)
            make_sets(dict);
        code = pyro_value_put(dict, to);
    }
    pyro_tree_free(&metadata);
    return code;
}

static bool is_true(const struct pyro_value *value)
{
    return value && value->type == PYRO_BOOL && value->u.boolean;
}

/* get_metadata(id, as_lists = false, documented = false): as Pyro's, and with texts and parameters
 * only for those who ask for them */
static enum pyro_code answer_metadata(struct pyro_daemon *daemon,
                                      const struct pyro_native_call *call)
{
    const struct pyro_value *id = pyro_value_at(call->args, 0);
    struct pyro_object *object = id->type == PYRO_STR ? pyro_daemon_find(daemon, id->u.text) : NULL;
    if (!object)
        return pyro_error_set(call->err, PYRO_EDAEMON, "unknown object");
    return describe_to(object, is_true(pyro_value_at(call->args, 1)),
                       is_true(pyro_value_at(call->args, 2)), call->to);
}

static struct pyro_slice stream_id(const struct pyro_value *args)
{
    const struct pyro_value *id = pyro_value_at(args, 0);
    return id->type == PYRO_STR ? id->u.text : pyro_slice("", 0);
}

static enum pyro_code answer_close(struct pyro_daemon *daemon, const struct pyro_native_call *call)
{
    pyro_streams_close(pyro_daemon_streams(daemon), stream_id(call->args));
    return pyro_put_nil(call->to);
}

/* stats(buckets = false): with names of methods only for those who may call it */
static enum pyro_code answer_stats(struct pyro_daemon *daemon, const struct pyro_native_call *call)
{
    const struct pyro_value *buckets = pyro_value_at(call->args, 0);
    if (!buckets)
        buckets = pyro_value_get(call->kwargs, "buckets");
    const struct pyro_stats_options options = {
        .daemon = daemon, .totals = call->request->limited, .buckets = is_true(buckets)};
    return pyro_stats_put(call->request->runtime, &options, call->to);
}

static const struct method {
    const char *name;
    size_t least, most; /* arguments */
    answer_fn *answer;  /* NULL: the next item of a stream, which may take its time */
} methods[] = {
    {"close_stream", 1, 1, answer_close}, {"get_metadata", 1, 3, answer_metadata},
    {"get_next_stream_item", 1, 1, NULL}, {"info", 0, 0, answer_info},
    {"ping", 0, 0, answer_ping},          {"registered", 0, 0, answer_registered},
    {"stats", 0, 1, answer_stats},
};

static const char *method_name(size_t at)
{
    return methods[at].name;
}

static enum pyro_code daemon_object_describe(struct pyro_object *self, struct pyro_sink *to)
{
    (void)self;
    return pyro_put_methods(to, PYRO_COUNT(methods), method_name);
}

static const struct method *find_method(struct pyro_slice name)
{
    for (size_t i = 0; i < PYRO_COUNT(methods); i++)
        if (pyro_slice_equals(name, methods[i].name))
            return &methods[i];
    return NULL;
}

static enum pyro_code check_count(const struct method *method, const struct pyro_value *args,
                                  struct pyro_error *err)
{
    size_t given = args->u.of.count;
    if (given >= method->least && given <= method->most)
        return PYRO_OK;
    return pyro_error_set(err, PYRO_ETYPE, "%s() takes %zu to %zu arguments but %zu %s given",
                          method->name, method->least, method->most, given,
                          given == 1 ? "was" : "were");
}

static enum pyro_code daemon_object_run(const struct pyro_native_call *call)
{
    const struct method *method = find_method(call->method);
    if (!method)
        return pyro_error_set(call->err, PYRO_EATTRIBUTE,
                              "'DaemonObject' object has no attribute '%.*s'",
                              (int)call->method.length, call->method.data);
    pyro_request_found(call->request, call->method);
    if (!method->answer)
        return pyro_error_set(call->err, PYRO_EPYRO, "%s() is not for batches", method->name);
    enum pyro_code code = check_count(method, call->args, call->err);
    return code == PYRO_OK ? method->answer(daemon_of(call->self), call) : code;
}

/* Fetches the next item of a stream, which may take its time. */
static void fetch_item(struct pyro_daemon *daemon, struct pyro_request *request,
                       const struct method *method)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_tree args;
    pyro_request_found(request, request->call.method);
    pyro_tree_init(&args, &err);
    if (pyro_request_args(request, &args.sink, &err) == PYRO_OK &&
        check_count(method, args.root.u.of.items, &err) == PYRO_OK)
        request->items =
            pyro_streams_take(pyro_daemon_streams(daemon), stream_id(args.root.u.of.items),
                              request->connection, &err);
    pyro_tree_free(&args);
    if (request->items)
        request->items->ops->next(request->items, request);
    else
        pyro_request_fail(request, &err);
}

static void daemon_object_invoke(struct pyro_object *self, struct pyro_request *request)
{
    const struct method *method = find_method(request->call.method);
    if (method && !method->answer && request->kind != PYRO_REQUEST_BATCH)
        fetch_item(daemon_of(self), request, method);
    else
        pyro_native_serve(self, request, daemon_object_run);
}

static void daemon_object_release(struct pyro_object *self)
{
    pyro_free(PYRO_CONTAINER(self, struct daemon_object, object));
}

static const struct pyro_object_ops daemon_object_ops = {
    daemon_object_describe, daemon_object_invoke, daemon_object_release, NULL};

struct pyro_object *pyro_daemon_object_new(struct pyro_daemon *daemon, struct pyro_error *err)
{
    struct daemon_object *self = pyro_malloc(sizeof(*self));
    if (!self) {
        pyro_error_memory(err);
        return NULL;
    }
    self->object = (struct pyro_object){.ops = &daemon_object_ops};
    self->daemon = daemon;
    return &self->object;
}
