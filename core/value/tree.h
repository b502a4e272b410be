/** @file
 * Values as C data, for the C objects (name server, daemon object, handshakes): a sink that builds
 * a tree in an arena of its own, and functions to look into it. */
#ifndef PYRO_VALUE_TREE_H
#define PYRO_VALUE_TREE_H

#include "value/sink.h"

enum pyro_type {
    PYRO_NIL,
    PYRO_BOOL,
    PYRO_INT,
    PYRO_REAL,
    PYRO_STR,
    PYRO_BYTES,
    PYRO_CONTAINER_VALUE,
    PYRO_ARRAY,
    PYRO_BIGINT, /**< `text` has its digits */
    PYRO_COMPLEX,
    PYRO_DATETIME, /**< `real` has its seconds, as in the event */
    PYRO_DATE,     /**< `integer` has its ordinal */
};

struct pyro_value {
    enum pyro_type type;
    enum pyro_kind kind; /**< of a container */
    bool object;         /**< a dict that stands for an object (pyro_begin_object()), */
    bool exception;      /**< and for an exception */
    union {
        bool boolean;
        int64_t integer;
        double real;
        struct {
            double real, imaginary;
        } complex;
        struct pyro_slice text;         /**< copied into the arena */
        const struct pyro_array *array; /**< likewise */
        struct {
            struct pyro_value *items; /**< of a dict: key, value, key, value, … */
            size_t count;             /**< values in `items`: for a dict twice its pairs */
        } of;
    } u;
};

/** A sink that builds trees. Initialize it, feed `sink` with any number of values, read them,
 * free it. */
struct pyro_tree {
    struct pyro_sink sink;
    struct pyro_value root; /**< a PYRO_LIST of the values that were put at top level */

    /* private to tree.c */
    struct pyro_tree_block *blocks; /**< the arena */
    char *free;                     /**< of the first block */
    size_t left, next_block;
    size_t memory;          /**< of all blocks */
    size_t count, capacity; /**< of the values on the stack, which is the root's items */
    size_t open;            /**< where on it the innermost open container is */
    size_t depth;           /**< number of open containers */
};

/** Prepares a tree; memory is allocated with the first value. `err` is borrowed. */
void pyro_tree_init(struct pyro_tree *tree, struct pyro_error *err);

void pyro_tree_free(struct pyro_tree *tree);

/** Returns how many bytes its values take, with what is kept for more of them. */
size_t pyro_tree_memory(const struct pyro_tree *tree);

/** Returns the value of a str key in a dict; NULL where `dict` is no dict or has no such key. */
const struct pyro_value *pyro_value_get(const struct pyro_value *dict, const char *key);

/** Returns the i-th item (from 0) of a list, tuple or set; NULL where there is none. */
const struct pyro_value *pyro_value_at(const struct pyro_value *list, size_t i);

/** Returns whether the value is a str equal to `text`. NULL is not. */
bool pyro_value_is(const struct pyro_value *value, const char *text);

/** Returns Python's name of the value's type, for messages ("int", "NoneType", "dict"). */
const char *pyro_value_type_name(const struct pyro_value *value);

/** Sends the value to a sink. */
enum pyro_code pyro_value_put(const struct pyro_value *value, struct pyro_sink *to);

#endif
