/* The instructions of pickles that make objects and add to them. */
#include "codec/pickle_machine.h"
#include "value/utf8.h"

#define CELL sizeof(struct pickle_cell)

/* --- making --- */

/* Makes an object of cells that were taken off the stack, where they still lie at `first`, and
 * pushes it. */
static enum pyro_code make(struct pickle *p, unsigned kind, uint32_t first, uint32_t count)
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
    return code == PYRO_OK ? make(p, kind, first, count) : code;
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
    return make(p, PYRO_LIST, 0, 0);
}

enum pyro_code pyro_pickle_empty_tuple(struct pickle *p)
{
    return make(p, PYRO_TUPLE, 0, 0);
}

enum pyro_code pyro_pickle_empty_dict(struct pickle *p)
{
    return make(p, PYRO_DICT, 0, 0);
}

enum pyro_code pyro_pickle_empty_set(struct pickle *p)
{
    return make(p, PYRO_SET, 0, 0);
}

static enum pyro_code make_tuple(struct pickle *p, uint32_t count)
{
    enum pyro_code code = pickle_need(p, count);
    if (code != PYRO_OK)
        return code;
    p->stack.count -= count;
    return make(p, PYRO_TUPLE, p->stack.count, count);
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

/* Gives an object a run for the cells that will be added to it, where others lie behind its last
 * one. */
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

/* --- classes and functions --- */

static enum pyro_code make_global(struct pickle *p, struct pyro_slice module,
                                  struct pyro_slice name, struct pickle_cell *value)
{
    if (!pyro_utf8_valid(module) || !pyro_utf8_valid(name))
        return pyro_pickle_refuse(p, module.data, "a name that is not valid UTF-8");
    enum pyro_code code = pickle_reserve(p, &p->globals, sizeof(struct pickle_global), 1);
    if (code != PYRO_OK)
        return code;
    *value = (struct pickle_cell){.type = PICKLE_GLOBAL, .u.index = p->globals.count++};
    pickle_globals(p)[value->u.index] =
        (struct pickle_global){module, name, pyro_pickle_find(module, name)};
    return PYRO_OK;
}

static enum pyro_code push_global(struct pickle *p, struct pyro_slice module,
                                  struct pyro_slice name)
{
    struct pickle_cell cell;
    enum pyro_code code = make_global(p, module, name, &cell);
    return code == PYRO_OK ? pickle_push(p, cell) : code;
}

static enum pyro_code take_names(struct pickle *p, struct pyro_slice *module,
                                 struct pyro_slice *name)
{
    enum pyro_code code = pyro_pickle_take_line(p, module);
    return code == PYRO_OK ? pyro_pickle_take_line(p, name) : code;
}

enum pyro_code pyro_pickle_global(struct pickle *p)
{
    struct pyro_slice module, name;
    enum pyro_code code = take_names(p, &module, &name);
    return code == PYRO_OK ? push_global(p, module, name) : code;
}

static bool is_plain(const struct pickle_cell *cell)
{
    return cell->type == PICKLE_STR && cell->form == PICKLE_PLAIN;
}

enum pyro_code pyro_pickle_stack_global(struct pickle *p)
{
    enum pyro_code code = pickle_need(p, 2);
    if (code != PYRO_OK)
        return code;
    const struct pickle_cell *module = pickle_top(p, 2), *name = pickle_top(p, 1);
    if (!is_plain(module) || !is_plain(name))
        return pyro_pickle_refuse_op(p, "a global whose name is no str");
    p->stack.count -= 2;
    return push_global(p, pyro_slice(module->u.text, module->length),
                       pyro_slice(name->u.text, name->length));
}

enum pyro_code pyro_pickle_inst(struct pickle *p)
{
    struct pyro_slice module, name;
    enum pyro_code code = take_names(p, &module, &name);
    return code == PYRO_OK ? pyro_pickle_refuse_name(p, module, name) : code;
}

/* Behind the last mark is a class, and what it is called with. */
enum pyro_code pyro_pickle_obj(struct pickle *p)
{
    uint32_t first, count;
    enum pyro_code code = pyro_pickle_pop_mark(p, &first, &count);
    if (code != PYRO_OK)
        return code;
    const struct pickle_cell *class = pickle_stack(p) + first;
    if (count == 0 || class->type != PICKLE_GLOBAL)
        return pyro_pickle_refuse_op(p, "an instance without a class");
    const struct pickle_global *global = &pickle_globals(p)[class->u.index];
    return pyro_pickle_refuse_name(p, global->module, global->name);
}

/* --- calls and instances --- */

/* Makes an object of a global and its arguments, which were taken off the stack. */
static enum pyro_code make_instance(struct pickle *p, unsigned kind, struct pickle_cell global,
                                    struct pickle_cell args, struct pickle_cell keywords)
{
    enum pyro_code code = pickle_reserve(p, &p->cells, CELL, PICKLE_ABOUT);
    if (code != PYRO_OK)
        return code;
    struct pickle_cell *about = pickle_cells(p) + p->cells.count;
    about[PICKLE_ARGS] = args;
    about[PICKLE_STATE] = (struct pickle_cell){.type = PICKLE_ABSENT};
    about[PICKLE_KEYWORDS] = keywords;
    p->cells.count += PICKLE_ABOUT;
    code = make(p, kind, 0, 0);
    if (code != PYRO_OK)
        return code;
    struct pickle_object *o = pickle_object_of(p, pickle_top(p, 1));
    o->about = p->cells.count - PICKLE_ABOUT;
    o->global = global.u.index;
    return PYRO_OK;
}

/* What calling something returned is called, as cloudpickle and dill do to make functions. */
static enum pyro_code refuse_made(const struct pickle *p, const struct pickle_cell *made)
{
    const struct pickle_object *o = made->type == PICKLE_OBJECT ? pickle_object_of(p, made) : NULL;
    if (o && o->kind >= PICKLE_CALLED && !pickle_global_of(p, o)->known)
        return pyro_pickle_refuse_name(p, pickle_global_of(p, o)->module,
                                       pickle_global_of(p, o)->name);
    return pyro_error_set(p->err, PYRO_ESECURITY,
                          "refused to unpickle a call of what a pickle made");
}

/* Checks what is called: the name of something, with a tuple of arguments. */
static enum pyro_code check_call(const struct pickle *p, const struct pickle_cell *global,
                                 const struct pickle_cell *args)
{
    if (!pickle_container(p, args, PYRO_TUPLE))
        return pyro_pickle_refuse_op(p, "arguments that are no tuple");
    return global->type == PICKLE_GLOBAL ? PYRO_OK : refuse_made(p, global);
}

/* Makes a cell of a call at once. That copies from the arguments, which may be those of other
 * calls, too: they count like what is repeated. */
static enum pyro_code fold(struct pickle *p, pickle_fold *make_cell,
                           const struct pickle_object *args)
{
    struct pickle_cell value;
    enum pyro_code code = PYRO_OK;
    for (uint32_t i = 0; p->shared && i < args->count && code == PYRO_OK; i++)
        code = pyro_pickle_repeat(p, pickle_size(pickle_item(p, args, i)));
    if (code == PYRO_OK)
        code = make_cell(p, args, &value);
    return code == PYRO_OK ? pickle_push(p, value) : code;
}

enum pyro_code pyro_pickle_reduce(struct pickle *p)
{
    enum pyro_code code = pickle_need(p, 2);
    if (code != PYRO_OK || (code = check_call(p, pickle_top(p, 2), pickle_top(p, 1))) != PYRO_OK)
        return code;
    struct pickle_cell global = *pickle_top(p, 2), args = *pickle_top(p, 1);
    const struct pickle_known *known = pickle_globals(p)[global.u.index].known;
    p->stack.count -= 2;
    if (!known || !known->fold)
        return make_instance(p, PICKLE_CALLED, global, args,
                             (struct pickle_cell){.type = PICKLE_ABSENT});
    return fold(p, known->fold, pickle_object_of(p, &args));
}

/* copyreg._reconstructor(class, object, None) is how protocols 0 and 1 make an instance. */
enum pyro_code pyro_pickle_reconstruct(struct pickle *p, const struct pickle_object *args,
                                       struct pickle_cell *value)
{
    const struct pickle_cell *class = pickle_item(p, args, 0), *state = pickle_item(p, args, 2);
    if (args->count != 3 || class->type != PICKLE_GLOBAL)
        return pyro_pickle_refuse_op(p, "malformed arguments of a reconstructor");
    struct pickle_cell global = *class, none = {.type = PICKLE_ABSENT};
    *value = *state;
    if (state->type != PICKLE_NIL)
        return PYRO_OK;
    enum pyro_code code = make(p, PYRO_TUPLE, 0, 0);
    if (code != PYRO_OK)
        return code;
    struct pickle_cell empty = pickle_stack(p)[--p->stack.count];
    if ((code = make_instance(p, PICKLE_MADE, global, empty, none)) == PYRO_OK)
        *value = pickle_stack(p)[--p->stack.count];
    return code;
}

/* dill._dill._create_array(function, arguments, state, attributes) is how dill makes an array. */
enum pyro_code pyro_pickle_create_array(struct pickle *p, const struct pickle_object *args,
                                        struct pickle_cell *value)
{
    if (args->count < 3 || pickle_item(p, args, 0)->type != PICKLE_GLOBAL ||
        !pickle_container(p, pickle_item(p, args, 1), PYRO_TUPLE))
        return pyro_pickle_refuse_op(p, "malformed arguments of dill's maker of arrays");
    const struct pickle_cell global = *pickle_item(p, args, 0), state = *pickle_item(p, args, 2);
    const struct pickle_global *made_by = &pickle_globals(p)[global.u.index];
    if (!made_by->known || made_by->known->put != pyro_pickle_put_ndarray)
        return pyro_pickle_refuse_name(p, made_by->module, made_by->name);
    enum pyro_code code = make_instance(p, PICKLE_CALLED, global, *pickle_item(p, args, 1),
                                        (struct pickle_cell){.type = PICKLE_ABSENT});
    if (code != PYRO_OK)
        return code;
    *value = pickle_stack(p)[--p->stack.count];
    *pickle_about(p, pickle_object_of(p, value), PICKLE_STATE) = state;
    return PYRO_OK;
}

/* dill._dill._load_type(name) is how dill says a built-in class. */
enum pyro_code pyro_pickle_load_type(struct pickle *p, const struct pickle_object *args,
                                     struct pickle_cell *value)
{
    const struct pickle_cell *name = pickle_item(p, args, 0);
    if (args->count != 1 || !is_plain(name))
        return pyro_pickle_refuse_op(p, "a class whose name is no str");
    return make_global(p, pyro_slice_text("builtins"), pyro_slice(name->u.text, name->length),
                       value);
}

enum pyro_code pyro_pickle_newobj(struct pickle *p)
{
    enum pyro_code code = pickle_need(p, 2);
    if (code != PYRO_OK || (code = check_call(p, pickle_top(p, 2), pickle_top(p, 1))) != PYRO_OK)
        return code;
    struct pickle_cell global = *pickle_top(p, 2), args = *pickle_top(p, 1);
    p->stack.count -= 2;
    return make_instance(p, PICKLE_MADE, global, args, (struct pickle_cell){.type = PICKLE_ABSENT});
}

enum pyro_code pyro_pickle_newobj_ex(struct pickle *p)
{
    enum pyro_code code = pickle_need(p, 3);
    if (code != PYRO_OK || (code = check_call(p, pickle_top(p, 3), pickle_top(p, 2))) != PYRO_OK)
        return code;
    struct pickle_cell global = *pickle_top(p, 3), args = *pickle_top(p, 2),
                       keywords = *pickle_top(p, 1);
    if (!pickle_container(p, &keywords, PYRO_DICT))
        return pyro_pickle_refuse_op(p, "keyword arguments that are no dict");
    p->stack.count -= 3;
    return make_instance(p, PICKLE_MADE, global, args, keywords);
}

enum pyro_code pyro_pickle_build(struct pickle *p)
{
    enum pyro_code code = pickle_need(p, 2);
    if (code != PYRO_OK)
        return code;
    const struct pickle_cell *cell = pickle_top(p, 2);
    if (cell->type != PICKLE_OBJECT || pickle_object_of(p, cell)->kind < PICKLE_CALLED)
        return pyro_pickle_refuse_op(p, "a state for what is no instance of a class");
    *pickle_about(p, pickle_object_of(p, cell), PICKLE_STATE) = *pickle_top(p, 1);
    p->stack.count--;
    return PYRO_OK;
}
