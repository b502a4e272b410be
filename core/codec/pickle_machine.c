/* The memory of pickles, the stack and the memo. A pickle is freed with the reading that holds
 * it, however that ended; nothing here calls a sink. */
#include "codec/pickle_machine.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/assert.h"
#include "base/escape.h"
#include "base/memory.h"
#include "value/integer.h"

/* Bytes that repeated values may take: in any case, and for each byte of the data. */
#define AGAIN_ALWAYS ((size_t)32 * 1024 * 1024)
#define AGAIN_FACTOR 16

/* Arrays that are large enough for most calls. */
struct first_arrays {
    struct pickle p;
    struct pickle_cell stack[16], memo[16], cells[32];
    struct pickle_run runs[4];
    struct pickle_object objects[8];
    struct pickle_global globals[4];
};

/* --- errors --- */

enum pyro_code pyro_pickle_refuse(const struct pickle *p, const char *at, const char *format, ...)
{
    char why[160];
    va_list args;
    va_start(args, format);
    vsnprintf(why, sizeof(why), format, args);
    va_end(args);
    return pyro_error_set(p->err, PYRO_ESERIALIZE, "pickle, byte %zu: %s", (size_t)(at - p->start),
                          why);
}

enum pyro_code pyro_pickle_refuse_op(const struct pickle *p, const char *why)
{
    return pyro_pickle_refuse(p, p->p - 1, "%s", why);
}

enum pyro_code pyro_pickle_cut_short(const struct pickle *p)
{
    return pyro_error_set(p->err, PYRO_ESERIALIZE, "pickle cut short");
}

enum pyro_code pyro_pickle_refuse_name(const struct pickle *p, struct pyro_slice module,
                                       struct pyro_slice name)
{
    char shown_module[100], shown_name[100];
    pyro_escape(shown_module, sizeof(shown_module), module);
    pyro_escape(shown_name, sizeof(shown_name), name);
    return pyro_error_set(p->err, PYRO_ESECURITY,
                          "refused to unpickle %s.%s: pickles are read as data, and run nothing",
                          shown_module, shown_name);
}

enum pyro_code pyro_pickle_refuse_object(const struct pickle *p, const struct pickle_object *o,
                                         const char *why)
{
    return pyro_pickle_refuse(p, p->start + o->at, "%s", why);
}

enum pyro_code pyro_pickle_refuse_args(const struct pickle *p, const struct pickle_object *o)
{
    const struct pickle_global *global = pickle_global_of(p, o);
    return pyro_pickle_refuse(p, p->start + o->at, "arguments that %.*s.%.*s does not take",
                              (int)global->module.length, global->module.data,
                              (int)global->name.length, global->name.data);
}

/* --- memory --- */

/* Returns what an array grows to at first: most data is structure, where it is no long strings. */
static size_t guess(size_t items, size_t least)
{
    const size_t most = 1 << 15;
    items = items < most ? items : most;
    return items > least ? items : least;
}

enum pyro_code pyro_pickle_grow(struct pickle *p, struct pickle_array *array, size_t size,
                                size_t more)
{
    size_t least = array->count + more, most = 2 * (size_t)array->most;
    if (!array->moved) /* at once as many as the data will need, about */
        most = guess((size_t)(p->end - p->start) / array->share, most);
    most = most > least ? most : least;
    enum pyro_code code = pyro_spend(&p->held->budget, (most - array->most) * size, p->err);
    if (code != PYRO_OK)
        return code;
    void *moved = pyro_realloc(array->moved ? array->data : NULL, most * size);
    if (!moved)
        return pyro_error_memory(p->err);
    if (!array->moved)
        memcpy(moved, array->data, array->count * size);
    array->data = moved;
    array->moved = true;
    array->most = (uint32_t)most;
    return PYRO_OK;
}

static void free_array(struct pickle_array *array)
{
    if (array->moved)
        pyro_free(array->data);
}

void pyro_pickle_drop(void *parsed)
{
    struct pickle *p = parsed;
    free_array(&p->stack);
    free_array(&p->memo);
    free_array(&p->cells);
    free_array(&p->runs);
    free_array(&p->objects);
    free_array(&p->globals);
    pyro_buffer_free(&p->names);
    pyro_free(p);
}

#define ARRAY(items, bytes)                                                                        \
    {                                                                                              \
        .data = (items), .most = PYRO_COUNT(items), .share = (bytes)                               \
    }

struct pickle *pyro_pickle_open(struct pyro_slice in, struct pyro_reading *held, pickle_find *find,
                                struct pyro_error *err)
{
    struct first_arrays *first = pyro_malloc(sizeof(*first));
    if (!first)
        return NULL;
    first->p = (struct pickle){
        .start = in.data,
        .p = in.data,
        .end = in.data + in.length,
        .again = AGAIN_ALWAYS + AGAIN_FACTOR * in.length,
        .find = find,
        .held = held,
        .err = err,
        .stack = ARRAY(first->stack, 64),
        .memo = ARRAY(first->memo, 16),
        .cells = ARRAY(first->cells, 4),
        .runs = ARRAY(first->runs, 256),
        .objects = ARRAY(first->objects, 24),
        .globals = ARRAY(first->globals, 256),
    };
    return &first->p;
}

enum pyro_code pyro_pickle_repeat(struct pickle *p, size_t size)
{
    enum pyro_code code = pyro_spend(&p->held->budget, size, p->err);
    if (code != PYRO_OK)
        return code;
    if (size > p->again)
        return pyro_pickle_refuse(p, p->p, "too much is repeated");
    p->again -= size;
    return PYRO_OK;
}

enum pyro_code pyro_pickle_take_line(struct pickle *p, struct pyro_slice *line)
{
    const char *newline = memchr(p->p, '\n', (size_t)(p->end - p->p));
    if (!newline)
        return pyro_pickle_cut_short(p);
    *line = pyro_slice(p->p, (size_t)(newline - p->p));
    p->p = newline + 1;
    return PYRO_OK;
}

/* --- the stack --- */

enum pyro_code pyro_pickle_mark(struct pickle *p)
{
    enum pyro_code code =
        pickle_push(p, (struct pickle_cell){.type = PICKLE_MARK, .u.index = p->floor});
    p->floor = p->stack.count;
    return code;
}

enum pyro_code pyro_pickle_pop_mark(struct pickle *p, uint32_t *first, uint32_t *count)
{
    if (p->floor == 0)
        return pyro_pickle_refuse_op(p, "there is no mark");
    PYRO_ASSERT(p->floor <= p->stack.count);
    PYRO_ASSERT(pickle_stack(p)[p->floor - 1].type == PICKLE_MARK);
    *first = p->floor;
    *count = p->stack.count - p->floor;
    p->stack.count = p->floor - 1;
    p->floor = pickle_stack(p)[p->floor - 1].u.index;
    return PYRO_OK;
}

enum pyro_code pyro_pickle_pop_all(struct pickle *p)
{
    uint32_t first, count;
    return pyro_pickle_pop_mark(p, &first, &count);
}

enum pyro_code pyro_pickle_pop(struct pickle *p)
{
    if (p->floor > 0 && p->floor == p->stack.count) /* it is a mark */
        return pyro_pickle_pop_all(p);
    enum pyro_code code = pickle_need(p, 1);
    if (code == PYRO_OK)
        p->stack.count--;
    return code;
}

static inline enum pyro_code push_again(struct pickle *p, struct pickle_cell cell)
{
    p->shared |= cell.type == PICKLE_OBJECT;
    p->repeated += pickle_size(&cell);
    return pickle_push(p, cell);
}

enum pyro_code pyro_pickle_dup(struct pickle *p)
{
    enum pyro_code code = pickle_need(p, 1);
    return code == PYRO_OK ? push_again(p, *pickle_top(p, 1)) : code;
}

/* --- the memo --- */

/* Makes the memo have a place. Programs fill one after the other, so there are not more of them
 * than bytes so far. */
static enum pyro_code reach(struct pickle *p, uint64_t place)
{
    if (place >= (uint64_t)(p->p - p->start))
        return pyro_pickle_refuse_op(p, "a place in the memo beyond what can be filled");
    size_t more = (size_t)place + 1 - p->memo.count;
    enum pyro_code code = pickle_reserve(p, &p->memo, sizeof(struct pickle_cell), more);
    if (code != PYRO_OK)
        return code;
    memset((struct pickle_cell *)p->memo.data + p->memo.count, 0,
           more * sizeof(struct pickle_cell));
    p->memo.count += (uint32_t)more;
    return PYRO_OK;
}

/* Puts the value at the top into the memo. */
static inline enum pyro_code put(struct pickle *p, uint64_t place)
{
    enum pyro_code code = pickle_need(p, 1);
    if (code == PYRO_OK && place >= p->memo.count)
        code = reach(p, place);
    if (code != PYRO_OK)
        return code;
    struct pickle_cell *cell = (struct pickle_cell *)p->memo.data + place;
    p->memoized += cell->type == PICKLE_ABSENT;
    PYRO_ASSERT(place < p->memo.count && p->memoized <= p->memo.count);
    *cell = *pickle_top(p, 1);
    return PYRO_OK;
}

static inline enum pyro_code get(struct pickle *p, uint64_t place)
{
    const struct pickle_cell *memo = p->memo.data;
    if (place >= p->memo.count || memo[place].type == PICKLE_ABSENT)
        return pyro_pickle_refuse_op(p, "a reference to what did not come before");
    return push_again(p, memo[place]);
}

typedef enum pyro_code visit(struct pickle *p, uint64_t place);

static inline enum pyro_code at_number(struct pickle *p, size_t bytes, visit *do_it)
{
    const char *at = pickle_take(p, bytes);
    return at ? do_it(p, pickle_number(at, bytes)) : PYRO_ESERIALIZE;
}

static enum pyro_code at_line(struct pickle *p, visit *do_it)
{
    struct pyro_slice line = {NULL, 0};
    enum pyro_code code = pyro_pickle_take_line(p, &line);
    bool good = code == PYRO_OK && line.length > 0 && line.length < PYRO_DIGITS_64_BITS;
    for (size_t i = 0; good && i < line.length; i++)
        good = line.data[i] >= '0' && line.data[i] <= '9';
    if (good)
        return do_it(p, pyro_digits_value(line.data, line.length));
    return code == PYRO_OK ? pyro_pickle_refuse_op(p, "malformed place in the memo") : code;
}

enum pyro_code pyro_pickle_memoize(struct pickle *p)
{
    return put(p, p->memoized);
}

enum pyro_code pyro_pickle_put(struct pickle *p)
{
    return at_line(p, put);
}

enum pyro_code pyro_pickle_binput(struct pickle *p)
{
    return at_number(p, 1, put);
}

enum pyro_code pyro_pickle_long_binput(struct pickle *p)
{
    return at_number(p, 4, put);
}

enum pyro_code pyro_pickle_get(struct pickle *p)
{
    return at_line(p, get);
}

enum pyro_code pyro_pickle_binget(struct pickle *p)
{
    return at_number(p, 1, get);
}

enum pyro_code pyro_pickle_long_binget(struct pickle *p)
{
    return at_number(p, 4, get);
}
