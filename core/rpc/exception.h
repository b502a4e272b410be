/** @file
 * Errors that travel as exceptions of Python's. */
#ifndef PYRO_RPC_EXCEPTION_H
#define PYRO_RPC_EXCEPTION_H

#include "value/sink.h"
#include "value/tree.h"
#include "wire/protocol.h"

/** An exception that is being sent. Python can only make one of a class that it has: another class
 * without a module ("OutOfStock"), and one whose constructor takes other arguments than there are,
 * travels as a RuntimeError whose message begins with the class ("OutOfStock: no chairs"); the
 * attribute PYRO_CLASS_ATTRIBUTE has its name. So does, where the receiver would call what the
 * class names, one that is not registered: a peer may have named it. */
struct pyro_exception {
    const char *class_name; /**< "ValueError", "NamingError" or a full name ("shop.OutOfStock") */
    size_t args;            /**< how many arguments it has */
    size_t attributes;      /**< and attributes */
    struct pyro_slice text; /**< the first argument where that is a string; else data is NULL */
    bool registered;        /**< the program registered the class */
    bool renamed;           /**< travels as a RuntimeError; pyro_exception_begin() sets it */
};

#define PYRO_CLASS_ATTRIBUTE "_pyroClass"

/** Starts an exception. Its arguments follow, from number *first (0: the first) on, then
 * pyro_exception_attributes(). */
enum pyro_code pyro_exception_begin(struct pyro_sink *to, const struct pyro_protocol *protocol,
                                    struct pyro_exception *exception, size_t *first);

/** Ends an exception's arguments; its attributes follow as pairs of a string and a value
 * ("_pyroTraceback": a list of lines, each with its newline), then pyro_exception_end(). */
enum pyro_code pyro_exception_attributes(struct pyro_sink *to,
                                         const struct pyro_exception *exception);

enum pyro_code pyro_exception_end(struct pyro_sink *to);

/** Sends the exception that an error is. Its traceback is its last line, or (`traced` false: there
 * is no error to be looked at) None. */
enum pyro_code pyro_put_error(struct pyro_sink *to, const struct pyro_protocol *protocol,
                              const struct pyro_error *why, bool traced);

/** The state of an exception that arrived. Borrowed from the value. */
struct pyro_exception_state {
    const char *class_name; /**< in full; "" where there is none */
    const char *text;       /**< the first argument where that is a string, else NULL */
};

/** Reads the state of an exception that arrived. */
struct pyro_exception_state pyro_exception_read(const struct pyro_value *exception);

/** Sends a string; one that is no UTF-8 is escaped. */
enum pyro_code pyro_put_shown(struct pyro_sink *to, struct pyro_slice text);

#endif
