/* Resolving names and metadata: a search for the name server, then a call of it.
 *
 * The name server is located, asked, and, as long as NS_LOOKUP_DELAY allows, asked again after a
 * pause. Every step is a completion. Ending frees the search, then tells its owner, who may do
 * anything. */
#include "naming/client/resolve.h"

#include <string.h>

#include "base/assert.h"
#include "base/memory.h"
#include "base/random.h"
#include "naming/client/hosts.h"
#include "naming/client/locate.h"
#include "naming/client/question.h"

#define SHORTEST_PAUSE 0.2 /* seconds, between questions for a name that is not there */

struct resolve {
    struct pyro_search search;
    struct pyro_runtime *runtime;
    struct pyro_uri uri;
    double timeout;
    struct pyro_search *locating; /* under way, or NULL */
    struct pyro_client *client;   /* of the name server */
    struct pyro_call call;
    char *host;               /* where the name server is said to be, or NULL */
    struct pyro_timer *timer; /* until the name is looked up again, or NULL */
    struct pyro_completion expired;
    double patience; /* seconds that the name may still take to appear */
};

static void resolve_free(struct pyro_search *search)
{
    struct resolve *r = PYRO_CONTAINER(search, struct resolve, search);
    if (r->locating)
        pyro_search_cancel(r->locating);
    pyro_timer_free(r->timer);
    pyro_call_free(&r->call);
    pyro_client_free(r->client);
    pyro_uri_free(&r->uri);
    pyro_free(r->host);
    pyro_free(r);
}

/* --- the answer --- */

/* Draws one of the names that a search gave, in a dict from names to URIs as strings. */
static enum pyro_code read_found(const struct pyro_value *value, const char *tags,
                                 struct pyro_uri *uri, struct pyro_error *err)
{
    uint32_t draw;
    size_t pairs =
        value->type == PYRO_CONTAINER_VALUE && value->kind == PYRO_DICT ? value->u.of.count / 2 : 0;
    if (pairs == 0)
        return pyro_error_set(err, PYRO_ENAMING,
                              "no registrations available with desired metadata properties %.200s",
                              tags);
    if (!pyro_random(&draw, sizeof(draw)))
        return pyro_error_set(err, PYRO_EOS, "the system has no random numbers");
    const struct pyro_value *text = &value->u.of.items[2 * (draw % pairs) + 1];
    if (text->type != PYRO_STR)
        return pyro_error_set(err, PYRO_EPROTOCOL, "malformed answer of the name server");
    return pyro_uri_parse(uri, text->u.text, 0, err);
}

static enum pyro_code read_answer(struct resolve *r, struct pyro_uri *uri, struct pyro_error *err)
{
    struct pyro_tree tree;
    pyro_tree_init(&tree, err);
    const struct pyro_value *value;
    enum pyro_code code = question_read(&r->call, &tree, &value, err);
    if (code == PYRO_OK && r->uri.protocol == PYRO_URI_PYRONAME)
        code = question_read_uri(value, uri, err);
    else if (code == PYRO_OK)
        code = read_found(value, r->uri.object, uri, err);
    pyro_tree_free(&tree);
    if (code == PYRO_OK && uri->protocol != PYRO_URI_PYRO) {
        pyro_uri_free(uri);
        code = pyro_error_set(err, PYRO_ENAMING, "the name is registered with no direct URI");
    }
    return code;
}

/* --- the question --- */

static enum pyro_code put_tags(struct pyro_sink *to, const char *tags)
{
    size_t count = 1;
    for (const char *p = tags; *p; p++)
        count += *p == ',';
    enum pyro_code code = pyro_begin(to, PYRO_LIST, count);
    for (const char *p = tags; p && code == PYRO_OK;) {
        const char *comma = strchr(p, ',');
        code = pyro_put_str(to, pyro_slice(p, comma ? (size_t)(comma - p) : strlen(p)));
        p = comma ? comma + 1 : NULL;
    }
    return code == PYRO_OK ? pyro_end(to, PYRO_LIST) : code;
}

/* Names by metadata: Pyro4's list(metadata_all=tags), Pyro5's yplookup(meta_all=tags). */
struct search_method {
    const char *name, *parameter;
};

static const struct search_method search_4 = {"list", "metadata_all"};
static const struct search_method search_5 = {"yplookup", "meta_all"};

static enum pyro_code put_search(struct pyro_sink *to, const struct search_method *method,
                                 const char *tags)
{
    enum pyro_code code;
    if ((code = pyro_begin(to, PYRO_TUPLE, 0)) != PYRO_OK ||
        (code = pyro_end(to, PYRO_TUPLE)) != PYRO_OK ||
        (code = pyro_begin(to, PYRO_DICT, 2)) != PYRO_OK ||
        (code = pyro_put_text(to, method->parameter)) != PYRO_OK ||
        (code = put_tags(to, tags)) != PYRO_OK ||
        (code = pyro_put_text(to, "return_metadata")) != PYRO_OK ||
        (code = pyro_put_bool(to, false)) != PYRO_OK)
        return code;
    return pyro_end(to, PYRO_DICT);
}

static enum pyro_code ask_for_tags(struct resolve *r, struct pyro_error *err)
{
    const struct search_method *search =
        pyro_client_protocol(r->client)->version == 502 ? &search_5 : &search_4;
    struct pyro_call_head head = {.method = pyro_slice_text(search->name)};
    struct pyro_sink *to = pyro_client_begin(r->client, &head, err);
    if (!to)
        return err->code;
    enum pyro_code code = put_search(to, search, r->uri.object);
    if (code != PYRO_OK) {
        pyro_client_abort(r->client);
        return code;
    }
    return pyro_client_send(r->client, &r->call, r->timeout, err);
}

static enum pyro_code ask(struct resolve *r, struct pyro_error *err)
{
    const struct pyro_value name = question_text(r->uri.object);
    if (r->uri.protocol == PYRO_URI_PYRONAME)
        return question_ask(r->client, &r->call, r->timeout, "lookup", &name, 1, err);
    return ask_for_tags(r, err);
}

static void resolve_on_expired(struct pyro_completion *done)
{
    struct resolve *r = PYRO_CONTAINER(done, struct resolve, expired);
    struct pyro_error err;
    if (ask(r, &err) != PYRO_OK)
        pyro_search_fail(&r->search, &err);
}

/* Asks again after a while for a name that is not there, as long as NS_LOOKUP_DELAY allows. */
static bool ask_later(struct resolve *r)
{
    double pause = r->runtime->config.NS_LOOKUP_DELAY / 5;
    if (r->patience <= 0)
        return false;
    if (pause < SHORTEST_PAUSE)
        pause = SHORTEST_PAUSE;
    r->patience -= pause;
    pyro_call_free(&r->call);
    if (!r->timer)
        r->timer = pyro_timer_new(r->runtime->loop, &r->expired);
    if (r->timer)
        pyro_timer_start(r->timer, pause);
    return r->timer != NULL;
}

/* Ends the search; the next one goes to another name server, if this one did not answer. */
static void fail(struct resolve *r, const struct pyro_error *why)
{
    if (r->call.error.code != PYRO_OK)
        hosts_failed(r->runtime, pyro_client_uri(r->client));
    pyro_search_fail(&r->search, why);
}

static void resolve_on_answer(struct pyro_call *call)
{
    struct resolve *r = PYRO_CONTAINER(call, struct resolve, call);
    struct pyro_error err = call->error;
    struct pyro_uri uri = {.object = NULL};
    if (err.code == PYRO_OK && read_answer(r, &uri, &err) == PYRO_OK)
        pyro_search_end(&r->search, &(struct pyro_found){.uri = &uri});
    else if (err.code != PYRO_ENAMING || !ask_later(r))
        fail(r, &err);
}

static void resolve_on_located(void *owner, const struct pyro_found *found)
{
    struct resolve *r = owner;
    struct pyro_error err;
    PYRO_ASSERT(!r->client && !found->client != !found->error);
    r->locating = NULL;
    r->client = found->client;
    if (found->error)
        pyro_search_fail(&r->search, found->error);
    else if (ask(r, &err) != PYRO_OK)
        pyro_search_fail(&r->search, &err);
}

/* Copies the URI's location as pyro_locate() takes it. */
static enum pyro_code copy_location(struct resolve *r, struct pyro_error *err)
{
    struct pyro_buffer text = {.data = NULL};
    bool complete = true;
    if (r->uri.sockname)
        complete = pyro_uri_location(&r->uri, &text) && pyro_buffer_append(&text, "", 1);
    else if (r->uri.host)
        complete = pyro_buffer_append(&text, r->uri.host, strlen(r->uri.host) + 1);
    r->host = text.data;
    return complete ? PYRO_OK : pyro_error_memory(err);
}

struct pyro_search *pyro_resolve(struct pyro_runtime *runtime, const struct pyro_uri *uri,
                                 double timeout, struct pyro_hmac_key *key, pyro_found_fn *found,
                                 void *owner, struct pyro_error *err)
{
    struct resolve *r = pyro_calloc(1, sizeof(*r));
    if (!r) {
        pyro_error_memory(err);
        return NULL;
    }
    r->search = (struct pyro_search){resolve_free, found, owner};
    r->runtime = runtime;
    r->timeout = timeout;
    r->call.done = resolve_on_answer;
    r->patience = runtime->config.NS_LOOKUP_DELAY;
    pyro_completion_init(&r->expired, resolve_on_expired);
    if (pyro_uri_copy(&r->uri, uri, err) == PYRO_OK && copy_location(r, err) == PYRO_OK) {
        struct pyro_locate_options where = {r->host, r->uri.port, timeout, key};
        r->locating = pyro_locate(runtime, &where, resolve_on_located, r, err);
    }
    if (!r->locating) {
        resolve_free(&r->search);
        return NULL;
    }
    return &r->search;
}
