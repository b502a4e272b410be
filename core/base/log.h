/** @file
 * Logging as Pyro has it: silent unless the setting LOGLEVEL names a level (DEBUG, INFO, WARNING,
 * ERROR, CRITICAL); to the file LOGFILE (default `pyro.log` in the current folder; `{stderr}` is
 * the standard error). Bytes that peers sent are escaped, so that a log line is one line. */
#ifndef PYRO_BASE_LOG_H
#define PYRO_BASE_LOG_H

#include <stdio.h>

#include "base/error.h"

enum pyro_level {
    PYRO_DEBUG = 10,
    PYRO_INFO = 20,
    PYRO_WARNING = 30,
    PYRO_ERROR = 40,
    PYRO_CRITICAL = 50,
    PYRO_SILENT = 100,
};

struct pyro_log {
    enum pyro_level level; /**< messages below it are dropped */
    FILE *file;            /**< opened when the first message is written */
    char *path;            /**< of the file; NULL is the standard error */
};

/** The level of that name; "" is PYRO_SILENT. False where there is none. */
bool pyro_log_level(const char *name, enum pyro_level *level);

/** Sets a log's level and file, by their settings' values (NULL: the defaults). A zeroed log may be
 * set, and one again; the caller closes it with pyro_log_close(). */
enum pyro_code pyro_log_set(struct pyro_log *log, const char *level, const char *path,
                            struct pyro_error *err);

void pyro_log_close(struct pyro_log *log);

/** Writes one line: time, `area` ("daemon"), level, message. A file that cannot be opened is said
 * once on the standard error, which is then used instead, as Pyro does. */
void pyro_log_write(struct pyro_log *log, enum pyro_level level, const char *area,
                    const char *format, ...) PYRO_PRINTF(4, 5);

#endif
