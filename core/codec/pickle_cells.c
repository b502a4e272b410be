#include "codec/pickle_cells.h"

bool pyro_pickle_is_of(const struct pickle *p, const struct pickle_object *o, const char *module,
                       const char *name)
{
    if (o->kind < PICKLE_CALLED)
        return false;
    const struct pickle_global *global = pickle_global_of(p, o);
    return pyro_slice_equals(global->module, module) && pyro_slice_equals(global->name, name);
}

bool pyro_pickle_is(const struct pickle_cell *cell, const char *text)
{
    return cell && cell->type == PICKLE_STR &&
           pyro_slice_equals(pyro_slice(cell->u.text, cell->length), text);
}

const struct pickle_cell *pyro_pickle_next(const struct pickle *p, struct pickle_cursor *at)
{
    const struct pickle_run *runs = p->runs.data;
    while (at->i == at->run->count) {
        if (at->run->next == 0)
            return NULL;
        *at = (struct pickle_cursor){&runs[at->run->next - 1], 0};
    }
    return &pickle_cells(p)[at->run->first + at->i++];
}
