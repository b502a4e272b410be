/* The calls in pickles that are made at once: they give a cell, made of their arguments. */
#include "codec/pickle_fold.h"

#include "codec/pickle_class.h"
#include "codec/pickle_numpy.h"
#include "codec/pickle_object.h"

/* --- bytes and names --- */

static bool is_latin1(const struct pickle_cell *cell)
{
    return pyro_pickle_is(cell, "latin1") || pyro_pickle_is(cell, "latin-1") ||
           pyro_pickle_is(cell, "iso-8859-1");
}

/* Makes bytes of a string whose characters they are, where `encoding` is the name of Latin-1. */
static bool make_bytes(const struct pickle_cell *text, const struct pickle_cell *encoding,
                       struct pickle_cell *value)
{
    if (!text || text->type != PICKLE_STR || !is_latin1(encoding))
        return false;
    *value = *text;
    value->type = PICKLE_BYTES;
    value->latin1 = true;
    return true;
}

enum pyro_code pyro_pickle_fold_encode(struct pickle *p, const struct pickle_object *args,
                                       struct pickle_cell *value)
{
    if (args->count != 2 || !make_bytes(pickle_item(p, args, 0), pickle_item(p, args, 1), value))
        return pyro_pickle_refuse_op(p, "an encoding other than Latin-1");
    return PYRO_OK;
}

/* Makes bytes of nothing, of bytes, or of a string with its encoding. */
enum pyro_code pyro_pickle_fold_bytes(struct pickle *p, const struct pickle_object *args,
                                      struct pickle_cell *value)
{
    const struct pickle_cell *first = pickle_item(p, args, 0);
    *value = (struct pickle_cell){.type = PICKLE_BYTES, .u.text = p->p};
    if (args->count == 0)
        return PYRO_OK;
    if (args->count == 2 && make_bytes(first, pickle_item(p, args, 1), value))
        return PYRO_OK;
    if (args->count != 1 || (first->type != PICKLE_BYTES && first->type != PICKLE_STRING))
        return pyro_pickle_refuse_op(p, "bytes of what is no bytes");
    *value = *first;
    value->type = PICKLE_BYTES;
    return PYRO_OK;
}

/* Makes the name of an attribute: so are members of enumerations pickled. A name with a leading
 * underscore is refused, as it is a method that makes objects, such as ZoneInfo._unpickle. */
enum pyro_code pyro_pickle_fold_getattr(struct pickle *p, const struct pickle_object *args,
                                        struct pickle_cell *value)
{
    const struct pickle_cell *class = pickle_item(p, args, 0), *name = pickle_item(p, args, 1);
    if (args->count != 2 || class->type != PICKLE_GLOBAL || name->type != PICKLE_STR)
        return pyro_pickle_refuse_op(p, "an attribute of what is no class");
    const struct pickle_global *global = &pickle_globals(p)[class->u.index];
    if (global->known || (name->length > 0 && name->u.text[0] == '_') ||
        pyro_slice_equals(global->module, "builtins") ||
        pyro_slice_equals(global->module, "__builtin__"))
        return pyro_pickle_refuse_name(p, global->module, global->name);
    *value = *name;
    return PYRO_OK;
}

/* --- instances --- */

/* Makes what copyreg._reconstructor(class, object, None) returns: an instance in protocols 0 and
 * 1. */
enum pyro_code pyro_pickle_fold_reconstructor(struct pickle *p, const struct pickle_object *args,
                                              struct pickle_cell *value)
{
    const struct pickle_cell *class = pickle_item(p, args, 0), *state = pickle_item(p, args, 2);
    if (args->count != 3 || class->type != PICKLE_GLOBAL)
        return pyro_pickle_refuse_op(p, "malformed arguments of a reconstructor");
    struct pickle_cell global = *class, none = {.type = PICKLE_ABSENT};
    *value = *state;
    if (state->type != PICKLE_NIL)
        return PYRO_OK;
    enum pyro_code code = pyro_pickle_make(p, PYRO_TUPLE, 0, 0);
    if (code != PYRO_OK)
        return code;
    struct pickle_cell empty = pickle_stack(p)[--p->stack.count];
    if ((code = pyro_pickle_make_instance(p, PICKLE_MADE, global, empty, none)) == PYRO_OK)
        *value = pickle_stack(p)[--p->stack.count];
    return code;
}

/* Makes what dill._dill._create_array(function, arguments, state, attributes) returns: an array. */
enum pyro_code pyro_pickle_fold_create_array(struct pickle *p, const struct pickle_object *args,
                                             struct pickle_cell *value)
{
    if (args->count < 3 || pickle_item(p, args, 0)->type != PICKLE_GLOBAL ||
        !pickle_container(p, pickle_item(p, args, 1), PYRO_TUPLE))
        return pyro_pickle_refuse_op(p, "malformed arguments of dill's maker of arrays");
    const struct pickle_cell global = *pickle_item(p, args, 0), state = *pickle_item(p, args, 2);
    const struct pickle_global *made_by = &pickle_globals(p)[global.u.index];
    if (!made_by->known || made_by->known->send != pyro_pickle_send_ndarray)
        return pyro_pickle_refuse_name(p, made_by->module, made_by->name);
    enum pyro_code code =
        pyro_pickle_make_instance(p, PICKLE_CALLED, global, *pickle_item(p, args, 1),
                                  (struct pickle_cell){.type = PICKLE_ABSENT});
    if (code != PYRO_OK)
        return code;
    *value = pickle_stack(p)[--p->stack.count];
    *pickle_about(p, pickle_object_of(p, value), PICKLE_STATE) = state;
    return PYRO_OK;
}

/* Makes what dill._dill._load_type(name) returns: a built-in class. */
enum pyro_code pyro_pickle_fold_load_type(struct pickle *p, const struct pickle_object *args,
                                          struct pickle_cell *value)
{
    const struct pickle_cell *name = pickle_item(p, args, 0);
    if (args->count != 1 || !pickle_is_plain_str(name))
        return pyro_pickle_refuse_op(p, "a class whose name is no str");
    return pyro_pickle_make_global(p, pyro_slice_text("builtins"),
                                   pyro_slice(name->u.text, name->length), value);
}
