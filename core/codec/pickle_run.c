/* Running pickles, and measuring what they made before it is sent: a value must not contain
 * itself, and what it repeats is limited. Nothing here calls a sink. */
#include "codec/pickle_run.h"

#include "codec/pickle_class.h"
#include "codec/pickle_machine.h"
#include "codec/pickle_object.h"
#include "codec/pickle_opcode.h"
#include "codec/pickle_scalar.h"

#define NEWEST_PROTOCOL 5

/* Levels that objects may lie in each other: each level that is sent takes three of them at most
 * (the call of a class, its arguments, and what is in these). */
#define MOST_LEVELS (3 * PYRO_MAX_DEPTH)

/* --- instructions --- */

static enum pyro_code proto(struct pickle *p)
{
    const char *at = pickle_take(p, 1);
    if (at && (unsigned char)*at > NEWEST_PROTOCOL)
        return pyro_pickle_refuse(p, at, "protocol %d, which is not known", (unsigned char)*at);
    return at ? PYRO_OK : PYRO_ESERIALIZE;
}

/* Takes a frame, which says how much may be read ahead. */
static enum pyro_code frame(struct pickle *p)
{
    const char *at = pickle_take(p, 8);
    if (!at)
        return PYRO_ESERIALIZE;
    return pickle_number(at, 8) <= (uint64_t)(p->end - p->p) ? PYRO_OK : pyro_pickle_cut_short(p);
}

/* Refuses what is not in the pickle: what other programs agreed on with Python's, or gave it
 * besides. */
static enum pyro_code refuse_outside(struct pickle *p)
{
    return pyro_error_set(p->err, PYRO_ESECURITY,
                          "refused to unpickle what is not in the pickle, byte %zu",
                          (size_t)(p->p - 1 - p->start));
}

static pickle_op *const instructions[256] = {
    [PICKLE_OP_MARK] = pyro_pickle_mark,
    [PICKLE_OP_POP] = pyro_pickle_pop,
    [PICKLE_OP_POP_MARK] = pyro_pickle_pop_all,
    [PICKLE_OP_DUP] = pyro_pickle_dup,
    [PICKLE_OP_FLOAT] = pyro_pickle_float,
    [PICKLE_OP_INT] = pyro_pickle_int,
    [PICKLE_OP_LONG] = pyro_pickle_long,
    [PICKLE_OP_NONE] = pyro_pickle_none,
    [PICKLE_OP_PERSID] = refuse_outside,
    [PICKLE_OP_REDUCE] = pyro_pickle_reduce,
    [PICKLE_OP_STRING] = pyro_pickle_string,
    [PICKLE_OP_UNICODE] = pyro_pickle_unicode,
    [PICKLE_OP_APPEND] = pyro_pickle_append,
    [PICKLE_OP_BUILD] = pyro_pickle_build,
    [PICKLE_OP_GLOBAL] = pyro_pickle_global,
    [PICKLE_OP_DICT] = pyro_pickle_dict,
    [PICKLE_OP_GET] = pyro_pickle_get,
    [PICKLE_OP_INST] = pyro_pickle_inst,
    [PICKLE_OP_LIST] = pyro_pickle_list,
    [PICKLE_OP_PUT] = pyro_pickle_put,
    [PICKLE_OP_SETITEM] = pyro_pickle_setitem,
    [PICKLE_OP_TUPLE] = pyro_pickle_tuple,
    [PICKLE_OP_EMPTY_TUPLE] = pyro_pickle_empty_tuple,
    [PICKLE_OP_BINFLOAT] = pyro_pickle_binfloat,
    [PICKLE_OP_BININT] = pyro_pickle_binint,
    [PICKLE_OP_BININT1] = pyro_pickle_binint1,
    [PICKLE_OP_BININT2] = pyro_pickle_binint2,
    [PICKLE_OP_BINPERSID] = refuse_outside,
    [PICKLE_OP_BINSTRING] = pyro_pickle_binstring,
    [PICKLE_OP_SHORT_BINSTRING] = pyro_pickle_short_binstring,
    [PICKLE_OP_BINUNICODE] = pyro_pickle_binunicode,
    [PICKLE_OP_EMPTY_LIST] = pyro_pickle_empty_list,
    [PICKLE_OP_APPENDS] = pyro_pickle_appends,
    [PICKLE_OP_BINGET] = pyro_pickle_binget,
    [PICKLE_OP_LONG_BINGET] = pyro_pickle_long_binget,
    [PICKLE_OP_OBJ] = pyro_pickle_obj,
    [PICKLE_OP_BINPUT] = pyro_pickle_binput,
    [PICKLE_OP_LONG_BINPUT] = pyro_pickle_long_binput,
    [PICKLE_OP_SETITEMS] = pyro_pickle_setitems,
    [PICKLE_OP_EMPTY_DICT] = pyro_pickle_empty_dict,
    [PICKLE_OP_PROTO] = proto,
    [PICKLE_OP_NEWOBJ] = pyro_pickle_newobj,
    [PICKLE_OP_EXT1] = refuse_outside,
    [PICKLE_OP_EXT2] = refuse_outside,
    [PICKLE_OP_EXT4] = refuse_outside,
    [PICKLE_OP_TUPLE1] = pyro_pickle_tuple1,
    [PICKLE_OP_TUPLE2] = pyro_pickle_tuple2,
    [PICKLE_OP_TUPLE3] = pyro_pickle_tuple3,
    [PICKLE_OP_NEWTRUE] = pyro_pickle_true,
    [PICKLE_OP_NEWFALSE] = pyro_pickle_false,
    [PICKLE_OP_LONG1] = pyro_pickle_long1,
    [PICKLE_OP_LONG4] = pyro_pickle_long4,
    [PICKLE_OP_BINBYTES] = pyro_pickle_binbytes,
    [PICKLE_OP_SHORT_BINBYTES] = pyro_pickle_short_binbytes,
    [PICKLE_OP_SHORT_BINUNICODE] = pyro_pickle_short_binunicode,
    [PICKLE_OP_BINUNICODE8] = pyro_pickle_binunicode8,
    [PICKLE_OP_BINBYTES8] = pyro_pickle_binbytes8,
    [PICKLE_OP_EMPTY_SET] = pyro_pickle_empty_set,
    [PICKLE_OP_ADDITEMS] = pyro_pickle_additems,
    [PICKLE_OP_FROZENSET] = pyro_pickle_frozenset,
    [PICKLE_OP_NEWOBJ_EX] = pyro_pickle_newobj_ex,
    [PICKLE_OP_STACK_GLOBAL] = pyro_pickle_stack_global,
    [PICKLE_OP_FRAME] = frame,
    [PICKLE_OP_BYTEARRAY8] = pyro_pickle_binbytes8,
    [PICKLE_OP_NEXT_BUFFER] = refuse_outside,
    [PICKLE_OP_READONLY_BUFFER] = refuse_outside,
};

static enum pyro_code run_all(struct pickle *p)
{
    enum pyro_code code = PYRO_OK;
    while (code == PYRO_OK && p->p < p->end) {
        unsigned char op = (unsigned char)*p->p++;
        if (op == PICKLE_OP_STOP)
            return PYRO_OK;
        if (op == PICKLE_OP_MEMOIZE) /* as after every other value */
            code = pickle_memoize(p);
        else
            code = instructions[op] ? instructions[op](p)
                                    : pyro_pickle_refuse_op(p, "an instruction that is not known");
    }
    return code == PYRO_OK ? pyro_pickle_cut_short(p) : code;
}

/* --- what came out --- */

static enum pyro_code measure(struct pickle *p, struct pickle_object *o, size_t *distinct,
                              unsigned level);

static size_t sum(size_t a, size_t b)
{
    return a <= SIZE_MAX - b ? a + b : SIZE_MAX;
}

/* Adds cells to the size of an object. */
static enum pyro_code add_sizes(struct pickle *p, struct pickle_object *o, uint32_t first,
                                uint32_t count, size_t *distinct, unsigned level)
{
    for (const struct pickle_cell *cell = pickle_cells(p) + first, *end = cell + count; cell < end;
         cell++) {
        size_t size = pickle_size(cell);
        *distinct += size;
        if (cell->type == PICKLE_OBJECT) {
            struct pickle_object *part = pickle_object_of(p, cell);
            enum pyro_code code = measure(p, part, distinct, level + 1);
            if (code != PYRO_OK)
                return code;
            size = sum(size, part->size);
        }
        o->size = sum(o->size, size);
    }
    return PYRO_OK;
}

static enum pyro_code add_runs(struct pickle *p, struct pickle_object *o, size_t *distinct,
                               unsigned level)
{
    const struct pickle_run *runs = p->runs.data, *run = &o->run;
    enum pyro_code code = add_sizes(p, o, run->first, run->count, distinct, level);
    while (code == PYRO_OK && run->next > 0) {
        run = &runs[run->next - 1];
        code = add_sizes(p, o, run->first, run->count, distinct, level);
    }
    return code;
}

/* Sums up the size of an object, with all that it contains; `distinct` is that of all objects,
 * without what is repeated. Refuses what contains itself. */
static enum pyro_code measure(struct pickle *p, struct pickle_object *o, size_t *distinct,
                              unsigned level)
{
    enum pyro_code code = PYRO_OK;
    if (o->visit == PICKLE_SEEN)
        return PYRO_OK;
    if (o->visit == PICKLE_OPEN)
        return pyro_pickle_refuse(p, p->start + o->at, "a value that contains itself");
    if (level == MOST_LEVELS)
        return pyro_pickle_refuse(p, p->start + o->at, "nested deeper than %d", PYRO_MAX_DEPTH);
    o->visit = PICKLE_OPEN;
    if (o->kind >= PICKLE_CALLED)
        code = add_sizes(p, o, o->about, PICKLE_ABOUT, distinct, level);
    if (code == PYRO_OK)
        code = add_runs(p, o, distinct, level);
    o->visit = PICKLE_SEEN;
    return code;
}

/* Counts what values, and what is in them, take in all places but the first. */
static enum pyro_code count_repeated(struct pickle *p)
{
    const struct pickle_cell *value = pickle_stack(p);
    size_t distinct = 0;
    enum pyro_code code =
        pyro_pickle_repeat(p, p->repeated < SIZE_MAX ? (size_t)p->repeated : SIZE_MAX);
    if (code != PYRO_OK || !p->shared || value->type != PICKLE_OBJECT)
        return code;
    struct pickle_object *o = pickle_object_of(p, value);
    code = measure(p, o, &distinct, 0);
    return code == PYRO_OK ? pyro_pickle_repeat(p, o->size - distinct) : code;
}

static enum pyro_code check_end(const struct pickle *p)
{
    if (p->stack.count == 0)
        return pyro_pickle_refuse_op(p, "the end without a value");
    if (p->stack.count > 1 || p->floor > 0)
        return pyro_pickle_refuse_op(p, "the end with more than one value");
    return p->p == p->end ? PYRO_OK : pyro_pickle_refuse(p, p->p, "more than one pickle");
}

enum pyro_code pyro_pickle_run(struct pickle *p)
{
    enum pyro_code code;
    if ((code = run_all(p)) != PYRO_OK || (code = check_end(p)) != PYRO_OK)
        return code;
    return count_repeated(p);
}
