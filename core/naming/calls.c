/* The methods of the name server, as Pyro4's and Pyro5's clients call them: each reads its
 * arguments, asks the storage, and puts its result. They answer at once, and step no loop. */
#include "naming/calls.h"

#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "naming/arguments.h"
#include "naming/nameserver.h"
#include "naming/selection.h"
#include "rpc/guard.h"
#include "rpc/metadata.h"
#include "rpc/uri_state.h"

/* One call: its arguments, and where the answer goes. */
struct call {
    struct storage *storage;
    const struct pyro_request *request;
    const char *method;
    const struct pyro_value *args[ARGUMENTS_MOST];
    double deadline; /* of a search, by pyro_cpu_seconds() */
    struct pyro_sink *to;
    struct pyro_error *err;
};

static bool is_pyro5(const struct pyro_request *request)
{
    return request->protocol->version == 502;
}

/* Reads a URI, which is a string or an object; `text` gets it as a string, and is the caller's to
 * free. */
static enum pyro_code read_uri(const struct call *call, const struct pyro_value *value,
                               struct pyro_buffer *text)
{
    struct pyro_uri uri = {.object = NULL};
    const struct pyro_value *class_name = pyro_value_get(value, "__class__");
    enum pyro_code code;
    if (pyro_value_is(class_name, "Pyro4.core.URI") || pyro_value_is(class_name, "Pyro5.core.URI"))
        code = pyro_uri_state_read(pyro_value_get(value, "state"), &uri, call->err);
    else if (value->type == PYRO_STR)
        code = pyro_uri_parse(&uri, value->u.text, (uint16_t)call->request->runtime->config.NS_PORT,
                              call->err);
    else
        code = pyro_error_set(call->err, PYRO_ETYPE, "only URIs or strings can be registered");
    if (code == PYRO_OK && value->type == PYRO_STR) /* kept as it was written, as Pyro does */
        code = pyro_buffer_append(text, value->u.text.data, value->u.text.length + 1)
                   ? PYRO_OK
                   : pyro_error_memory(call->err);
    else if (code == PYRO_OK)
        code = pyro_uri_text(&uri, text) && pyro_buffer_append(text, "", 1)
                   ? PYRO_OK
                   : pyro_error_memory(call->err);
    pyro_uri_free(&uri);
    if (code == PYRO_OK && text->length > ARGUMENT_LONGEST + 1)
        code = pyro_error_set(call->err, PYRO_EVALUE, "uri may not be longer than %d bytes",
                              ARGUMENT_LONGEST);
    return code;
}

/* --- answers --- */

/* Pyro4's clients get a list, Pyro5's a set. A name server has the tags of both generations' own,
 * but neither is shown the other's. */
static enum pyro_code put_tags(struct call *call, const struct registration *registration)
{
    bool pyro5 = is_pyro5(call->request);
    enum pyro_kind kind = pyro5 ? PYRO_SET : PYRO_LIST;
    const char *hidden = pyro5 ? NAMESERVER_TAG_4 : NAMESERVER_TAG_5;
    size_t count = 0;
    for (size_t i = 0; i < registration->tag_count; i++)
        count += strcmp(registration->tags[i], hidden) != 0;
    enum pyro_code code = pyro_begin(call->to, kind, count);
    for (size_t i = 0; i < registration->tag_count && code == PYRO_OK; i++)
        if (strcmp(registration->tags[i], hidden) != 0)
            code = pyro_put_text(call->to, registration->tags[i]);
    return code == PYRO_OK ? pyro_end(call->to, kind) : code;
}

static enum pyro_code unknown_name(struct pyro_error *err, struct pyro_slice name)
{
    return pyro_error_set(err, PYRO_ENAMING, "unknown name: %.*s",
                          (int)(name.length < 300 ? name.length : 300), name.data);
}

/* Reads an argument that is the name which the call is about, and checks whether its client may
 * call that. */
static enum pyro_code read_name(const struct call *call, const struct pyro_value *value,
                                struct pyro_slice *name)
{
    enum pyro_code code = argument_check_text(value, "name", call->err);
    if (code != PYRO_OK)
        return code;
    *name = value->u.text;
    return pyro_guard_name(call->request, call->method, name, call->err);
}

static enum pyro_code call_count(struct call *call)
{
    enum pyro_code code = pyro_guard_name(call->request, call->method, NULL, call->err);
    if (code != PYRO_OK)
        return code;
    return pyro_put_int(call->to, (int64_t)call->storage->ops->count(call->storage));
}

static enum pyro_code call_ping(struct call *call)
{
    enum pyro_code code = pyro_guard_name(call->request, call->method, NULL, call->err);
    return code == PYRO_OK ? pyro_put_nil(call->to) : code;
}

static enum pyro_code put_registered_uri(struct call *call, const char *text)
{
    struct pyro_uri uri = {.object = NULL};
    enum pyro_code code = pyro_uri_parse(
        &uri, pyro_slice_text(text), (uint16_t)call->request->runtime->config.NS_PORT, call->err);
    if (code == PYRO_OK)
        code = pyro_put_uri(call->to, call->request->protocol, &uri);
    pyro_uri_free(&uri);
    return code;
}

/* lookup(name, return_metadata=False) */
static enum pyro_code call_lookup(struct call *call)
{
    struct pyro_slice name;
    enum pyro_code code = read_name(call, call->args[0], &name);
    if (code != PYRO_OK)
        return code;
    const struct registration *found = call->storage->ops->get(call->storage, name);
    if (!found)
        return unknown_name(call->err, name);
    if (!argument_is_true(call->args[1]))
        return put_registered_uri(call, found->uri);
    if ((code = pyro_begin(call->to, PYRO_TUPLE, 2)) != PYRO_OK ||
        (code = put_registered_uri(call, found->uri)) != PYRO_OK ||
        (code = put_tags(call, found)) != PYRO_OK)
        return code;
    return pyro_end(call->to, PYRO_TUPLE);
}

/* register(name, uri, safe=False, metadata=None) */
static enum pyro_code call_register(struct call *call)
{
    struct storage *storage = call->storage;
    struct pyro_buffer uri = {.data = NULL};
    struct pyro_slice name;
    const char **tags = NULL;
    size_t count = 0;
    enum pyro_code code = read_uri(call, call->args[1], &uri);
    if (code == PYRO_OK)
        code = read_name(call, call->args[0], &name);
    if (code == PYRO_OK)
        code = argument_read_tags(call->args[3], "metadata", &tags, &count, call->err);
    if (code == PYRO_OK &&
        (argument_is_true(call->args[2]) || pyro_value_is(call->args[0], PYRO_NAMESERVER_NAME)) &&
        storage->ops->get(storage, name))
        code = pyro_error_set(call->err, PYRO_ENAMING, "name already registered: %s", name.data);
    if (code == PYRO_OK) {
        struct registration registration = {uri.data, count, tags};
        code = storage->ops->set(storage, name, &registration, call->err);
    }
    pyro_free(tags);
    pyro_buffer_free(&uri);
    return code == PYRO_OK ? pyro_put_nil(call->to) : code;
}

/* set_metadata(name, metadata) */
static enum pyro_code call_set_metadata(struct call *call)
{
    const char **tags = NULL;
    size_t count = 0;
    struct storage *storage = call->storage;
    struct pyro_slice name;
    enum pyro_code code = read_name(call, call->args[0], &name);
    if (code == PYRO_OK)
        code = argument_read_tags(call->args[1], "metadata", &tags, &count, call->err);
    if (code == PYRO_OK) {
        const struct registration *old = storage->ops->get(storage, name);
        struct registration changed = {old ? old->uri : NULL, count, tags};
        code = old ? storage->ops->set(storage, name, &changed, call->err)
                   : unknown_name(call->err, name);
    }
    pyro_free(tags);
    return code == PYRO_OK ? pyro_put_nil(call->to) : code;
}

/* --- selections: list, yplookup and remove --- */

static enum pyro_code put_selection(struct call *call, const struct selection *s, bool metadata)
{
    enum pyro_code code = pyro_begin(call->to, PYRO_DICT, s->count);
    for (size_t i = 0; i < s->count && code == PYRO_OK; i++) {
        const struct registration *found = call->storage->ops->get(call->storage, s->names[i]);
        if ((code = pyro_put_str(call->to, s->names[i])) != PYRO_OK)
            break;
        if (!metadata) {
            code = pyro_put_text(call->to, found->uri);
        } else if ((code = pyro_begin(call->to, PYRO_TUPLE, 2)) == PYRO_OK &&
                   (code = pyro_put_text(call->to, found->uri)) == PYRO_OK &&
                   (code = put_tags(call, found)) == PYRO_OK) {
            code = pyro_end(call->to, PYRO_TUPLE);
        }
    }
    return code == PYRO_OK ? pyro_end(call->to, PYRO_DICT) : code;
}

/* Returns whether the client may know, by this method, that there is a name. */
static bool may_find(const void *context, struct pyro_slice name)
{
    const struct call *call = context;
    return pyro_guard_allows_name(call->request, call->method, &name);
}

/* Selects among the names that the client may find. */
static enum pyro_code find(const struct call *call, struct criteria by, struct selection *selection)
{
    if (call->request->guarded) {
        by.admits = may_find;
        by.context = call;
    }
    return selection_find(selection, call->storage, &by, call->deadline, call->err);
}

static enum pyro_code answer_selection(struct call *call, struct criteria by, bool metadata)
{
    struct selection selection;
    enum pyro_code code = find(call, by, &selection);
    if (code == PYRO_OK)
        code = put_selection(call, &selection, metadata);
    selection_free(&selection);
    return code;
}

static enum pyro_code more_than_one(struct pyro_error *err)
{
    return pyro_error_set(err, PYRO_EVALUE, "you can only filter on one thing at a time");
}

/* Pyro4's list(prefix=None, regex=None, metadata_all=None, metadata_any=None,
 * return_metadata=False) */
static enum pyro_code call_list(struct call *call)
{
    const struct pyro_value *const *args = call->args;
    int filters = 0;
    for (int i = 0; i < 4; i++)
        filters += !argument_is_none(args[i]);
    if (filters > 1)
        return more_than_one(call->err);
    return answer_selection(
        call,
        (struct criteria){.prefix = args[0], .regex = args[1], .all = args[2], .any = args[3]},
        argument_is_true(args[4]));
}

/* Pyro5's list(prefix=None, regex=None, return_metadata=False) */
static enum pyro_code call_list_5(struct call *call)
{
    const struct pyro_value *const *args = call->args;
    if (argument_is_true(args[0]) && argument_is_true(args[1]))
        return more_than_one(call->err);
    return answer_selection(call, (struct criteria){.prefix = args[0], .regex = args[1]},
                            argument_is_true(args[2]));
}

/* yplookup(meta_all=None, meta_any=None, return_metadata=True) */
static enum pyro_code call_yplookup(struct call *call)
{
    const struct pyro_value *const *args = call->args;
    bool all = argument_is_true(args[0]), any = argument_is_true(args[1]);
    bool metadata = !args[2] || argument_is_true(args[2]);
    if (all && any)
        return pyro_error_set(call->err, PYRO_EVALUE,
                              "you can't use meta_all or meta_any at the same time");
    if (!all && !any)
        return put_selection(call, &(struct selection){.names = NULL}, metadata);
    return answer_selection(call, (struct criteria){.all = args[0], .any = args[1]}, metadata);
}

static bool remove_one(struct storage *storage, struct pyro_slice name)
{
    return !pyro_slice_equals(name, PYRO_NAMESERVER_NAME) && storage->ops->remove(storage, name);
}

/* remove(name=None, prefix=None, regex=None) */
static enum pyro_code call_remove(struct call *call)
{
    const struct pyro_value *const *args = call->args;
    struct selection selection;
    int64_t removed = 0;
    if (argument_is_true(args[0]) && args[0]->type == PYRO_STR &&
        pyro_guard_name(call->request, call->method, &args[0]->u.text, call->err) != PYRO_OK)
        return call->err->code;
    if (argument_is_true(args[0]) && args[0]->type == PYRO_STR &&
        remove_one(call->storage, args[0]->u.text))
        return pyro_put_int(call->to, 1);
    if (!argument_is_true(args[1]) && !argument_is_true(args[2]))
        return pyro_put_int(call->to, 0);
    enum pyro_code code =
        find(call, (struct criteria){.prefix = args[1], .regex = args[2]}, &selection);
    for (size_t i = 0; i < selection.count && code == PYRO_OK; i++)
        removed += remove_one(call->storage, selection.names[i]);
    selection_free(&selection);
    return code == PYRO_OK ? pyro_put_int(call->to, removed) : code;
}

/* --- dispatch --- */

static const struct method {
    struct signature signature;
    enum pyro_code (*run)(struct call *call);
    bool searches; /* a short request may cost much */
} methods[] = {
    {{"count", {NULL}, 0}, call_count, false},
    {{"list", {"prefix", "regex", "metadata_all", "metadata_any", "return_metadata", NULL}, 0},
     call_list,
     true},
    {{"lookup", {"name", "return_metadata", NULL}, 1}, call_lookup, false},
    {{"ping", {NULL}, 0}, call_ping, false},
    {{"register", {"name", "uri", "safe", "metadata", NULL}, 2}, call_register, false},
    {{"remove", {"name", "prefix", "regex", NULL}, 0}, call_remove, true},
    {{"set_metadata", {"name", "metadata", NULL}, 2}, call_set_metadata, false},
    {{"yplookup", {"meta_all", "meta_any", "return_metadata", NULL}, 0}, call_yplookup, true},
};

/* The one method that differs. */
static const struct method list_of_pyro5 = {
    {"list", {"prefix", "regex", "return_metadata", NULL}, 0}, call_list_5, true};

static const char *method_name(size_t at)
{
    return methods[at].signature.method;
}

enum pyro_code calls_describe(struct pyro_sink *to)
{
    return pyro_put_methods(to, PYRO_COUNT(methods), method_name);
}

static const struct method *find_method(const struct pyro_native_call *native)
{
    if (is_pyro5(native->request) &&
        pyro_slice_equals(native->method, list_of_pyro5.signature.method))
        return &list_of_pyro5;
    for (size_t i = 0; i < PYRO_COUNT(methods); i++)
        if (pyro_slice_equals(native->method, methods[i].signature.method))
            return &methods[i];
    return NULL;
}

static enum pyro_code no_method(struct pyro_slice name, struct pyro_error *err)
{
    return pyro_error_set(err, PYRO_EATTRIBUTE, "'NameServer' object has no attribute '%.*s'",
                          (int)(name.length < 200 ? name.length : 200), name.data);
}

/* What a search may cost although it finds nothing. */
#define FREE_OF_CHARGE 20e-6 /* seconds */

static enum pyro_code run_search(const struct method *method, struct call *call, double *budget)
{
    double begin = pyro_cpu_seconds();
    if (*budget <= 0)
        return pyro_error_set(call->err, PYRO_ENAMING,
                              "the searches of a batch take too long; make smaller batches");
    call->deadline = begin + *budget;
    enum pyro_code code = method->run(call);
    double charge = pyro_cpu_seconds() - begin - FREE_OF_CHARGE;
    if (charge > 0)
        *budget -= charge;
    return code;
}

enum pyro_code calls_run(struct storage *storage, const struct pyro_native_call *native)
{
    struct call call = {storage, native->request, .to = native->to, .err = native->err};
    const struct method *method = find_method(native);
    if (!method)
        return no_method(native->method, native->err);
    call.method = method->signature.method;
    enum pyro_code code =
        arguments_bind(&method->signature, native->args, native->kwargs, call.args, native->err);
    if (code != PYRO_OK)
        return code;
    return method->searches ? run_search(method, &call, native->budget) : method->run(&call);
}
