/** @file
 * The machine that runs pickles: its memory, stack and memo. Private to this room. */
#ifndef PYRO_CODEC_PICKLE_MACHINE_H
#define PYRO_CODEC_PICKLE_MACHINE_H

#include "base/assert.h"
#include "codec/pickle_cells.h"

/** An instruction. Its code has been taken. */
typedef enum pyro_code pickle_op(struct pickle *p);

/** Makes room where pickle_reserve() finds none. */
enum pyro_code pyro_pickle_grow(struct pickle *p, struct pickle_array *array, size_t size,
                                size_t more);

/** Makes room for `more` items of `size` bytes in an array. */
static inline enum pyro_code pickle_reserve(struct pickle *p, struct pickle_array *array,
                                            size_t size, size_t more)
{
    return more <= array->most - array->count ? PYRO_OK : pyro_pickle_grow(p, array, size, more);
}

/** Allocates what a pickle needs, and returns that; NULL when out of memory. */
struct pickle *pyro_pickle_open(struct pyro_slice in, struct pyro_reading *held, pickle_find *find,
                                struct pyro_error *err);

/** Frees it. */
void pyro_pickle_drop(void *p);

/** Records where and why the data is refused: PYRO_ESERIALIZE. `format` as for printf. */
enum pyro_code pyro_pickle_refuse(const struct pickle *p, const char *at, const char *format, ...)
    PYRO_PRINTF(3, 4);

/** Refuses the instruction that was taken last, where it had no arguments. */
enum pyro_code pyro_pickle_refuse_op(const struct pickle *p, const char *why);

/** Refuses data that end too early. */
enum pyro_code pyro_pickle_cut_short(const struct pickle *p);

/** Refuses an object: PYRO_ESERIALIZE. */
enum pyro_code pyro_pickle_refuse_object(const struct pickle *p, const struct pickle_object *o,
                                         const char *why);

/** Refuses the arguments of a known call: PYRO_ESERIALIZE. */
enum pyro_code pyro_pickle_refuse_args(const struct pickle *p, const struct pickle_object *o);

/** Refuses a name that is no data: PYRO_ESECURITY. */
enum pyro_code pyro_pickle_refuse_name(const struct pickle *p, struct pyro_slice module,
                                       struct pyro_slice name);

/** Counts what repeats as long as that is within reason: with little to be spent, too, few bytes
 * may not keep a processor busy. */
enum pyro_code pyro_pickle_repeat(struct pickle *p, size_t size);

/** Takes the rest of a line. */
enum pyro_code pyro_pickle_take_line(struct pickle *p, struct pyro_slice *line);

/** Takes `length` bytes; NULL, with the error, when there are fewer. */
static inline const char *pickle_take(struct pickle *p, size_t length)
{
    const char *at = p->p;
    if (length > (size_t)(p->end - at)) {
        pyro_pickle_cut_short(p);
        return NULL;
    }
    p->p += length;
    return at;
}

/** Returns the number in some bytes, the lowest first. */
static inline uint64_t pickle_number(const char *at, size_t bytes)
{
    uint64_t number = 0;
    for (size_t i = bytes; i > 0; i--)
        number = number << 8 | (unsigned char)at[i - 1];
    return number;
}

/** Pushes a cell. */
static inline enum pyro_code pickle_push(struct pickle *p, struct pickle_cell cell)
{
    enum pyro_code code = pickle_reserve(p, &p->stack, sizeof(cell), 1);
    if (code == PYRO_OK)
        pickle_stack(p)[p->stack.count++] = cell;
    return code;
}

/** Demands so many values above the last mark. */
static inline enum pyro_code pickle_need(const struct pickle *p, uint32_t count)
{
    return p->stack.count - p->floor >= count
               ? PYRO_OK
               : pyro_pickle_refuse_op(p, "too few values on the stack");
}

/** Returns the cell `i` below the top, from 1. */
static inline struct pickle_cell *pickle_top(const struct pickle *p, uint32_t i)
{
    PYRO_ASSERT(i > 0 && i <= p->stack.count);
    return &pickle_stack(p)[p->stack.count - i];
}

pickle_op pyro_pickle_memoize;

/** Puts the value at the top into the next place of the memo. */
static inline enum pyro_code pickle_memoize(struct pickle *p)
{
    struct pickle_cell *memo = p->memo.data;
    if (p->memoized < p->memo.count || p->memo.count == p->memo.most || p->stack.count == p->floor)
        return pyro_pickle_memoize(p);
    memo[p->memo.count++] = *pickle_top(p, 1);
    p->memoized++;
    return PYRO_OK;
}

/** Takes the last mark off, with the values above it. These stay where they are until the next one
 * is pushed. */
enum pyro_code pyro_pickle_pop_mark(struct pickle *p, uint32_t *first, uint32_t *count);

extern pickle_op pyro_pickle_mark, pyro_pickle_pop, pyro_pickle_pop_all, pyro_pickle_dup,
    pyro_pickle_put, pyro_pickle_binput, pyro_pickle_long_binput, pyro_pickle_get,
    pyro_pickle_binget, pyro_pickle_long_binget;

#endif
