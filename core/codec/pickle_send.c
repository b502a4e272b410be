/* Sending what a pickle made. The program has ended, and its cells do not change; the sink may
 * leave by longjmp at any value. */
#include "codec/pickle_send.h"

#include "base/assert.h"
#include "codec/pickle_machine.h"
#include "codec/pickle_scalar.h"

#define UNHASHABLE "no list, dict or set may be a key or in a set"

/* --- containers --- */

static enum pyro_code send_cells(struct pickle_walk *w, const struct pickle_run *run)
{
    enum pyro_code code = PYRO_OK;
    PYRO_ASSERT(run->first + run->count <= w->p->cells.count);
    const struct pickle_cell *cell = pickle_cells(w->p) + run->first, *end = cell + run->count;
    for (; cell < end && code == PYRO_OK; cell++)
        code = pyro_pickle_send(w, cell);
    return code;
}

static enum pyro_code send_key(struct pickle_walk *w, const struct pickle_cell *cell)
{
    w->hashed = true;
    enum pyro_code code = pyro_pickle_send(w, cell);
    w->hashed = false;
    return code;
}

static enum pyro_code send_pairs(struct pickle_walk *w, const struct pickle_run *run)
{
    enum pyro_code code = PYRO_OK;
    const struct pickle_cell *cell = pickle_cells(w->p) + run->first, *end = cell + run->count;
    for (; cell < end && code == PYRO_OK; cell += 2)
        if ((code = send_key(w, cell)) == PYRO_OK)
            code = pyro_pickle_send(w, cell + 1);
    return code;
}

/* Sends what is in an object, without its beginning and end. */
static enum pyro_code send_content(struct pickle_walk *w, const struct pickle_object *o, bool pairs)
{
    const struct pickle_run *runs = w->p->runs.data, *run = &o->run;
    if (o->count > 0 && pairs != (o->kind == PYRO_DICT || o->content == PICKLE_PAIRS))
        return pyro_pickle_refuse_object(w->p, o, "items of a dict where others are expected");
    enum pyro_code code = pairs ? send_pairs(w, run) : send_cells(w, run);
    while (code == PYRO_OK && run->next > 0) {
        run = &runs[run->next - 1];
        code = pairs ? send_pairs(w, run) : send_cells(w, run);
    }
    return code;
}

enum pyro_code pyro_pickle_send_items(struct pickle_walk *w, enum pyro_kind kind,
                                      const struct pickle_object *first,
                                      const struct pickle_object *second)
{
    bool pairs = kind == PYRO_DICT, hashed = w->hashed;
    size_t count = (first ? first->count : 0) + (second ? second->count : 0);
    if (hashed && kind != PYRO_TUPLE && kind != PYRO_FROZENSET)
        return pyro_pickle_refuse_object(w->p, first ? first : second, UNHASHABLE);
    enum pyro_code code = pyro_begin(w->to, kind, pairs ? count / 2 : count);
    w->hashed = hashed || kind == PYRO_SET || kind == PYRO_FROZENSET;
    if (code == PYRO_OK && first)
        code = send_content(w, first, pairs);
    if (code == PYRO_OK && second)
        code = send_content(w, second, pairs);
    w->hashed = hashed;
    return code == PYRO_OK ? pyro_end(w->to, kind) : code;
}

enum pyro_code pyro_pickle_begin_list(struct pickle_walk *w, const struct pickle_object *o,
                                      size_t count)
{
    return w->hashed ? pyro_pickle_refuse_object(w->p, o, UNHASHABLE)
                     : pyro_begin(w->to, PYRO_LIST, count);
}

/* --- instances --- */

static enum pyro_code refuse_global(const struct pickle_walk *w, const struct pickle_global *global)
{
    return pyro_pickle_refuse_name(w->p, global->module, global->name);
}

/* Finds the dicts that a state consists of: of attributes, and of what is in slots. NULL where
 * there is none; false where the state is none of dicts. */
static bool find_fields(const struct pickle *p, const struct pickle_cell *state,
                        const struct pickle_object *fields[2])
{
    const struct pickle_object *both = pickle_container(p, state, PYRO_TUPLE);
    fields[0] = pickle_container(p, state, PYRO_DICT);
    fields[1] = NULL;
    if (fields[0] || state->type == PICKLE_ABSENT || state->type == PICKLE_NIL)
        return true;
    if (!both || both->count != 2)
        return false;
    fields[0] = pickle_container(p, pickle_item(p, both, 0), PYRO_DICT);
    fields[1] = pickle_container(p, pickle_item(p, both, 1), PYRO_DICT);
    return (fields[0] || pickle_item(p, both, 0)->type == PICKLE_NIL) &&
           (fields[1] || pickle_item(p, both, 1)->type == PICKLE_NIL);
}

const struct pickle_cell *pyro_pickle_field(const struct pickle *p, const struct pickle_object *o,
                                            const char *key)
{
    const struct pickle_object *dict =
        pickle_container(p, pickle_about(p, o, PICKLE_STATE), PYRO_DICT);
    if (!dict)
        return NULL;
    struct pickle_cursor at = pickle_first(dict);
    for (const struct pickle_cell *name; (name = pyro_pickle_next(p, &at)) != NULL;) {
        const struct pickle_cell *value = pyro_pickle_next(p, &at);
        if (pyro_pickle_is(name, key))
            return value;
    }
    return NULL;
}

/* Makes the whole name of the class of an object, which stays until another string is decoded. */
static enum pyro_code name_class(const struct pickle_walk *w, const struct pickle_object *o,
                                 struct pyro_slice *name)
{
    const struct pickle_global *global = pickle_global_of(w->p, o);
    struct pyro_buffer *text = &w->p->held->decoded;
    size_t kept = text->length;
    if (!pyro_buffer_append(text, global->module.data, global->module.length) ||
        !pyro_buffer_append(text, ".", 1) ||
        !pyro_buffer_append(text, global->name.data, global->name.length))
        return pyro_error_memory(w->p->err);
    *name = pyro_slice(text->data + kept, text->length - kept);
    pyro_buffer_truncate(text, kept);
    return PYRO_OK;
}

enum pyro_code pyro_pickle_begin_class(struct pickle_walk *w, const struct pickle_object *o,
                                       bool exception, size_t fields)
{
    struct pyro_class class = {.exception = exception};
    if (w->hashed)
        return pyro_pickle_refuse_object(w->p, o, "an instance of a class may not be a key");
    enum pyro_code code = name_class(w, o, &class.name);
    return code == PYRO_OK ? pyro_begin_object(w->to, &class, fields) : code;
}

/* Sends the fields of an instance, as a dict of its class. */
static enum pyro_code send_fields(struct pickle_walk *w, const struct pickle_object *o)
{
    const struct pickle_object *fields[2], *keywords;
    if (!find_fields(w->p, pickle_about(w->p, o, PICKLE_STATE), fields))
        return pyro_pickle_refuse_object(w->p, o, "a state that is no dict");
    keywords = pickle_container(w->p, pickle_about(w->p, o, PICKLE_KEYWORDS), PYRO_DICT);
    const struct pickle_object *parts[] = {keywords, fields[0], fields[1]};
    size_t count = 0;
    for (size_t i = 0; i < PYRO_COUNT(parts); i++)
        count += parts[i] ? parts[i]->count / 2 : 0;
    enum pyro_code code = pyro_pickle_begin_class(w, o, false, count);
    for (size_t i = 0; i < PYRO_COUNT(parts) && code == PYRO_OK; i++)
        if (parts[i])
            code = send_content(w, parts[i], true);
    return code == PYRO_OK ? pyro_end(w->to, PYRO_DICT) : code;
}

/* Sends an instance of a class that is not known: what it has of a list or dict that the class
 * derives from, or of a tuple (as named tuples do), else its fields. */
static enum pyro_code send_instance(struct pickle_walk *w, const struct pickle_object *o)
{
    const struct pickle_object *args = pickle_args(w->p, o);
    if (o->content == PICKLE_PAIRS)
        return pyro_pickle_send_items(w, PYRO_DICT, NULL, o);
    if (o->content == PICKLE_ITEMS)
        return pyro_pickle_send_items(w, PYRO_LIST, NULL, o);
    if (args->count > 0 && pickle_about(w->p, o, PICKLE_STATE)->type == PICKLE_ABSENT)
        return pyro_pickle_send_items(w, PYRO_TUPLE, args, NULL);
    return send_fields(w, o);
}

enum pyro_code pyro_pickle_send_exception(struct pickle_walk *w, const struct pickle_object *o)
{
    const struct pickle_object *fields[2];
    struct pickle_object none = {.kind = PYRO_DICT};
    enum pyro_code code;
    if (!find_fields(w->p, pickle_about(w->p, o, PICKLE_STATE), fields))
        return pyro_pickle_refuse_object(w->p, o, "an exception whose attributes are no dict");
    if ((code = pyro_pickle_begin_class(w, o, true, 3)) != PYRO_OK ||
        (code = pyro_put_text(w->to, "__exception__")) != PYRO_OK ||
        (code = pyro_put_bool(w->to, true)) != PYRO_OK ||
        (code = pyro_put_text(w->to, "args")) != PYRO_OK ||
        (code = pyro_pickle_send_items(w, PYRO_TUPLE, pickle_args(w->p, o), NULL)) != PYRO_OK ||
        (code = pyro_put_text(w->to, "attributes")) != PYRO_OK ||
        (code = pyro_pickle_send_items(w, PYRO_DICT, fields[0] ? fields[0] : &none, fields[1])) !=
            PYRO_OK)
        return code;
    return pyro_end(w->to, PYRO_DICT);
}

/* --- objects --- */

/* Sends what calling a class returns that is not known: an exception, as far as it can be told,
 * if the program registered that class. */
static enum pyro_code send_called(struct pickle_walk *w, const struct pickle_object *o)
{
    struct pyro_slice name = {NULL, 0};
    enum pyro_code code = name_class(w, o, &name);
    if (code != PYRO_OK)
        return code;
    return w->to->ops->knows && w->to->ops->knows(w->to, name)
               ? pyro_pickle_send_exception(w, o)
               : refuse_global(w, pickle_global_of(w->p, o));
}

static enum pyro_code send_object(struct pickle_walk *w, const struct pickle_object *o)
{
    const struct pickle_known *known;
    if (o->kind < PICKLE_CALLED)
        return pyro_pickle_send_items(w, o->kind, o, NULL);
    known = pickle_global_of(w->p, o)->known;
    if (known && known->send)
        return known->send(w, o);
    return o->kind == PICKLE_MADE ? send_instance(w, o) : send_called(w, o);
}

enum pyro_code pyro_pickle_send_raised(struct pickle_walk *w, const struct pickle_cell *cell)
{
    const struct pickle_object *o =
        cell->type == PICKLE_OBJECT ? pickle_object_of(w->p, cell) : NULL;
    return o && o->kind >= PICKLE_CALLED ? pyro_pickle_send_exception(w, o)
                                         : pyro_pickle_send(w, cell);
}

static enum pyro_code send_one_object(struct pickle_walk *w, const struct pickle_object *o)
{
    if (w->depth == PYRO_MAX_DEPTH)
        return pyro_pickle_refuse(w->p, w->p->start + o->at, "nested deeper than %d",
                                  PYRO_MAX_DEPTH);
    w->depth++;
    enum pyro_code code = send_object(w, o);
    w->depth--;
    return code;
}

enum pyro_code pyro_pickle_send(struct pickle_walk *w, const struct pickle_cell *cell)
{
    switch (cell->type) {
    case PICKLE_OBJECT:
        return send_one_object(w, pickle_object_of(w->p, cell));
    case PICKLE_GLOBAL:
        return refuse_global(w, &pickle_globals(w->p)[cell->u.index]);
    case PICKLE_INT:
        return pyro_put_int(w->to, cell->u.integer);
    case PICKLE_STR:
        if (cell->form == PICKLE_PLAIN)
            return pyro_put_str(w->to, pyro_slice(cell->u.text, cell->length));
        return pyro_pickle_send_scalar(w, cell);
    default:
        return pyro_pickle_send_scalar(w, cell);
    }
}
