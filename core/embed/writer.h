/** @file
 * Writing of values: the result of a method, arguments of a call; and raising of exceptions. */
#ifndef PYRO_EMBED_WRITER_H
#define PYRO_EMBED_WRITER_H

#include <stdarg.h>

#include "include/pyrolua.h"
#include "value/sink.h"

struct method_call;

struct pyrolua_writer {
    struct pyro_sink *to;
    struct method_call *method; /**< whose result is written; NULL: something else is */
    bool arguments; /**< a call's arguments are written: a tuple, then a dict of named ones */
    bool named;     /**< that dict is being written */
    bool closed;    /**< nothing more can be written */
    size_t values;  /**< written outside of containers */
    size_t depth;   /**< of containers that were begun */
    unsigned char kinds[PYRO_MAX_DEPTH + 1];
    bool odd[PYRO_MAX_DEPTH + 1]; /**< whether a container has an odd number of values */
};

/** Starts to write one value. */
void writer_init(pyrolua_writer *writer, struct pyro_sink *to);

/** Begins a call's arguments. */
void writer_begin_arguments(pyrolua_writer *writer);

/** Ends a call's arguments: a tuple and a dict were sent. */
void writer_end_arguments(pyrolua_writer *writer);

/** Writes nothing more. PYRO_EVALUE if a container is not ended. */
enum pyro_code writer_close(pyrolua_writer *writer);

/** Sets the error that a function of the program's raises; returns PYROLUA_ERAISED, or
 * PYROLUA_EVALUE if exceptions can have no such class. */
int writer_raise(struct pyro_error *err, const char *class_name, const char *format, va_list args);

#endif
