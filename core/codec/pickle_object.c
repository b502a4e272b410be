/* The instructions of pickles that make containers and add to them. */
#include "codec/pickle_object.h"

#include "base/assert.h"

#define CELL sizeof(struct pickle_cell)

/* --- making --- */

enum pyro_code pyro_pickle_make(struct pickle *p, unsigned kind, uint32_t first, uint32_t count)
{
    enum pyro_code code;
    if ((code = pickle_reserve(p, &p->cells, CELL, count)) != PYRO_OK ||
        (code = pickle_reserve(p, &p->objects, sizeof(struct pickle_object), 1)) != PYRO_OK)
        return code;
    struct pickle_cell cell = {.type = PICKLE_OBJECT, .u.index = p->objects.count++};
    struct pickle_object *o = pickle_object_of(p, &cell);
    memset(o, 0, sizeof(*o));
    o->kind = (uint8_t)kind;
    o->at = (uint32_t)(p->p - 1 - p->start);
    o->count = o->run.count = count;
    o->run.first = p->cells.count;
    memcpy(pickle_cells(p) + p->cells.count, pickle_stack(p) + first, count * CELL);
    p->cells.count += count;
    return pickle_push(p, cell);
}

static enum pyro_code make_of_marked(struct pickle *p, enum pyro_kind kind)
{
    uint32_t first, count;
    enum pyro_code code = pyro_pickle_pop_mark(p, &first, &count);
    if (code == PYRO_OK && kind == PYRO_DICT && count % 2 != 0)
        return pyro_pickle_refuse_op(p, "a key without a value");
    return code == PYRO_OK ? pyro_pickle_make(p, kind, first, count) : code;
}

enum pyro_code pyro_pickle_list(struct pickle *p)
{
    return make_of_marked(p, PYRO_LIST);
}

enum pyro_code pyro_pickle_tuple(struct pickle *p)
{
    return make_of_marked(p, PYRO_TUPLE);
}

enum pyro_code pyro_pickle_dict(struct pickle *p)
{
    return make_of_marked(p, PYRO_DICT);
}

enum pyro_code pyro_pickle_frozenset(struct pickle *p)
{
    return make_of_marked(p, PYRO_FROZENSET);
}

enum pyro_code pyro_pickle_empty_list(struct pickle *p)
{
    return pyro_pickle_make(p, PYRO_LIST, 0, 0);
}

enum pyro_code pyro_pickle_empty_tuple(struct pickle *p)
{
    return pyro_pickle_make(p, PYRO_TUPLE, 0, 0);
}

enum pyro_code pyro_pickle_empty_dict(struct pickle *p)
{
    return pyro_pickle_make(p, PYRO_DICT, 0, 0);
}

enum pyro_code pyro_pickle_empty_set(struct pickle *p)
{
    return pyro_pickle_make(p, PYRO_SET, 0, 0);
}

static enum pyro_code make_tuple(struct pickle *p, uint32_t count)
{
    enum pyro_code code = pickle_need(p, count);
    if (code != PYRO_OK)
        return code;
    p->stack.count -= count;
    return pyro_pickle_make(p, PYRO_TUPLE, p->stack.count, count);
}

enum pyro_code pyro_pickle_tuple1(struct pickle *p)
{
    return make_tuple(p, 1);
}

enum pyro_code pyro_pickle_tuple2(struct pickle *p)
{
    return make_tuple(p, 2);
}

enum pyro_code pyro_pickle_tuple3(struct pickle *p)
{
    return make_tuple(p, 3);
}

/* --- adding --- */

static struct pickle_run *last_run(const struct pickle *p, struct pickle_object *o)
{
    return o->last == 0 ? &o->run : (struct pickle_run *)p->runs.data + (o->last - 1);
}

/* Gives an object a run for the cells that will be added to it, where other cells lie behind its
 * last run. */
static enum pyro_code need_run(struct pickle *p, struct pickle_object *o)
{
    struct pickle_run *last = last_run(p, o);
    if (o->count == 0)
        last->first = p->cells.count;
    if (last->first + last->count == p->cells.count)
        return PYRO_OK;
    enum pyro_code code = pickle_reserve(p, &p->runs, sizeof(*last), 1);
    if (code != PYRO_OK)
        return code;
    last = last_run(p, o);
    ((struct pickle_run *)p->runs.data)[p->runs.count++] =
        (struct pickle_run){.first = p->cells.count};
    o->last = last->next = p->runs.count;
    return PYRO_OK;
}

/* Adds cells that were taken off the stack, where they still lie at `first`, to an object. */
static enum pyro_code extend(struct pickle *p, struct pickle_object *o, uint32_t first,
                             uint32_t count)
{
    enum pyro_code code;
    if (count == 0)
        return PYRO_OK;
    if ((code = pickle_reserve(p, &p->cells, CELL, count)) != PYRO_OK ||
        (code = need_run(p, o)) != PYRO_OK)
        return code;
    memcpy(pickle_cells(p) + p->cells.count, pickle_stack(p) + first, count * CELL);
    p->cells.count += count;
    last_run(p, o)->count += count;
    o->count += count;
    PYRO_ASSERT(p->cells.count <= p->cells.most);
    return PYRO_OK;
}

/* Adds cells to the object at the top, which must be of that kind, or an instance of a class that
 * may derive from it. */
static enum pyro_code add(struct pickle *p, enum pyro_kind kind, uint32_t first, uint32_t count)
{
    static const char *const refused[] = {[PYRO_LIST] = "items for what is no list",
                                          [PYRO_SET] = "items for what is no set",
                                          [PYRO_DICT] = "items for what is no dict"};
    const unsigned content = kind == PYRO_DICT ? PICKLE_PAIRS : PICKLE_ITEMS;
    enum pyro_code code = pickle_need(p, 1);
    if (code != PYRO_OK)
        return code;
    const struct pickle_cell *cell = pickle_top(p, 1);
    struct pickle_object *o = cell->type == PICKLE_OBJECT ? pickle_object_of(p, cell) : NULL;
    if (!o || (o->kind != kind && (o->kind < PICKLE_CALLED || kind == PYRO_SET)) ||
        (o->content != PICKLE_NOTHING && o->content != content))
        return pyro_pickle_refuse_op(p, refused[kind]);
    if (kind == PYRO_DICT && count % 2 != 0)
        return pyro_pickle_refuse_op(p, "a key without a value");
    o->content = (uint8_t)content;
    return extend(p, o, first, count);
}

static enum pyro_code add_some(struct pickle *p, enum pyro_kind kind, uint32_t count)
{
    enum pyro_code code = pickle_need(p, count);
    if (code != PYRO_OK)
        return code;
    p->stack.count -= count;
    return add(p, kind, p->stack.count, count);
}

static enum pyro_code add_marked(struct pickle *p, enum pyro_kind kind)
{
    uint32_t first, count;
    enum pyro_code code = pyro_pickle_pop_mark(p, &first, &count);
    return code == PYRO_OK ? add(p, kind, first, count) : code;
}

enum pyro_code pyro_pickle_append(struct pickle *p)
{
    return add_some(p, PYRO_LIST, 1);
}

enum pyro_code pyro_pickle_setitem(struct pickle *p)
{
    return add_some(p, PYRO_DICT, 2);
}

enum pyro_code pyro_pickle_appends(struct pickle *p)
{
    return add_marked(p, PYRO_LIST);
}

enum pyro_code pyro_pickle_setitems(struct pickle *p)
{
    return add_marked(p, PYRO_DICT);
}

enum pyro_code pyro_pickle_additems(struct pickle *p)
{
    return add_marked(p, PYRO_SET);
}
