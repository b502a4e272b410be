#include "naming/server/changes.h"

#include "base/clock.h"
#include "base/memory.h"
#include "naming/registry/text.h"
#include "naming/server/nameserver.h"
#include "rpc/uri_state.h"

/* --- one change, and the call that waits for it --- */

/* A change, with its strings behind it. */
struct pending {
    struct change change;
    struct pyro_deferred *deferred;
    struct pyro_log *log;
    bool counts; /* the answer is how many names were changed; else None */
    const char *memory[];
};

static enum pyro_code refuse_name(struct pyro_error *err, struct pyro_slice name)
{
    return pyro_error_set(err, PYRO_ENAMING, "name already registered: %.*s", (int)name.length,
                          name.data);
}

static enum pyro_code put_answer(const struct pending *pending, struct pyro_deferred *deferred)
{
    const struct change *change = &pending->change;
    if (pending->counts)
        return pyro_put_int(&deferred->answer.sink, (int64_t)change->applied);
    if (change->applied > 0)
        return pyro_put_nil(&deferred->answer.sink);
    return change->kind == CHANGE_SET ? refuse_name(&deferred->err, change->name)
                                      : call_unknown_name(&deferred->err, change->name);
}

static void changes_on_stored(struct change *change, const struct pyro_error *why)
{
    struct pending *pending = PYRO_CONTAINER(change, struct pending, change);
    struct pyro_deferred *deferred = pending->deferred;
    struct pyro_error ignored;
    if (why) {
        pyro_log_write(pending->log, PYRO_WARNING, "naming", "a change of %.*s is not stored: %s",
                       (int)change->name.length, change->name.data, why->message);
        deferred->err = *why;
    } else {
        put_answer(pending, deferred);
    }
    pyro_free(pending);
    deferred->ops->answer(deferred, &ignored);
}

enum pyro_code changes_make(const struct call *call, const struct change *change, bool counts)
{
    size_t size = registration_size(&change->registration);
    struct pending *pending = pyro_malloc(sizeof(*pending) + size + change->name.length + 1);
    if (!pending)
        return pyro_error_memory(call->err);
    pending->change = *change;
    pending->change.stored = changes_on_stored;
    char *name =
        registration_copy(&pending->change.registration, &change->registration, pending->memory);
    if (change->name.length > 0) /* a renewal has none */
        memcpy(name, change->name.data, change->name.length);
    name[change->name.length] = '\0';
    pending->change.name.data = name;
    pending->counts = counts;
    pending->log = &call->request->runtime->log;
    pending->deferred = pyro_native_defer(call->native);
    if (!pending->deferred) {
        pyro_free(pending);
        return pyro_error_memory(call->err);
    }
    storage_change(call->calls->storage, &pending->change);
    return PYRO_OK;
}

/* --- register --- */

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
    if (code == PYRO_OK && text->length > TEXT_LONGEST + 1)
        code = pyro_error_set(call->err, PYRO_EVALUE, "uri may not be longer than %d bytes",
                              TEXT_LONGEST);
    return code;
}

enum pyro_code changes_set(struct call *call, const struct pyro_value *metadata,
                           const struct pyro_value *safe, const char *owner, double lease)
{
    struct pyro_buffer uri = {.data = NULL};
    struct change change = {.kind = CHANGE_SET};
    const char **tags = NULL;
    size_t count = 0;
    enum pyro_code code = read_uri(call, call->args[1], &uri);
    if (code == PYRO_OK)
        code = call_read_name(call, call->args[0], &change.name);
    if (code == PYRO_OK)
        code = text_read_tags(metadata, "metadata", &tags, &count, call->err);
    if (code == PYRO_OK && pyro_slice_equals(change.name, PYRO_NAMESERVER_NAME))
        code = refuse_name(call->err, change.name);
    if (code == PYRO_OK) {
        change.condition = argument_is_true(safe) ? CHANGE_IF_ABSENT : CHANGE_ALWAYS;
        change.registration = (struct registration){uri.data, count, tags,
                                                    owner,    lease, (int64_t)pyro_date_seconds()};
        code = changes_make(call, &change, false);
    }
    pyro_free(tags);
    pyro_buffer_free(&uri);
    return code;
}

enum pyro_code changes_register(struct call *call)
{
    return changes_set(call, call->args[3], call->args[2], NULL, 0);
}

/* --- set_metadata --- */

/* The name server's own registration is in no storage. */
static enum pyro_code set_own_tags(struct call *call, const struct change *change)
{
    struct registry *registry = call->calls->registry;
    struct registration own = *registry_get(registry, change->name);
    own.tag_count = change->registration.tag_count;
    own.tags = change->registration.tags;
    size_t room;
    enum pyro_code code = registry_reserve(registry, change->name, &own, &room, call->err);
    registry_release(registry, room);
    if (code == PYRO_OK)
        code = registry_set(registry, change->name, &own, call->err);
    return code == PYRO_OK ? pyro_put_nil(call->to) : code;
}

enum pyro_code changes_set_metadata(struct call *call)
{
    struct change change = {.kind = CHANGE_TAGS};
    const char **tags = NULL;
    size_t count = 0;
    enum pyro_code code = call_read_name(call, call->args[0], &change.name);
    if (code == PYRO_OK)
        code = text_read_tags(call->args[1], "metadata", &tags, &count, call->err);
    if (code == PYRO_OK) {
        change.registration.tags = tags;
        change.registration.tag_count = count;
        code = pyro_slice_equals(change.name, PYRO_NAMESERVER_NAME)
                   ? set_own_tags(call, &change)
                   : changes_make(call, &change, false);
    }
    pyro_free(tags);
    return code;
}
