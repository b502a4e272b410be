/* The instructions of pickles that name classes and functions, call them, and make instances.
 * Nothing is called: an object keeps the name, the arguments and the state. */
#include "codec/pickle_class.h"

#include "codec/pickle_object.h"
#include "value/utf8.h"

/* --- names --- */

enum pyro_code pyro_pickle_make_global(struct pickle *p, struct pyro_slice module,
                                       struct pyro_slice name, struct pickle_cell *value)
{
    if (!pyro_utf8_valid(module) || !pyro_utf8_valid(name))
        return pyro_pickle_refuse(p, module.data, "a name that is not valid UTF-8");
    enum pyro_code code = pickle_reserve(p, &p->globals, sizeof(struct pickle_global), 1);
    if (code != PYRO_OK)
        return code;
    *value = (struct pickle_cell){.type = PICKLE_GLOBAL, .u.index = p->globals.count++};
    pickle_globals(p)[value->u.index] = (struct pickle_global){module, name, p->find(module, name)};
    return PYRO_OK;
}

static enum pyro_code push_global(struct pickle *p, struct pyro_slice module,
                                  struct pyro_slice name)
{
    struct pickle_cell cell;
    enum pyro_code code = pyro_pickle_make_global(p, module, name, &cell);
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

enum pyro_code pyro_pickle_stack_global(struct pickle *p)
{
    enum pyro_code code = pickle_need(p, 2);
    if (code != PYRO_OK)
        return code;
    const struct pickle_cell *module = pickle_top(p, 2), *name = pickle_top(p, 1);
    if (!pickle_is_plain_str(module) || !pickle_is_plain_str(name))
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

/* Refuses an instance of a class that protocols 0 and 1 make. Behind the last mark are the class
 * and its arguments. */
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

enum pyro_code pyro_pickle_make_instance(struct pickle *p, unsigned kind, struct pickle_cell global,
                                         struct pickle_cell args, struct pickle_cell keywords)
{
    enum pyro_code code = pickle_reserve(p, &p->cells, sizeof(struct pickle_cell), PICKLE_ABOUT);
    if (code != PYRO_OK)
        return code;
    struct pickle_cell *about = pickle_cells(p) + p->cells.count;
    about[PICKLE_ARGS] = args;
    about[PICKLE_STATE] = (struct pickle_cell){.type = PICKLE_ABSENT};
    about[PICKLE_KEYWORDS] = keywords;
    p->cells.count += PICKLE_ABOUT;
    code = pyro_pickle_make(p, kind, 0, 0);
    if (code != PYRO_OK)
        return code;
    struct pickle_object *o = pickle_object_of(p, pickle_top(p, 1));
    o->about = p->cells.count - PICKLE_ABOUT;
    o->global = global.u.index;
    return PYRO_OK;
}

/* Refuses to call what calling something returned, as cloudpickle and dill do to make functions. */
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
        return pyro_pickle_make_instance(p, PICKLE_CALLED, global, args,
                                         (struct pickle_cell){.type = PICKLE_ABSENT});
    return fold(p, known->fold, pickle_object_of(p, &args));
}

enum pyro_code pyro_pickle_newobj(struct pickle *p)
{
    enum pyro_code code = pickle_need(p, 2);
    if (code != PYRO_OK || (code = check_call(p, pickle_top(p, 2), pickle_top(p, 1))) != PYRO_OK)
        return code;
    struct pickle_cell global = *pickle_top(p, 2), args = *pickle_top(p, 1);
    p->stack.count -= 2;
    return pyro_pickle_make_instance(p, PICKLE_MADE, global, args,
                                     (struct pickle_cell){.type = PICKLE_ABSENT});
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
    return pyro_pickle_make_instance(p, PICKLE_MADE, global, args, keywords);
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
