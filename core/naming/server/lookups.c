/* The methods that read. They answer at once, from the registry. */
#include "naming/server/lookups.h"

#include "naming/server/selection.h"
#include "rpc/guard.h"
#include "rpc/uri_state.h"

/* Pyro4's clients get a list, Pyro5's a set. A name server has the tags of both generations' own,
 * but neither is shown the other's. */
static enum pyro_code put_tags(struct call *call, const struct registration *registration)
{
    bool pyro5 = call_is_pyro5(call->request);
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

enum pyro_code lookups_count(struct call *call)
{
    enum pyro_code code = pyro_guard_name(call->request, call->method, NULL, call->err);
    if (code != PYRO_OK)
        return code;
    return pyro_put_int(call->to, (int64_t)registry_count(call->calls->registry));
}

enum pyro_code lookups_ping(struct call *call)
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
enum pyro_code lookups_lookup(struct call *call)
{
    struct pyro_slice name;
    enum pyro_code code = call_read_name(call, call->args[0], &name);
    if (code != PYRO_OK)
        return code;
    const struct registration *found = registry_get(call->calls->registry, name);
    if (!found)
        return call_unknown_name(call->err, name);
    if (!argument_is_true(call->args[1]))
        return put_registered_uri(call, found->uri);
    if ((code = pyro_begin(call->to, PYRO_TUPLE, 2)) != PYRO_OK ||
        (code = put_registered_uri(call, found->uri)) != PYRO_OK ||
        (code = put_tags(call, found)) != PYRO_OK)
        return code;
    return pyro_end(call->to, PYRO_TUPLE);
}

/* --- selections: list and yplookup --- */

static enum pyro_code put_selection(struct call *call, const struct selection *s, bool metadata)
{
    enum pyro_code code = pyro_begin(call->to, PYRO_DICT, s->count);
    for (size_t i = 0; i < s->count && code == PYRO_OK; i++) {
        const struct registration *found = registry_get(call->calls->registry, s->names[i]);
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

static enum pyro_code answer_selection(struct call *call, struct criteria by, bool metadata)
{
    struct selection selection;
    enum pyro_code code = call_find(call, by, &selection);
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
enum pyro_code lookups_list(struct call *call)
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
enum pyro_code lookups_list_5(struct call *call)
{
    const struct pyro_value *const *args = call->args;
    if (argument_is_true(args[0]) && argument_is_true(args[1]))
        return more_than_one(call->err);
    return answer_selection(call, (struct criteria){.prefix = args[0], .regex = args[1]},
                            argument_is_true(args[2]));
}

/* yplookup(meta_all=None, meta_any=None, return_metadata=True) */
enum pyro_code lookups_yplookup(struct call *call)
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
