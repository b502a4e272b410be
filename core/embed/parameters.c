/* Named arguments of a method whose parameters have names. */
#include "embed/parameters.h"

#include "base/memory.h"

static size_t count_names(const pyrolua_member *member)
{
    size_t count = 0;
    while (member->parameters[count])
        count++;
    return count;
}

/* Finds the place of a named argument among the arguments, or sets an error. */
static enum pyro_code find_place(const pyrolua_member *member, const struct pyro_native_call *call,
                                 const struct pyro_value *name, size_t *place)
{
    if (name->type != PYRO_STR)
        return pyro_error_set(call->err, PYRO_ETYPE, "%s() keywords must be strings", member->name);
    while (member->parameters[*place] && !pyro_value_is(name, member->parameters[*place]))
        ++*place;
    if (!member->parameters[*place])
        return pyro_error_set(call->err, PYRO_ETYPE,
                              "%s() got an unexpected keyword argument '%.80s'", member->name,
                              name->u.text.data);
    if (*place < call->args->u.of.count)
        return pyro_error_set(call->err, PYRO_ETYPE, "%s() got multiple values for argument '%s'",
                              member->name, member->parameters[*place]);
    return PYRO_OK;
}

static enum pyro_code place_named(const pyrolua_member *member, const struct pyro_native_call *call,
                                  struct parameters *out)
{
    const struct pyro_value *named = call->kwargs;
    for (size_t i = 0; i < named->u.of.count; i += 2) {
        size_t place = 0;
        enum pyro_code code = find_place(member, call, &named->u.of.items[i], &place);
        if (code != PYRO_OK)
            return code;
        out->own[place] = named->u.of.items[i + 1];
        if (out->count <= place)
            out->count = place + 1;
    }
    return PYRO_OK;
}

enum pyro_code parameters_fill(const pyrolua_member *member, const struct pyro_native_call *call,
                               struct parameters *out)
{
    size_t given = call->args->u.of.count;
    struct pyro_value *own = pyro_calloc(given + count_names(member) + 1, sizeof(*own));
    if (!own)
        return pyro_error_memory(call->err);
    for (size_t i = 0; i < given; i++)
        own[i] = call->args->u.of.items[i];
    *out = (struct parameters){own, given, own}; /* zeroed values are nil */
    return place_named(member, call, out);
}
