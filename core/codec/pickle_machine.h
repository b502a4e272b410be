/** @file
 * What the parts of pickle reading share. Private to this room.
 *
 * A pickle is a program that builds values on a stack. Here it works with symbols: values are
 * cells, what contains others is an object, and what Python would call or make is an object with
 * the name of a class, its arguments and its state. Nothing is looked up or run; the value is sent
 * to the sink when the program has ended. */
#ifndef PYRO_CODEC_PICKLE_MACHINE_H
#define PYRO_CODEC_PICKLE_MACHINE_H

#include "codec/codec.h"
#include "value/integer.h"

/** Bytes that an item of a list takes at least where it arrives. */
#define PICKLE_ITEM_SIZE 16

enum pickle_type {
    PICKLE_ABSENT, /**< no value: an empty place in the memo, a state that was not set */
    PICKLE_MARK,
    PICKLE_NIL,
    PICKLE_BOOL,
    PICKLE_INT,
    PICKLE_DIGITS, /**< an integer of more than 64 bits as decimal digits */
    PICKLE_LONG,   /**< one as bytes, the lowest first */
    PICKLE_REAL,
    PICKLE_STR,
    PICKLE_BYTES,
    PICKLE_STRING, /**< a str of Python 2: text if it is valid UTF-8, else bytes */
    PICKLE_GLOBAL, /**< the name of a class or function */
    PICKLE_OBJECT,
};

/** How the text of a cell stands in the data. */
enum pickle_form {
    PICKLE_PLAIN,
    PICKLE_RAW,     /**< Latin-1 with the escapes \u and \U */
    PICKLE_ESCAPED, /**< a literal of Python 2, without its quotes */
};

struct pickle_cell {
    uint8_t type;    /**< enum pickle_type */
    uint8_t form;    /**< enum pickle_form */
    bool latin1;     /**< of bytes: what stands there is text, whose characters are the bytes */
    uint32_t length; /**< of a text, digits or bytes */
    union {
        bool boolean;
        int64_t integer;
        double real;
        const char *text; /**< in the data */
        uint32_t index;   /**< of the global or object; of a mark: the floor below it */
    } u;
};

/** What an object is: a container (enum pyro_kind), or one of these. */
enum {
    PICKLE_CALLED = PYRO_DICT + 1, /**< by REDUCE: what calling the global would return */
    PICKLE_MADE,                   /**< by NEWOBJ: an instance of the class */
};

enum pickle_content { PICKLE_NOTHING, PICKLE_ITEMS, PICKLE_PAIRS };

enum pickle_visit { PICKLE_UNSEEN, PICKLE_OPEN, PICKLE_SEEN };

/** Cells that lie side by side. */
struct pickle_run {
    uint32_t first, count;
    uint32_t next; /**< number of the run that follows, counted from 1; 0: none */
};

struct pickle_object {
    uint8_t kind;
    uint8_t content; /**< enum pickle_content: what was added to it */
    uint8_t visit;   /**< enum pickle_visit, while sizes are summed up */
    uint32_t at;     /**< where in the data it was made */
    uint32_t count;  /**< cells in all its runs */
    uint32_t last;   /**< number of its last run; 0: it has only the first */
    struct pickle_run run;
    uint32_t global; /**< what was called or made */
    uint32_t about;  /**< the first of the cells of enum pickle_about */
    size_t size;     /**< bytes, with everything in it as often as it is there */
};

/** The cells that a called or made object has besides what was added to it. */
enum pickle_about { PICKLE_ARGS, PICKLE_STATE, PICKLE_KEYWORDS, PICKLE_ABOUT };

struct pickle_known;

struct pickle_global {
    struct pyro_slice module, name;
    const struct pickle_known *known; /**< NULL: any other class or function */
};

/** An array that grows. */
struct pickle_array {
    void *data;
    uint32_t count, most; /**< items in it; and how many there is room for */
    uint32_t share;       /**< bytes of the data that make an item, about */
    bool moved;           /**< it is allocated on its own */
};

struct pickle {
    const char *start; /**< of the data: errors tell the place */
    const char *p;     /**< what comes next */
    const char *end;
    uint32_t floor;    /**< index of the first cell above the last mark; 0: there is no mark */
    uint32_t memoized; /**< places of the memo that are filled */
    bool shared;       /**< an object may be in several places */
    uint64_t repeated; /**< bytes of values that were pushed again so far */
    size_t again;      /**< bytes that repeated values may still take */
    struct pyro_buffer names; /**< object and method of a call, where they were decoded */
    struct pyro_reading *held;
    struct pyro_error *err;
    struct pickle_array stack, memo, cells; /**< of cells; objects consist of the last */
    struct pickle_array runs, objects, globals;
};

/** A value that is being sent. */
struct pickle_walk {
    struct pickle *p;
    struct pyro_sink *to;
    unsigned depth;
    bool hashed; /**< it is a key, or an item of a set, or part of one */
};

/** Sends what calling a global made. */
typedef enum pyro_code pickle_put(struct pickle_walk *w, const struct pickle_object *o);

/** Makes a cell of a call of a global at once, from its arguments. */
typedef enum pyro_code pickle_fold(struct pickle *p, const struct pickle_object *args,
                                   struct pickle_cell *value);

/** A class or function whose calls are known. One of the functions is set. */
struct pickle_known {
    const char *module, *name;
    pickle_put *put;
    pickle_fold *fold;
};

/** An instruction. Its code has been taken. */
typedef enum pyro_code pickle_op(struct pickle *p);

/* --- the arrays --- */

static inline struct pickle_cell *pickle_stack(const struct pickle *p)
{
    return p->stack.data;
}

static inline struct pickle_cell *pickle_cells(const struct pickle *p)
{
    return p->cells.data;
}

static inline struct pickle_object *pickle_objects(const struct pickle *p)
{
    return p->objects.data;
}

static inline struct pickle_global *pickle_globals(const struct pickle *p)
{
    return p->globals.data;
}

/** What pickle_reserve() does where the room has to be made. */
enum pyro_code pyro_pickle_grow(struct pickle *p, struct pickle_array *array, size_t size,
                                size_t more);

/** Makes room for `more` items of `size` bytes in an array. */
static inline enum pyro_code pickle_reserve(struct pickle *p, struct pickle_array *array,
                                            size_t size, size_t more)
{
    return more <= array->most - array->count ? PYRO_OK : pyro_pickle_grow(p, array, size, more);
}

/* --- pickle_machine.c --- */

/** Allocates what a pickle needs; NULL when out of memory. */
struct pickle *pyro_pickle_open(struct pyro_slice in, struct pyro_reading *held,
                                struct pyro_error *err);

/** Frees it. */
void pyro_pickle_drop(void *p);

/** Says where and why the data is refused: PYRO_ESERIALIZE. `format` as for printf. */
enum pyro_code pyro_pickle_refuse(const struct pickle *p, const char *at, const char *format, ...)
    PYRO_PRINTF(3, 4);

/** Refuses the instruction that was taken last, where it had no arguments. */
enum pyro_code pyro_pickle_refuse_op(const struct pickle *p, const char *why);

enum pyro_code pyro_pickle_cut_short(const struct pickle *p);

/** Refuses a name that is no data: PYRO_ESECURITY. */
enum pyro_code pyro_pickle_refuse_name(const struct pickle *p, struct pyro_slice module,
                                       struct pyro_slice name);

/** Counts what repeats as long as that is within reason: with little to be spent, too, few bytes
 * may not keep a processor busy. */
enum pyro_code pyro_pickle_repeat(struct pickle *p, size_t size);

/** Bytes that a value takes; of an object, only its own. An integer's digits take time as well,
 * which grows with the square of their number. */
static inline size_t pickle_size(const struct pickle_cell *cell)
{
    const size_t object = 64;
    size_t length = cell->length;
    if (cell->type == PICKLE_LONG)
        length = length * length / 8;
    return sizeof(*cell) + (cell->type == PICKLE_OBJECT ? object : length);
}

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

/** The number in some bytes, the lowest first. */
static inline uint64_t pickle_number(const char *at, size_t bytes)
{
    uint64_t number = 0;
    for (size_t i = bytes; i > 0; i--)
        number = number << 8 | (unsigned char)at[i - 1];
    return number;
}

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

/** The cell `i` below the top, from 1. */
static inline struct pickle_cell *pickle_top(const struct pickle *p, uint32_t i)
{
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

/* --- pickle_text.c --- */

/** The text or bytes of a cell (STR, BYTES, STRING): a view into the data, or what is appended to
 * held->decoded. */
enum pyro_code pyro_pickle_text(struct pickle *p, const struct pickle_cell *cell,
                                struct pyro_slice *text);

/** Appends the text of a cell, part of `o`, to held->decoded. `cell` may be NULL. */
enum pyro_code pyro_pickle_append_text(struct pickle_walk *w, const struct pickle_object *o,
                                       const struct pickle_cell *cell);

/** Writes a character as UTF-8, in at most 4 bytes; returns their number, 0 where it is none. */
size_t pyro_pickle_put_character(char *to, uint32_t point);

/* --- pickle_object.c --- */

extern pickle_op pyro_pickle_list, pyro_pickle_tuple, pyro_pickle_dict, pyro_pickle_frozenset,
    pyro_pickle_empty_list, pyro_pickle_empty_tuple, pyro_pickle_empty_dict, pyro_pickle_empty_set,
    pyro_pickle_tuple1, pyro_pickle_tuple2, pyro_pickle_tuple3, pyro_pickle_append,
    pyro_pickle_appends, pyro_pickle_setitem, pyro_pickle_setitems, pyro_pickle_additems,
    pyro_pickle_global, pyro_pickle_stack_global, pyro_pickle_reduce, pyro_pickle_newobj,
    pyro_pickle_newobj_ex, pyro_pickle_build, pyro_pickle_inst, pyro_pickle_obj;

/* --- pickle_scalar.c --- */

extern pickle_op pyro_pickle_none, pyro_pickle_true, pyro_pickle_false, pyro_pickle_int,
    pyro_pickle_binint, pyro_pickle_binint1, pyro_pickle_binint2, pyro_pickle_long,
    pyro_pickle_long1, pyro_pickle_long4, pyro_pickle_float, pyro_pickle_binfloat,
    pyro_pickle_string, pyro_pickle_binstring, pyro_pickle_short_binstring, pyro_pickle_unicode,
    pyro_pickle_binunicode, pyro_pickle_short_binunicode, pyro_pickle_binunicode8,
    pyro_pickle_binbytes, pyro_pickle_short_binbytes, pyro_pickle_binbytes8;

/** Bytes that the decimal text of an integer needs. */
#define PICKLE_INTEGER_SIZE (1 + PYRO_MOST_DIGITS + 9)

/** Writes the decimal digits of an integer, behind a minus sign if it has one; returns their
 * number, 0 where the cell is no integer or has too many. */
size_t pyro_pickle_digits(const struct pickle_cell *cell, char out[PICKLE_INTEGER_SIZE]);

/** Sends a cell that is no object or global. */
enum pyro_code pyro_pickle_send_scalar(struct pickle_walk *w, const struct pickle_cell *cell);

/** Folds a call of the function that protocols 0 and 1 make instances with. */
enum pyro_code pyro_pickle_reconstruct(struct pickle *p, const struct pickle_object *args,
                                       struct pickle_cell *value);

/** Folds a call of the function that names built-in classes in dill's pickles. */
enum pyro_code pyro_pickle_load_type(struct pickle *p, const struct pickle_object *args,
                                     struct pickle_cell *value);

/** Folds a call of the function that makes arrays in dill's pickles. */
enum pyro_code pyro_pickle_create_array(struct pickle *p, const struct pickle_object *args,
                                        struct pickle_cell *value);

/* --- pickle_run.c --- */

/** Runs the program. Its value is the only cell on the stack then, contains itself nowhere, and
 * does not take more than it may. */
enum pyro_code pyro_pickle_run(struct pickle *p);

/* --- pickle_known.c --- */

/** The class or function of that name, or NULL. */
const struct pickle_known *pyro_pickle_find(struct pyro_slice module, struct pyro_slice name);

/** Whether the bytes of a text, as they stand in the data, are these. */
bool pyro_pickle_is(const struct pickle_cell *cell, const char *text);

/** Refuses the arguments of a known call: PYRO_ESERIALIZE. */
enum pyro_code pyro_pickle_refuse_args(const struct pickle_walk *w, const struct pickle_object *o);

/** Whether a called or made object is one of that class or function. */
bool pyro_pickle_is_of(const struct pickle *p, const struct pickle_object *o, const char *module,
                       const char *name);

/* --- pickle_moment.c, pickle_array.c, pickle_numpy.c, pickle_pyro.c: what is known --- */

extern pickle_put pyro_pickle_put_datetime, pyro_pickle_put_date, pyro_pickle_put_time,
    pyro_pickle_put_timedelta, pyro_pickle_put_array, pyro_pickle_put_machine_array,
    pyro_pickle_put_frombuffer, pyro_pickle_put_ndarray, pyro_pickle_put_numpy_scalar,
    pyro_pickle_put_dtype, pyro_pickle_put_uri, pyro_pickle_put_proxy, pyro_pickle_put_wrapper;

/* --- pickle_put.c --- */

/** Sends a value. */
enum pyro_code pyro_pickle_send(struct pickle_walk *w, const struct pickle_cell *cell);

/** Sends what was raised: an exception, whatever its class. */
enum pyro_code pyro_pickle_send_raised(struct pickle_walk *w, const struct pickle_cell *cell);

/** Refuses an object that is being sent: PYRO_ESERIALIZE. */
enum pyro_code pyro_pickle_refuse_object(const struct pickle_walk *w, const struct pickle_object *o,
                                         const char *why);

/** A place among the cells of an object, which may lie in many runs. */
struct pickle_cursor {
    const struct pickle_run *run;
    uint32_t i; /**< of the run's cells */
};

static inline struct pickle_cursor pickle_first(const struct pickle_object *o)
{
    return (struct pickle_cursor){&o->run, 0};
}

/** Takes the next cell; NULL at the end. */
const struct pickle_cell *pyro_pickle_next(const struct pickle *p, struct pickle_cursor *at);

/** Begins a list that is not in the pickle as such. */
enum pyro_code pyro_pickle_begin_list(struct pickle_walk *w, const struct pickle_object *o,
                                      size_t count);

/** Begins the dict that stands for an instance of a class: so many fields follow. */
enum pyro_code pyro_pickle_begin_class(struct pickle_walk *w, const struct pickle_object *o,
                                       bool exception, size_t fields);

/** Sends a called or made object as an exception. */
pickle_put pyro_pickle_put_exception;

/** The value of a key in the state of an instance, or NULL. */
const struct pickle_cell *pyro_pickle_field(const struct pickle *p, const struct pickle_object *o,
                                            const char *key);

/** Sends the cells of one object, and of another one behind them (either may be NULL), as one
 * container. */
enum pyro_code pyro_pickle_send_items(struct pickle_walk *w, enum pyro_kind kind,
                                      const struct pickle_object *first,
                                      const struct pickle_object *second);

static inline struct pickle_object *pickle_object_of(const struct pickle *p,
                                                     const struct pickle_cell *cell)
{
    return &pickle_objects(p)[cell->u.index];
}

/** The object in a cell where it is a container of that kind; else NULL. `cell` may be NULL. */
static inline struct pickle_object *
pickle_container(const struct pickle *p, const struct pickle_cell *cell, enum pyro_kind kind)
{
    if (!cell || cell->type != PICKLE_OBJECT || pickle_object_of(p, cell)->kind != kind)
        return NULL;
    return pickle_object_of(p, cell);
}

/** One of the cells of a called or made object. */
static inline struct pickle_cell *
pickle_about(const struct pickle *p, const struct pickle_object *o, enum pickle_about which)
{
    return &pickle_cells(p)[o->about + which];
}

static inline const struct pickle_global *pickle_global_of(const struct pickle *p,
                                                           const struct pickle_object *o)
{
    return &pickle_globals(p)[o->global];
}

/** Item `i` of a tuple (its cells lie side by side), or NULL. */
static inline const struct pickle_cell *pickle_item(const struct pickle *p,
                                                    const struct pickle_object *tuple, uint32_t i)
{
    return i < tuple->count ? &pickle_cells(p)[tuple->run.first + i] : NULL;
}

/** The arguments of a called or made object: a tuple. */
static inline const struct pickle_object *pickle_args(const struct pickle *p,
                                                      const struct pickle_object *o)
{
    return pickle_object_of(p, pickle_about(p, o, PICKLE_ARGS));
}

#endif
