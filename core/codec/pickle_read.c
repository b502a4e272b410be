/* Reading pickles: values and calls. */
#include "codec/pickle_read.h"

#include "codec/pickle_known.h"
#include "codec/pickle_machine.h"
#include "codec/pickle_run.h"
#include "codec/pickle_send.h"
#include "codec/pickle_text.h"

#define LONGEST ((size_t)1 << 30) /* bytes: 32 bits count all that may be in them */

/* Runs a pickle, which is held then. NULL where it is refused; `*code` says why. */
static struct pickle *parse(struct pyro_slice in, struct pyro_reading *held, enum pyro_code *code,
                            struct pyro_error *err)
{
    struct pickle *p =
        in.length <= LONGEST ? pyro_pickle_open(in, held, pyro_pickle_find, err) : NULL;
    if (!p) {
        *code = in.length <= LONGEST
                    ? pyro_error_memory(err)
                    : pyro_error_set(err, PYRO_ESERIALIZE, "too long for a pickle");
        return NULL;
    }
    held->parsed = p;
    held->drop = pyro_pickle_drop;
    *code = pyro_pickle_run(p);
    return *code == PYRO_OK ? p : NULL;
}

static struct pickle_walk open_walk(struct pyro_reading *held, struct pyro_sink *to,
                                    struct pyro_error *err)
{
    struct pickle *p = held->parsed;
    p->held = held; /* which may have moved */
    p->err = err;
    return (struct pickle_walk){.p = p, .to = to};
}

enum pyro_code pyro_pickle_read(struct pyro_slice in, struct pyro_reading *held,
                                struct pyro_sink *to, struct pyro_error *err)
{
    enum pyro_code code;
    const struct pickle *p = parse(in, held, &code, err);
    if (!p)
        return code;
    struct pickle_walk w = open_walk(held, to, err);
    return held->raised ? pyro_pickle_send_raised(&w, pickle_stack(p))
                        : pyro_pickle_send(&w, pickle_stack(p));
}

/* Returns a part of a call: object, method, arguments, keyword arguments. */
static const struct pickle_cell *call_part(const struct pickle *p, uint32_t i)
{
    return pickle_item(p, pickle_object_of(p, pickle_stack(p)), i);
}

/* Takes object and method. They outlast what is decoded next, which may move the buffer: where they
 * were decoded, it is set aside. */
static enum pyro_code take_names(struct pickle *p, struct pyro_invocation *call)
{
    const struct pickle_cell *object = call_part(p, 0), *method = call_part(p, 1);
    if (object->type != PICKLE_STR || method->type != PICKLE_STR)
        return pyro_error_set(p->err, PYRO_ESERIALIZE, "object and method of a call must be str");
    enum pyro_code code = pyro_pickle_text(p, object, &call->object);
    if (code == PYRO_OK)
        code = pyro_pickle_text(p, method, &call->method);
    if (code == PYRO_OK &&
        object->form != PICKLE_PLAIN) /* decoding the other one may have moved it */
        call->object.data = call->held.decoded.data;
    p->names = call->held.decoded;
    call->held.decoded = (struct pyro_buffer){.data = NULL};
    return code;
}

enum pyro_code pyro_pickle_read_call(struct pyro_slice in, struct pyro_invocation *call,
                                     struct pyro_error *err)
{
    enum pyro_code code;
    struct pickle *p = parse(in, &call->held, &code, err);
    if (!p)
        return code;
    const struct pickle_object *parts = pickle_container(p, pickle_stack(p), PYRO_TUPLE);
    if (!parts || parts->count != 4)
        return pyro_error_set(err, PYRO_ESERIALIZE, "a call must be a tuple of four");
    return take_names(p, call);
}

enum pyro_code pyro_pickle_read_args(struct pyro_invocation *call, struct pyro_sink *to,
                                     struct pyro_error *err)
{
    struct pickle *p = call->held.parsed;
    struct pickle_walk w = open_walk(&call->held, to, err);
    const struct pickle_cell *args = call_part(p, 2), *keywords = call_part(p, 3);
    if (!pickle_container(p, args, PYRO_TUPLE) && !pickle_container(p, args, PYRO_LIST))
        return pyro_error_set(err, PYRO_ESERIALIZE,
                              "the arguments of a call must be a list or tuple");
    if (!pickle_container(p, keywords, PYRO_DICT) && keywords->type != PICKLE_NIL)
        return pyro_error_set(err, PYRO_ESERIALIZE, "keyword arguments must be a dict");
    enum pyro_code code = pyro_pickle_send(&w, args);
    return code == PYRO_OK ? pyro_pickle_send(&w, keywords) : code;
}
