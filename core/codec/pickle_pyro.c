/* Pyro's own classes in pickles. They are sent as the dicts that other serializers carry. */
#include "codec/pickle_pyro.h"

#include <nettle/base64.h>

#include "codec/pickle_machine.h"
#include "codec/pickle_send.h"
#include "codec/pickle_text.h"
#include "value/integer.h"

/* Returns the state of an instance: a tuple of `least` items or more, or NULL. */
static const struct pickle_object *state_of(const struct pickle *p, const struct pickle_object *o,
                                            uint32_t least)
{
    const struct pickle_object *state =
        pickle_container(p, pickle_about(p, o, PICKLE_STATE), PYRO_TUPLE);
    return state && state->count >= least ? state : NULL;
}

static enum pyro_code begin_state(struct pickle_walk *w, const struct pickle_object *o)
{
    enum pyro_code code = pyro_pickle_begin_class(w, o, false, 1);
    return code == PYRO_OK ? pyro_put_text(w->to, "state") : code;
}

enum pyro_code pyro_pickle_send_uri(struct pickle_walk *w, const struct pickle_object *o)
{
    const struct pickle_object *state = state_of(w->p, o, 5);
    if (!state)
        return pyro_pickle_refuse_object(w->p, o, "malformed URI");
    enum pyro_code code = begin_state(w, o);
    if (code != PYRO_OK || (code = pyro_pickle_send_items(w, PYRO_TUPLE, state, NULL)) != PYRO_OK)
        return code;
    return pyro_end(w->to, PYRO_DICT);
}

/* --- proxies --- */

/* Parts of the URI `o`, which are appended to held->decoded. */

static enum pyro_code append_mark(struct pickle_walk *w, const char *mark)
{
    return pyro_buffer_append(&w->p->held->decoded, mark, strlen(mark))
               ? PYRO_OK
               : pyro_error_memory(w->p->err);
}

static enum pyro_code append_marked(struct pickle_walk *w, const struct pickle_object *o,
                                    const char *mark, const struct pickle_cell *text)
{
    enum pyro_code code = append_mark(w, mark);
    return code == PYRO_OK ? pyro_pickle_append_text(w, o, text) : code;
}

/* Appends the tags of a PYROMETA URI, which are a set. */
static enum pyro_code append_tags(struct pickle_walk *w, const struct pickle_object *o,
                                  const struct pickle_object *tags)
{
    enum pyro_code code = PYRO_OK;
    struct pickle_cursor at = pickle_first(tags);
    const struct pickle_cell *tag;
    for (const char *mark = ""; code == PYRO_OK && (tag = pyro_pickle_next(w->p, &at)) != NULL;
         mark = ",")
        code = append_marked(w, o, mark, tag);
    return code;
}

/* Returns the set in a cell, whichever protocol made it, or NULL. */
static const struct pickle_object *set_in(const struct pickle *p, const struct pickle_cell *cell)
{
    const struct pickle_object *set = pickle_container(p, cell, PYRO_SET),
                               *o = cell->type == PICKLE_OBJECT ? pickle_object_of(p, cell) : NULL;
    if (set || !o ||
        !(pyro_pickle_is_of(p, o, "__builtin__", "set") ||
          pyro_pickle_is_of(p, o, "builtins", "set")))
        return set;
    return pickle_container(p, pickle_item(p, pickle_args(p, o), 0), PYRO_LIST);
}

static enum pyro_code append_object(struct pickle_walk *w, const struct pickle_object *o,
                                    const struct pickle_cell *object)
{
    const struct pickle_object *tags = set_in(w->p, object);
    return tags ? append_tags(w, o, tags) : pyro_pickle_append_text(w, o, object);
}

static enum pyro_code append_address(struct pickle_walk *w, const struct pickle_object *o,
                                     const struct pickle_cell *host, const struct pickle_cell *port)
{
    char digits[PYRO_INTEGER_SIZE] = "";
    bool is_v6 = host->type == PICKLE_STR && memchr(host->u.text, ':', host->length);
    enum pyro_code code;
    if (port->type == PICKLE_INT)
        pyro_integer_text(port->u.integer, digits);
    if ((code = append_marked(w, o, is_v6 ? "@[" : "@", host)) != PYRO_OK ||
        (code = append_mark(w, is_v6 ? "]:" : ":")) != PYRO_OK)
        return code;
    return append_mark(w, digits);
}

/* Appends a URI of which `state` has protocol, object, socket name, host and port. */
static enum pyro_code append_uri(struct pickle_walk *w, const struct pickle_object *o,
                                 const struct pickle_object *state)
{
    const struct pickle_cell *parts = pickle_item(w->p, state, 0);
    enum pyro_code code;
    if ((code = pyro_pickle_append_text(w, o, &parts[0])) != PYRO_OK ||
        (code = append_mark(w, ":")) != PYRO_OK ||
        (code = append_object(w, o, &parts[1])) != PYRO_OK)
        return code;
    if (parts[2].type != PICKLE_NIL)
        return append_marked(w, o, "@./u:", &parts[2]);
    return parts[3].type == PICKLE_NIL ? PYRO_OK : append_address(w, o, &parts[3], &parts[4]);
}

/* Sends the URI in the state of a proxy as a string. */
static enum pyro_code send_uri_text(struct pickle_walk *w, const struct pickle_object *proxy,
                                    const struct pickle_cell *uri)
{
    struct pyro_buffer *text = &w->p->held->decoded;
    const struct pickle_object *o = uri->type == PICKLE_OBJECT ? pickle_object_of(w->p, uri) : NULL;
    const struct pickle_object *state = o && o->kind >= PICKLE_CALLED ? state_of(w->p, o, 5) : NULL;
    size_t kept = text->length;
    if (!state)
        return pyro_pickle_refuse_object(w->p, proxy, "malformed URI of a proxy");
    if (!pyro_pickle_is_of(w->p, o, "Pyro4.core", "URI"))
        return pyro_pickle_refuse_name(w->p, pickle_global_of(w->p, o)->module,
                                       pickle_global_of(w->p, o)->name);
    enum pyro_code code = append_uri(w, o, state);
    if (code != PYRO_OK)
        return code;
    struct pyro_slice whole = pyro_slice(text->data + kept, text->length - kept);
    pyro_buffer_truncate(text, kept);
    return pyro_put_str(w->to, whole);
}

/* Where a proxy's state has its HMAC key. */
#define HMAC_PLACE 5

/* Sends an HMAC key, which is bytes here, as the string that it is in other serializers. */
static enum pyro_code send_key(struct pickle_walk *w, const struct pickle_cell *key)
{
    struct pyro_buffer *text = &w->p->held->decoded;
    struct pyro_slice secret = pyro_slice(key->u.text, key->length);
    size_t kept = text->length, length = BASE64_ENCODE_RAW_LENGTH(secret.length);
    if (!pyro_buffer_append(text, "b64:", 4) || !pyro_buffer_reserve(text, length))
        return pyro_error_memory(w->p->err);
    base64_encode_raw(text->data + text->length, secret.length, (const uint8_t *)secret.data);
    struct pyro_slice whole = pyro_slice(text->data + kept, text->length + length - kept);
    pyro_buffer_truncate(text, kept);
    return pyro_put_str(w->to, whole);
}

/* Sends a part of a proxy's state that has not the form of its own. */
static enum pyro_code send_part(struct pickle_walk *w, uint32_t place,
                                const struct pickle_cell *part)
{
    bool is_key = place == HMAC_PLACE && part->type == PICKLE_BYTES && part->form == PICKLE_PLAIN;
    return is_key ? send_key(w, part) : pyro_pickle_send(w, part);
}

enum pyro_code pyro_pickle_send_proxy(struct pickle_walk *w, const struct pickle_object *o)
{
    const struct pickle_object *state = state_of(w->p, o, 7);
    if (!state)
        return pyro_pickle_refuse_object(w->p, o, "malformed proxy");
    const struct pickle_cell *parts = pickle_item(w->p, state, 0);
    enum pyro_code code = begin_state(w, o);
    if (code != PYRO_OK || (code = pyro_begin(w->to, PYRO_TUPLE, state->count)) != PYRO_OK ||
        (code = send_uri_text(w, o, &parts[0])) != PYRO_OK)
        return code;
    for (uint32_t i = 1; i < state->count && code == PYRO_OK; i++)
        code = send_part(w, i, &parts[i]);
    if (code != PYRO_OK || (code = pyro_end(w->to, PYRO_TUPLE)) != PYRO_OK)
        return code;
    return pyro_end(w->to, PYRO_DICT);
}

/* --- batches --- */

/* Sends the wrapper of the exception of a call in a batch: what is in it is an exception,
 * whatever its class. */
enum pyro_code pyro_pickle_send_wrapper(struct pickle_walk *w, const struct pickle_object *o)
{
    const struct pickle_cell *exception = pyro_pickle_field(w->p, o, "exception");
    enum pyro_code code;
    if (!exception)
        return pyro_pickle_refuse_object(w->p, o, "a wrapper without its exception");
    if ((code = pyro_pickle_begin_class(w, o, false, 1)) != PYRO_OK ||
        (code = pyro_put_text(w->to, "exception")) != PYRO_OK ||
        (code = pyro_pickle_send_raised(w, exception)) != PYRO_OK)
        return code;
    return pyro_end(w->to, PYRO_DICT);
}
