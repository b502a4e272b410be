/** @file
 * Logging as Pyro has it: the setting LOGLEVEL names a level (DEBUG, INFO, WARNING, ERROR,
 * CRITICAL), LOGFILE the file (default `pyro.log` in the current folder; `{stderr}` is the standard
 * error). Where no level is set, warnings go to the standard error, unless a file is set: a method
 * that fails shall leave a trace. Bytes that peers sent are escaped, so that a log line is one
 * line.
 */
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
    bool quiet;            /**< where no level is set, it is silent */
};

/** How many lines of one kind were written of late. Zero-initialize, then set the first two. */
struct pyro_log_limit {
    const char *what; /**< what is said of those left out ("handshakes failed"), or NULL */
    unsigned most;    /**< lines in a period; 0: PYRO_LOG_BURST */
    double since;     /**< when the period began */
    unsigned written, left_out; /**< in it */
};

/** Finds the level of that name; "" is PYRO_SILENT. False where there is none. */
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

/** So many lines of a kind are written in so many seconds, unless its limit says otherwise; one,
 * after a period in which some were left out. */
#define PYRO_LOG_BURST 50
#define PYRO_LOG_PERIOD 10.0

/** Writes a line as pyro_log_write() does, or if there were too many of its kind, which peers can
 * cause, counts it: then a line says how many were left out, before the next one that is written.
 * A log at level DEBUG has them all. */
void pyro_log_limited(struct pyro_log *log, struct pyro_log_limit *limit, enum pyro_level level,
                      const char *area, const char *format, ...) PYRO_PRINTF(5, 6);

/** Logs how many lines were left out in a period that is over: else nobody would hear of them
 * before the next line is written. */
void pyro_log_limit_turn(struct pyro_log *log, struct pyro_log_limit *limit, enum pyro_level level,
                         const char *area);

/** Says how many were left out, if any; for the end. */
void pyro_log_limit_end(struct pyro_log *log, struct pyro_log_limit *limit, enum pyro_level level,
                        const char *area);

#endif
