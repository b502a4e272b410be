#include "naming/calls.h"

#include <string.h>

#include "base/memory.h"
#include "naming/arguments.h"
#include "naming/nameserver.h"
#include "naming/regex.h"

/* One call: its arguments, and where the answer goes. */
struct call {
    struct storage *storage;
    struct pyro_request *request;
    const struct pyro_value *args[ARGUMENTS_MOST];
    struct pyro_sink *to;
    struct pyro_error *err;
};

static bool is_none(const struct pyro_value *value)
{
    return !value || value->type == PYRO_NIL;
}

static bool is_true(const struct pyro_value *value)
{
    if (!value)
        return false;
    switch (value->type) {
    case PYRO_NIL:
        return false;
    case PYRO_BOOL:
        return value->u.boolean;
    case PYRO_INT:
        return value->u.integer != 0;
    case PYRO_REAL:
        return value->u.real != 0;
    case PYRO_STR:
    case PYRO_BYTES:
        return value->u.text.length > 0;
    case PYRO_CONTAINER_VALUE:
        return value->u.of.count > 0;
    case PYRO_OTHER:
        break;
    }
    return true;
}

/* --- arguments --- */

/* Names and tags are kept as C texts. */
static enum pyro_code check_text(const struct pyro_value *value, const char *what,
                                 struct pyro_error *err)
{
    if (value->type != PYRO_STR)
        return pyro_error_set(err, PYRO_ETYPE, "%s must be a str", what);
    if (memchr(value->u.text.data, '\0', value->u.text.length))
        return pyro_error_set(err, PYRO_EVALUE, "%s may not contain NUL", what);
    return PYRO_OK;
}

/* Metadata in a list, tuple or set, or None: what a registration refers to. The caller frees
 * `*tags`. */
static enum pyro_code read_tags(const struct pyro_value *value, const char *what,
                                const char ***tags, size_t *count, struct pyro_error *err)
{
    *tags = NULL;
    *count = 0;
    if (is_none(value))
        return PYRO_OK;
    if (value->type == PYRO_STR)
        return pyro_error_set(
            err, PYRO_ETYPE, "%s should not be a str, but another iterable (set, list, etc)", what);
    if (value->type != PYRO_CONTAINER_VALUE || value->kind == PYRO_DICT)
        return pyro_error_set(err, PYRO_ETYPE, "'%s' object is not iterable",
                              pyro_value_type_name(value));
    *tags = pyro_calloc(value->u.of.count, sizeof(**tags));
    if (!*tags)
        return pyro_error_memory(err);
    for (size_t i = 0; i < value->u.of.count; i++) {
        const struct pyro_value *tag = &value->u.of.items[i];
        size_t known = 0;
        enum pyro_code code = check_text(tag, "metadata tags", err);
        if (code != PYRO_OK)
            return code;
        while (known < *count && !pyro_slice_equals(tag->u.text, (*tags)[known]))
            known++;
        if (known == *count)
            (*tags)[(*count)++] = tag->u.text.data;
    }
    return PYRO_OK;
}

/* The state of a URI that travels as a class. */
static enum pyro_code read_uri_state(const struct pyro_value *state, struct pyro_uri *uri,
                                     struct pyro_error *err)
{
    const struct pyro_value *item[5];
    enum pyro_uri_protocol protocol;
    for (size_t i = 0; i < 5; i++)
        if (!(item[i] = pyro_value_at(state, i)))
            return pyro_error_set(err, PYRO_ETYPE, "malformed URI");
    if (item[0]->type != PYRO_STR || !pyro_uri_protocol_find(item[0]->u.text, &protocol) ||
        item[1]->type != PYRO_STR)
        return pyro_error_set(err, PYRO_ETYPE, "malformed URI");
    return pyro_uri_make(uri, protocol, item[1]->u.text.data,
                         item[3]->type == PYRO_STR ? item[3]->u.text.data : NULL,
                         item[2]->type == PYRO_STR ? item[2]->u.text.data : NULL,
                         item[4]->type == PYRO_INT ? (uint16_t)item[4]->u.integer : 0, err);
}

/* A URI as a text or an object; `text` gets its text, and is the caller's to free. */
static enum pyro_code read_uri(const struct call *call, const struct pyro_value *value,
                               struct pyro_buffer *text)
{
    struct pyro_uri uri = {.object = NULL};
    const struct pyro_value *class_name = pyro_value_get(value, "__class__");
    enum pyro_code code;
    if (pyro_value_is(class_name, "Pyro4.core.URI") || pyro_value_is(class_name, "Pyro5.core.URI"))
        code = read_uri_state(pyro_value_get(value, "state"), &uri, call->err);
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
    return code;
}

/* --- answers --- */

static enum pyro_code put_tags(struct pyro_sink *to, const struct registration *registration)
{
    enum pyro_code code = pyro_begin(to, PYRO_LIST, registration->tag_count);
    for (size_t i = 0; i < registration->tag_count && code == PYRO_OK; i++)
        code = pyro_put_text(to, registration->tags[i]);
    return code == PYRO_OK ? pyro_end(to, PYRO_LIST) : code;
}

static enum pyro_code unknown_name(struct pyro_error *err, struct pyro_slice name)
{
    return pyro_error_set(err, PYRO_ENAMING, "unknown name: %.*s",
                          (int)(name.length < 300 ? name.length : 300), name.data);
}

static enum pyro_code call_count(struct call *call)
{
    return pyro_put_int(call->to, (int64_t)call->storage->ops->count(call->storage));
}

static enum pyro_code call_ping(struct call *call)
{
    return pyro_put_nil(call->to);
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
    enum pyro_code code = check_text(call->args[0], "name", call->err);
    if (code != PYRO_OK)
        return code;
    struct pyro_slice name = call->args[0]->u.text;
    const struct registration *found = call->storage->ops->get(call->storage, name);
    if (!found)
        return unknown_name(call->err, name);
    if (!is_true(call->args[1]))
        return put_registered_uri(call, found->uri);
    if ((code = pyro_begin(call->to, PYRO_TUPLE, 2)) != PYRO_OK ||
        (code = put_registered_uri(call, found->uri)) != PYRO_OK ||
        (code = put_tags(call->to, found)) != PYRO_OK)
        return code;
    return pyro_end(call->to, PYRO_TUPLE);
}

/* register(name, uri, safe=False, metadata=None) */
static enum pyro_code call_register(struct call *call)
{
    struct storage *storage = call->storage;
    struct pyro_buffer uri = {.data = NULL};
    const char **tags = NULL;
    size_t count = 0;
    enum pyro_code code = read_uri(call, call->args[1], &uri);
    if (code == PYRO_OK)
        code = check_text(call->args[0], "name", call->err);
    if (code == PYRO_OK)
        code = read_tags(call->args[3], "metadata", &tags, &count, call->err);
    if (code == PYRO_OK && is_true(call->args[2]) &&
        storage->ops->get(storage, call->args[0]->u.text))
        code = pyro_error_set(call->err, PYRO_ENAMING, "name already registered: %s",
                              call->args[0]->u.text.data);
    if (code == PYRO_OK) {
        struct registration registration = {uri.data, count, tags};
        code = storage->ops->set(storage, call->args[0]->u.text, &registration, call->err);
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
    enum pyro_code code = check_text(call->args[0], "name", call->err);
    if (code == PYRO_OK)
        code = read_tags(call->args[1], "metadata", &tags, &count, call->err);
    if (code == PYRO_OK) {
        struct pyro_slice name = call->args[0]->u.text;
        const struct registration *old = storage->ops->get(storage, name);
        struct registration changed = {old ? old->uri : NULL, count, tags};
        code = old ? storage->ops->set(storage, name, &changed, call->err)
                   : unknown_name(call->err, name);
    }
    pyro_free(tags);
    return code == PYRO_OK ? pyro_put_nil(call->to) : code;
}

/* --- selections: list and remove --- */

struct selection {
    struct pyro_slice prefix; /* data NULL: not by prefix */
    struct regex *regex;
    const char **all, **any;
    size_t all_count, any_count;
    bool by_all, by_any;
    enum pyro_code code; /* of a match that failed */
    struct pyro_error *err;
    /* what is found */
    struct pyro_slice *names;
    size_t count, capacity;
};

static size_t count_tags(const struct registration *registration, const char **tags, size_t count)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < registration->tag_count; j++)
            found += strcmp(tags[i], registration->tags[j]) == 0;
    return found;
}

static bool selects(struct selection *s, struct pyro_slice name,
                    const struct registration *registration)
{
    bool matches = true;
    if (s->prefix.data)
        return name.length >= s->prefix.length &&
               memcmp(name.data, s->prefix.data, s->prefix.length) == 0;
    if (s->regex) {
        s->code = regex_match(s->regex, name, &matches, s->err);
        return matches;
    }
    if (s->by_all)
        return count_tags(registration, s->all, s->all_count) == s->all_count;
    if (s->by_any)
        return count_tags(registration, s->any, s->any_count) > 0;
    return true;
}

static bool collect(void *context, struct pyro_slice name, const struct registration *registration)
{
    struct selection *s = context;
    if (!selects(s, name, registration))
        return s->code == PYRO_OK;
    if (s->count == s->capacity) {
        size_t capacity = s->capacity ? 2 * s->capacity : 16;
        struct pyro_slice *names = pyro_realloc(s->names, capacity * sizeof(*names));
        if (!names) {
            s->code = pyro_error_memory(s->err);
            return false;
        }
        s->names = names;
        s->capacity = capacity;
    }
    s->names[s->count++] = name;
    return true;
}

/* Sets up a selection by what is given and true, as Pyro decides it: an empty prefix selects
 * everything. */
static enum pyro_code open_selection(struct selection *s, const struct pyro_value *prefix,
                                     const struct pyro_value *regex, struct pyro_error *err)
{
    enum pyro_code code = PYRO_OK;
    *s = (struct selection){.err = err};
    if (is_true(prefix) && (code = check_text(prefix, "prefix", err)) == PYRO_OK)
        s->prefix = prefix->u.text;
    else if (code == PYRO_OK && is_true(regex) &&
             (code = check_text(regex, "regex", err)) == PYRO_OK &&
             !(s->regex = regex_new(regex->u.text, err)))
        code = err->code;
    return code;
}

static enum pyro_code find(struct selection *s, struct storage *storage)
{
    storage->ops->each(storage, collect, s);
    return s->code;
}

static void close_selection(struct selection *s)
{
    regex_free(s->regex);
    pyro_free(s->all);
    pyro_free(s->any);
    pyro_free(s->names);
}

static enum pyro_code put_selection(struct call *call, struct selection *s, bool metadata)
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
                   (code = put_tags(call->to, found)) == PYRO_OK) {
            code = pyro_end(call->to, PYRO_TUPLE);
        }
    }
    return code == PYRO_OK ? pyro_end(call->to, PYRO_DICT) : code;
}

/* list(prefix=None, regex=None, metadata_all=None, metadata_any=None, return_metadata=False) */
static enum pyro_code call_list(struct call *call)
{
    const struct pyro_value *const *args = call->args;
    struct selection s = {.err = call->err};
    int filters = 0;
    for (int i = 0; i < 4; i++)
        filters += !is_none(args[i]);
    if (filters > 1)
        return pyro_error_set(call->err, PYRO_EVALUE, "you can only filter on one thing at a time");
    enum pyro_code code = open_selection(&s, args[0], args[1], call->err);
    s.by_all = is_true(args[2]);
    s.by_any = is_true(args[3]);
    if (code == PYRO_OK && s.by_all)
        code = read_tags(args[2], "metadata_all", &s.all, &s.all_count, call->err);
    if (code == PYRO_OK && s.by_any)
        code = read_tags(args[3], "metadata_any", &s.any, &s.any_count, call->err);
    if (code == PYRO_OK)
        code = find(&s, call->storage);
    if (code == PYRO_OK)
        code = put_selection(call, &s, is_true(args[4]));
    close_selection(&s);
    return code;
}

static bool remove_one(struct storage *storage, struct pyro_slice name)
{
    return !pyro_slice_equals(name, PYRO_NAMESERVER_NAME) && storage->ops->remove(storage, name);
}

/* remove(name=None, prefix=None, regex=None) */
static enum pyro_code call_remove(struct call *call)
{
    const struct pyro_value *const *args = call->args;
    struct selection s;
    int64_t removed = 0;
    if (is_true(args[0]) && args[0]->type == PYRO_STR && remove_one(call->storage, args[0]->u.text))
        return pyro_put_int(call->to, 1);
    if (!is_true(args[1]) && !is_true(args[2]))
        return pyro_put_int(call->to, 0);
    enum pyro_code code = open_selection(&s, args[1], args[2], call->err);
    if (code == PYRO_OK)
        code = find(&s, call->storage);
    for (size_t i = 0; i < s.count && code == PYRO_OK; i++)
        removed += remove_one(call->storage, s.names[i]);
    close_selection(&s);
    return code == PYRO_OK ? pyro_put_int(call->to, removed) : code;
}

/* --- dispatch --- */

static const struct method {
    struct signature signature;
    enum pyro_code (*run)(struct call *call);
} methods[] = {
    {{"count", {NULL}, 0}, call_count},
    {{"list", {"prefix", "regex", "metadata_all", "metadata_any", "return_metadata", NULL}, 0},
     call_list},
    {{"lookup", {"name", "return_metadata", NULL}, 1}, call_lookup},
    {{"ping", {NULL}, 0}, call_ping},
    {{"register", {"name", "uri", "safe", "metadata", NULL}, 2}, call_register},
    {{"remove", {"name", "prefix", "regex", NULL}, 0}, call_remove},
    {{"set_metadata", {"name", "metadata", NULL}, 2}, call_set_metadata},
};

enum pyro_code calls_describe(struct pyro_sink *to)
{
    static const char *const empty[] = {"oneway", "attrs"};
    enum pyro_code code;
    if ((code = pyro_begin(to, PYRO_DICT, 3)) != PYRO_OK ||
        (code = pyro_put_text(to, "methods")) != PYRO_OK ||
        (code = pyro_begin(to, PYRO_LIST, PYRO_COUNT(methods))) != PYRO_OK)
        return code;
    for (size_t i = 0; i < PYRO_COUNT(methods); i++)
        if ((code = pyro_put_text(to, methods[i].signature.method)) != PYRO_OK)
            return code;
    if ((code = pyro_end(to, PYRO_LIST)) != PYRO_OK)
        return code;
    for (size_t i = 0; i < PYRO_COUNT(empty); i++)
        if ((code = pyro_put_text(to, empty[i])) != PYRO_OK ||
            (code = pyro_begin(to, PYRO_LIST, 0)) != PYRO_OK ||
            (code = pyro_end(to, PYRO_LIST)) != PYRO_OK)
            return code;
    return pyro_end(to, PYRO_DICT);
}

static enum pyro_code no_method(const struct pyro_request *request, struct pyro_error *err)
{
    return pyro_error_set(
        err, PYRO_EATTRIBUTE, "'NameServer' object has no attribute '%.*s'",
        (int)(request->call.method.length < 200 ? request->call.method.length : 200),
        request->call.method.data);
}

/* The answer is collected in a tree first: a oneway call, or an error midway, sends none. */
static enum pyro_code run(struct storage *storage, struct pyro_request *request,
                          struct pyro_tree *args, struct pyro_tree *answer, struct pyro_error *err)
{
    struct call call = {storage, request, .to = &answer->sink, .err = err};
    if (request->flags & PYRO_FLAG_BATCH)
        return pyro_error_set(err, PYRO_EPYRO, "batched calls are not supported");
    enum pyro_code code = pyro_request_args(request, &args->sink, err);
    if (code != PYRO_OK)
        return code;
    for (size_t i = 0; i < PYRO_COUNT(methods); i++) {
        if (!pyro_slice_equals(request->call.method, methods[i].signature.method))
            continue;
        const struct pyro_value *given = args->root.u.of.items;
        code = arguments_bind(&methods[i].signature, &given[0], &given[1], call.args, err);
        return code == PYRO_OK ? methods[i].run(&call) : code;
    }
    return no_method(request, err);
}

void calls_serve(struct storage *storage, struct pyro_request *request)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_tree args, answer;
    pyro_tree_init(&args, &err);
    pyro_tree_init(&answer, &err);
    enum pyro_code code = run(storage, request, &args, &answer, &err);
    if (code == PYRO_OK && !pyro_request_wanted(request))
        pyro_request_finish(request);
    else if (code != PYRO_OK ||
             pyro_request_answer(request, answer.root.u.of.items, &err) != PYRO_OK)
        pyro_request_fail(request, &err);
    pyro_tree_free(&answer);
    pyro_tree_free(&args);
}
