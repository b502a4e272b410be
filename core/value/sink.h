/** @file
 * Value events: the one language of codecs, Lua values, C objects and tests.
 *
 * A producer calls the functions of a sink, one for each value. Containers are announced with their
 * number of items (for a dict: of pairs, each two values, key first) and closed with end(). Where a
 * format tells a tuple, set or frozenset from a list only by what is in it, begin() says PYRO_LIST:
 * the kind that end() says holds. Every function returns PYRO_OK or the code of an error that the
 * sink recorded; the producer then stops and returns that code. A sink may also leave by longjmp (a
 * Lua error does), so a producer holds nothing that needs freeing while it calls one. */
#ifndef PYRO_VALUE_SINK_H
#define PYRO_VALUE_SINK_H

#include "base/error.h"
#include "base/slice.h"
#include "value/array.h"
#include "value/budget.h"

enum pyro_kind { PYRO_LIST, PYRO_TUPLE, PYRO_SET, PYRO_FROZENSET, PYRO_DICT };

/** Containers may nest this deep. Python's msgpack packs 511 levels. */
#define PYRO_MAX_DEPTH 512

struct pyro_sink;

/** A class that a dict with a "__class__" names. */
struct pyro_class {
    struct pyro_slice name; /**< with its module: "builtins.ValueError", "shop.Item" */
    bool exception;         /**< its other pairs are "__exception__" (true), "args", "attributes" */
    /** The program registered the class. Other names may be a peer's, that passes on what it got:
     * nothing may be called by them. */
    bool registered;
};

struct pyro_sink_ops {
    enum pyro_code (*nil)(struct pyro_sink *to);
    enum pyro_code (*boolean)(struct pyro_sink *to, bool value);
    enum pyro_code (*integer)(struct pyro_sink *to, int64_t value);
    /** an integer outside 64 bits, in decimal digits (the first is not 0) with an optional minus
     * sign */
    enum pyro_code (*bigint)(struct pyro_sink *to, struct pyro_slice digits);
    enum pyro_code (*real)(struct pyro_sink *to, double value);
    enum pyro_code (*complex)(struct pyro_sink *to, double real, double imaginary);
    /** a datetime without zone, in seconds since 1970 as local time (Python's timestamp()) */
    enum pyro_code (*datetime)(struct pyro_sink *to, double seconds);
    /** a date as a proleptic Gregorian ordinal (Python's toordinal()) */
    enum pyro_code (*date)(struct pyro_sink *to, int64_t ordinal);
    /** a string; valid UTF-8 is the producer's promise where it encodes, the sink's check where it
     * must
     */
    enum pyro_code (*str)(struct pyro_sink *to, struct pyro_slice text);
    enum pyro_code (*bytes)(struct pyro_sink *to, struct pyro_slice data);
    /** an array that was checked (pyro_array_check()) */
    enum pyro_code (*array)(struct pyro_sink *to, const struct pyro_array *array);
    enum pyro_code (*begin)(struct pyro_sink *to, enum pyro_kind kind, size_t count);
    enum pyro_code (*end)(struct pyro_sink *to, enum pyro_kind kind);
    /** begins an object, and sends its class's name; `count` other pairs follow, and the end of a
     * dict. NULL: it is a dict, whose first pair is that name */
    enum pyro_code (*object)(struct pyro_sink *to, const struct pyro_class *class, size_t count);
    /** returns whether the program registered a class of this name; NULL: it registers none */
    bool (*knows)(struct pyro_sink *to, struct pyro_slice name);
};

/** A sink. It is embedded at the start of a concrete one. */
struct pyro_sink {
    const struct pyro_sink_ops *ops;
    struct pyro_error *err; /**< where the sink records what went wrong; borrowed, not NULL */
    /** Counts what a sink that builds values allocates; NULL: nobody does. Borrowed. */
    struct pyro_budget *budget;
    /** The receiver looks up the class of an object by its name, and calls it: exceptions of other
     * classes than its own and registered ones then travel as one of those. */
    bool calls_classes;
};

/** Counts bytes that the sink is about to allocate. */
static inline enum pyro_code pyro_sink_spend(struct pyro_sink *to, size_t bytes)
{
    return pyro_spend(to->budget, bytes, to->err);
}

static inline enum pyro_code pyro_put_nil(struct pyro_sink *to)
{
    return to->ops->nil(to);
}

static inline enum pyro_code pyro_put_bool(struct pyro_sink *to, bool value)
{
    return to->ops->boolean(to, value);
}

static inline enum pyro_code pyro_put_int(struct pyro_sink *to, int64_t value)
{
    return to->ops->integer(to, value);
}

static inline enum pyro_code pyro_put_real(struct pyro_sink *to, double value)
{
    return to->ops->real(to, value);
}

static inline enum pyro_code pyro_put_str(struct pyro_sink *to, struct pyro_slice text)
{
    return to->ops->str(to, text);
}

static inline enum pyro_code pyro_put_text(struct pyro_sink *to, const char *text)
{
    return to->ops->str(to, pyro_slice_text(text));
}

static inline enum pyro_code pyro_begin(struct pyro_sink *to, enum pyro_kind kind, size_t count)
{
    return to->ops->begin(to, kind, count);
}

static inline enum pyro_code pyro_end(struct pyro_sink *to, enum pyro_kind kind)
{
    return to->ops->end(to, kind);
}

/** Begins a dict that stands for an object: `count` pairs follow its "__class__". */
static inline enum pyro_code pyro_begin_object(struct pyro_sink *to, const struct pyro_class *class,
                                               size_t count)
{
    enum pyro_code code;
    if (to->ops->object)
        return to->ops->object(to, class, count);
    if ((code = pyro_begin(to, PYRO_DICT, count + 1)) != PYRO_OK ||
        (code = pyro_put_text(to, "__class__")) != PYRO_OK)
        return code;
    return pyro_put_str(to, class->name);
}

#endif
