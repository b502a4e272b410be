/** @file
 * Error codes, the Pyro classes that they travel as, and the record that a failing function fills.
 *
 * A fallible function returns PYRO_OK or a code, and fills its `struct pyro_error *` once, where
 * the error happened. Callers pass it on untouched. */
#ifndef PYRO_BASE_ERROR_H
#define PYRO_BASE_ERROR_H

#include "base/common.h"

/** code, class name, whether the class is Pyro's own (else it is a Python built-in) */
#define PYRO_ERRORS(X)                                                                             \
    X(EPYRO, "PyroError", true)                                                                    \
    X(ECOMMUNICATION, "CommunicationError", true)                                                  \
    X(ECLOSED, "ConnectionClosedError", true)                                                      \
    X(ETIMEOUT, "TimeoutError", true)                                                              \
    X(EPROTOCOL, "ProtocolError", true)                                                            \
    X(ETOOLARGE, "MessageTooLargeError", true)                                                     \
    X(ENAMING, "NamingError", true)                                                                \
    X(EDAEMON, "DaemonError", true)                                                                \
    X(ESECURITY, "SecurityError", true)                                                            \
    X(ESERIALIZE, "SerializeError", true)                                                          \
    X(EATTRIBUTE, "AttributeError", false)                                                         \
    X(ETYPE, "TypeError", false)                                                                   \
    X(EVALUE, "ValueError", false)                                                                 \
    X(ESTOP, "StopIteration", false)                                                               \
    X(EPERMISSION, "PermissionError", false)                                                       \
    X(EOS, "OSError", false)                                                                       \
    X(EMEMORY, "MemoryError", false)                                                               \
    X(ERUNTIME, "RuntimeError", false)

enum pyro_code {
    PYRO_OK = 0,
#define X(name, class, own) PYRO_##name,
    PYRO_ERRORS(X)
#undef X
};

#define PYRO_ERROR_SIZE 400
#define PYRO_CLASS_SIZE 64
#define PYRO_PATH_SIZE 256

struct pyro_error {
    enum pyro_code code;
    char message[PYRO_ERROR_SIZE]; /**< always terminated, cut if longer, valid UTF-8 if its parts
                                      are */
    char raised[PYRO_CLASS_SIZE];  /**< its class, where a program raised one of its own; else "" */
    /** The way into a value to the part of it that the error is about, such as "[2].price"; else
     * "". Messages show it behind the place of the value. */
    char path[PYRO_PATH_SIZE];
};

/** Makes it none. Where that is done for each call, it is much quicker than an initializer, which
 * fills the message, too. */
static inline void pyro_error_clear(struct pyro_error *err)
{
    err->code = PYRO_OK;
    err->message[0] = err->raised[0] = err->path[0] = '\0';
}

/** Records an error and returns its code. `err` may be NULL. `format` as for printf. */
enum pyro_code pyro_error_set(struct pyro_error *err, enum pyro_code code, const char *format, ...)
    PYRO_PRINTF(3, 4);

/** Makes it an error of a class that is a program's own; a long name is cut. */
void pyro_error_raised(struct pyro_error *err, const char *class_name);

/** Puts a step, such as "[2]" or ".price", before the path of an error, which is built from inside
 * out. Steps that do not fit are left out. */
void pyro_error_locate(struct pyro_error *err, const char *step);

/** Records "out of memory" and returns PYRO_EMEMORY. `err` may be NULL. */
enum pyro_code pyro_error_memory(struct pyro_error *err);

/** Returns the class name without its module, such as "NamingError". Never NULL. */
const char *pyro_error_class(enum pyro_code code);

/** Returns the class name of an error: the code's, or what a program raised. */
const char *pyro_error_name(const struct pyro_error *err);

/** Returns the class name that is shown: built-in and Pyro classes without their module. Where
 * Python and Pyro have a class of the same name (TimeoutError), Pyro's has the short one. Part of
 * `name`. */
const char *pyro_error_short_name(const char *name);

/** Returns whether a class name without its module ("NamingError") is one of Pyro's own. */
bool pyro_error_is_own(const char *name);

/** Returns whether a class, as it is shown, is Pyro's CommunicationError or derives from it. */
bool pyro_error_is_communication(const char *name);

/** Returns whether the message of a server says that it does not accept the serializer of what it
 * was sent: Pyro's servers say so in words only. */
bool pyro_error_refuses_serializer(const char *message);

/** A class of exceptions that every Python has. */
struct pyro_builtin {
    const char *name; /**< "ValueError" */
    size_t args;      /**< how many arguments its constructor insists on; 0: takes any */
};

/** All of them, by name; `*count` is how many. */
const struct pyro_builtin *pyro_builtins(size_t *count);

/** Finds the builtin class of that name (without its module), or NULL. */
const struct pyro_builtin *pyro_builtin_find(const char *name);

#endif
