/** @file
 * What a pickle consists of while it is read. Private to this room.
 *
 * A pickle is a program that builds values on a stack. Here it works with symbols: values are
 * cells, what contains others is an object, and what Python would call or make is an object with
 * the name of a class, its arguments and its state. Nothing is looked up or run; the value is sent
 * to the sink when the program has ended. */
#ifndef PYRO_CODEC_PICKLE_CELLS_H
#define PYRO_CODEC_PICKLE_CELLS_H

#include "base/assert.h"
#include "codec/codec.h"

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
    PICKLE_STRING, /**< a str of Python 2: a str if it is valid UTF-8, else bytes */
    PICKLE_GLOBAL, /**< the name of a class or function */
    PICKLE_OBJECT,
};

/** Forms of the string of a cell in the data. */
enum pickle_form {
    PICKLE_PLAIN,
    PICKLE_RAW,     /**< Latin-1 with the escapes \u and \U */
    PICKLE_ESCAPED, /**< a literal of Python 2, without its quotes */
};

struct pickle_cell {
    uint8_t type;    /**< enum pickle_type */
    uint8_t form;    /**< enum pickle_form */
    bool latin1;     /**< of bytes: what stands there is a str whose characters are the bytes */
    uint32_t length; /**< of a string, digits or bytes */
    union {
        bool boolean;
        int64_t integer;
        double real;
        const char *text; /**< in the data */
        uint32_t index;   /**< of the global or object; of a mark: the floor below it */
    } u;
};

/** Kinds of objects besides those of containers (enum pyro_kind). */
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

/** Cells that a called or made object has besides what was added to it. */
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

/** Returns the class or function of that name, if its calls are known; else NULL. */
typedef const struct pickle_known *pickle_find(struct pyro_slice module, struct pyro_slice name);

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
    pickle_find *find;        /**< what is known of classes and functions */
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
typedef enum pyro_code pickle_sender(struct pickle_walk *w, const struct pickle_object *o);

/** Makes a cell of a call of a global at once, from its arguments. */
typedef enum pyro_code pickle_fold(struct pickle *p, const struct pickle_object *args,
                                   struct pickle_cell *value);

/** A class or function whose calls are known. One of the functions is set. */
struct pickle_known {
    const char *module, *name;
    pickle_sender *send;
    pickle_fold *fold;
};

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

static inline struct pickle_object *pickle_object_of(const struct pickle *p,
                                                     const struct pickle_cell *cell)
{
    PYRO_ASSERT(cell->type == PICKLE_OBJECT && cell->u.index < p->objects.count);
    return &pickle_objects(p)[cell->u.index];
}

/** Returns whether the cell is a str that stands in the data as it is. */
static inline bool pickle_is_plain_str(const struct pickle_cell *cell)
{
    return cell->type == PICKLE_STR && cell->form == PICKLE_PLAIN;
}

/** Returns the object in a cell where it is a container of that kind; else NULL. `cell` may be
 * NULL. */
static inline struct pickle_object *
pickle_container(const struct pickle *p, const struct pickle_cell *cell, enum pyro_kind kind)
{
    if (!cell || cell->type != PICKLE_OBJECT || pickle_object_of(p, cell)->kind != kind)
        return NULL;
    return pickle_object_of(p, cell);
}

/** Returns one of the cells of a called or made object. */
static inline struct pickle_cell *
pickle_about(const struct pickle *p, const struct pickle_object *o, enum pickle_about which)
{
    PYRO_ASSERT(o->kind >= PICKLE_CALLED);
    return &pickle_cells(p)[o->about + which];
}

static inline const struct pickle_global *pickle_global_of(const struct pickle *p,
                                                           const struct pickle_object *o)
{
    return &pickle_globals(p)[o->global];
}

/** Returns item `i` of a tuple (its cells lie side by side), or NULL. */
static inline const struct pickle_cell *pickle_item(const struct pickle *p,
                                                    const struct pickle_object *tuple, uint32_t i)
{
    return i < tuple->count ? &pickle_cells(p)[tuple->run.first + i] : NULL;
}

/** Returns the arguments of a called or made object: a tuple. */
static inline const struct pickle_object *pickle_args(const struct pickle *p,
                                                      const struct pickle_object *o)
{
    return pickle_object_of(p, pickle_about(p, o, PICKLE_ARGS));
}

/** Returns the bytes that a value takes; of an object, only its own. An integer's digits take time
 * as well, which grows with the square of their number. */
static inline size_t pickle_size(const struct pickle_cell *cell)
{
    const size_t object = 64;
    size_t length = cell->length;
    if (cell->type == PICKLE_LONG)
        length = length * length / 8;
    return sizeof(*cell) + (cell->type == PICKLE_OBJECT ? object : length);
}

/** Returns whether the bytes of a string, as they stand in the data, are these. `cell` may be NULL.
 */
bool pyro_pickle_is(const struct pickle_cell *cell, const char *text);

/** Returns whether a called or made object is one of that class or function. */
bool pyro_pickle_is_of(const struct pickle *p, const struct pickle_object *o, const char *module,
                       const char *name);

/** A place among the cells of an object, which may lie in many runs. */
struct pickle_cursor {
    const struct pickle_run *run;
    uint32_t i; /**< of the run's cells */
};

static inline struct pickle_cursor pickle_first(const struct pickle_object *o)
{
    return (struct pickle_cursor){&o->run, 0};
}

/** Takes the next cell, and returns it; NULL at the end. */
const struct pickle_cell *pyro_pickle_next(const struct pickle *p, struct pickle_cursor *at);

#endif
