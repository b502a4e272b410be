#include <stdio.h>

#include "embed/embed.h"
#include "rpc/private.h"
#include "value/utf8.h"

/* --- classes --- */

static const char *member_fault(const pyrolua_member *member)
{
    if (!pyro_utf8_valid(pyro_slice_text(member->name)))
        return "the name of a member is no UTF-8";
    if (!member->call && !member->get && !member->set)
        return "a member is neither a method nor an attribute";
    if (member->call && (member->get || member->set))
        return "a member is a method and an attribute at once";
    return NULL;
}

const char *class_fault(const pyrolua_class *kind)
{
    const char *fault = NULL;
    if (!kind || !kind->members)
        return "a class has members, which may not be NULL";
    for (const pyrolua_member *member = kind->members; member->name && !fault; member++)
        fault = member_fault(member);
    return fault;
}

/* --- errors of methods --- */

static const struct {
    const char *name;
    enum pyro_code code; /* whose class its exception has */
} codes[] = {
    [PYROLUA_EMEMORY] = {"PYROLUA_EMEMORY", PYRO_EMEMORY},
    [PYROLUA_EVALUE] = {"PYROLUA_EVALUE", PYRO_EVALUE},
    [PYROLUA_ESYSTEM] = {"PYROLUA_ESYSTEM", PYRO_EOS},
    [PYROLUA_ECOMMUNICATION] = {"PYROLUA_ECOMMUNICATION", PYRO_ECOMMUNICATION},
    [PYROLUA_ETIMEOUT] = {"PYROLUA_ETIMEOUT", PYRO_ETIMEOUT},
    [PYROLUA_ENAMING] = {"PYROLUA_ENAMING", PYRO_ENAMING},
    [PYROLUA_ESERIALIZE] = {"PYROLUA_ESERIALIZE", PYRO_ESERIALIZE},
    [PYROLUA_ERAISED] = {"PYROLUA_ERAISED", PYRO_ERUNTIME},
    [PYROLUA_EIDLE] = {"PYROLUA_EIDLE", PYRO_EPYRO},
    [PYROLUA_ECLOSED] = {"PYROLUA_ECLOSED", PYRO_EPYRO},
    [PYROLUA_ENESTED] = {"PYROLUA_ENESTED", PYRO_ERUNTIME},
};

/* What a call asked for: a method, or an attribute. */
struct wanted {
    bool attribute;
    struct pyro_slice name;
};

static struct wanted wanted_by(const struct pyro_native_call *call)
{
    const struct pyro_value *name = pyro_value_at(call->args, 0);
    bool attribute = pyro_is_private(call->method) && name && name->type == PYRO_STR;
    return (struct wanted){attribute, attribute ? name->u.text : call->method};
}

enum pyro_code method_unknown(const struct pyro_native_call *call)
{
    struct wanted wanted = wanted_by(call);
    return pyro_error_set(call->err, PYRO_EATTRIBUTE, "object has no exposed %s '%.*s'",
                          wanted.attribute ? "attribute" : "method", (int)wanted.name.length,
                          wanted.name.data);
}

/* The method returned a code, and said nothing more. */
static void complain(const struct pyro_native_call *call, int code, const pyrolua_error *last)
{
    struct wanted wanted = wanted_by(call);
    bool known = code > PYROLUA_OK && code < (int)PYRO_COUNT(codes);
    char returned[64];
    if (known)
        snprintf(returned, sizeof(returned), "%s", codes[code].name);
    else
        snprintf(returned, sizeof(returned), "%d, which is no code of pyrolua.h,", code);
    pyro_error_set(call->err, known ? codes[code].code : PYRO_ERUNTIME,
                   "%.*s%s returned %s and raised no exception%s%s%s%s", (int)wanted.name.length,
                   wanted.name.data, wanted.attribute ? "" : "()", returned,
                   last ? "; its last error: " : "", last ? last->class_name : "", last ? ": " : "",
                   last ? last->message : "");
}

/* A method failed with an error that it has not raised itself: that of what it called last, which
 * had the same code, or else one made for it. */
static void explain(const struct pyro_native_call *call, pyrolua_runtime *runtime, int code)
{
    bool own = runtime->failed_in == runtime->frame;
    const pyrolua_error *last = own ? pyrolua_last_error(runtime) : NULL;
    if (!last || last->code != code) {
        complain(call, code, last);
        return;
    }
    pyro_error_set(call->err, PYRO_ERUNTIME, "%s", last->message);
    pyro_error_raised(call->err, last->class_name);
}

void method_judge(const struct pyro_native_call *call, pyrolua_runtime *runtime,
                  const pyrolua_reader *reader, int code)
{
    if (call->err->code != PYRO_OK)
        return;
    if (reader->err.code != PYRO_OK)
        *call->err = reader->err;
    else if (code != PYROLUA_OK)
        explain(call, runtime, code);
}
