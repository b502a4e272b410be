/** @file
 * Logging as Pyro has it: the setting LOGLEVEL names a level (DEBUG, INFO, WARNING, ERROR,
 * CRITICAL), LOGFILE the file (default `pyro.log` in the current folder; `{stderr}` is the standard
 * error). Where no level is set, warnings go to the standard error, unless a file is set: a method
 * that fails shall leave a trace. LOGFORMAT is the form of lines (base/log_line.h). Bytes that
 * peers sent are escaped, so that a log line is one line. Floods of like lines are counted
 * (base/log_flood.h). */
#ifndef PYRO_BASE_LOG_H
#define PYRO_BASE_LOG_H

#include <stdatomic.h>

#include "base/error.h"
#include "base/log_flood.h"
#include "base/log_line.h"

/** Hears of lines, in the place of the file. The record, and its strings, are borrowed. */
typedef void pyro_log_listener(void *context, const struct pyro_log_record *record);

/** A log: its level, and its destination. */
struct pyro_log {
    enum pyro_level level; /**< messages below it are dropped */
    enum pyro_log_form form;
    bool quiet;                  /**< where no level is set, and nobody listens, it is silent */
    bool chosen;                 /**< a level is set */
    bool journal;                /**< the standard error is systemd's journal */
    bool open;                   /**< `file` is; that happens when the first line is written */
    bool stuck;                  /**< the file could not be opened again, which was logged */
    int file;                    /**< a descriptor */
    char *path;                  /**< of the file; NULL is the standard error */
    atomic_bool stale;           /**< the file is to be opened again; a signal handler may set it */
    pyro_log_listener *listener; /**< or NULL */
    void *context;               /**< the listener's */
    struct pyro_log_flood flood;
};

/** The subject of a line: facts besides its message, and its kind. */
struct pyro_log_topic {
    struct pyro_log_fields fields;
    /** Name of the kind, for people ("handshakes failed"): "7 more handshakes failed". NULL: lines
     * of the same format are of one kind. */
    const char *kind;
};

/** The settings that make a log; NULL: the default. */
struct pyro_log_settings {
    const char *level, *file, *format;
};

/** Sets up a log. A zeroed log may be set, and one again; the caller closes it with
 * pyro_log_close(). */
enum pyro_code pyro_log_set(struct pyro_log *log, const struct pyro_log_settings *settings,
                            struct pyro_error *err);

/** Lets a function have all lines in the place of the file; NULL: the file has them again. Where no
 * level is set, it hears warnings, also of a quiet log. */
void pyro_log_listen(struct pyro_log *log, pyro_log_listener *listener, void *context);

/** Opens the log's file again, which somebody has renamed, or does nothing where none was written
 * yet. PYRO_EOS where it cannot be opened: lines go on to the old one, which tells that once. */
enum pyro_code pyro_log_reopen(struct pyro_log *log, struct pyro_error *err);

/** Has the file opened again before the next line, or by pyro_log_refresh(). From any thread, and
 * from a signal handler. */
static inline void pyro_log_expire(struct pyro_log *log)
{
    atomic_store(&log->stale, true);
}

/** Opens the file again where that is wanted. */
static inline void pyro_log_refresh(struct pyro_log *log)
{
    if (atomic_load_explicit(&log->stale, memory_order_relaxed))
        pyro_log_reopen(log, NULL);
}

/** Tells how many lines were left out, and closes the log. */
void pyro_log_close(struct pyro_log *log);

/** Returns whether lines of that level are logged. */
static inline bool pyro_log_has(const struct pyro_log *log, enum pyro_level level)
{
    return level >= log->level;
}

/** Writes one line: time, `area` ("daemon", which must stay in place), level, message. A file that
 * cannot be opened is said once on the standard error, which is then used instead, as Pyro does.
 * Lines with the same format (where that is "%s": with the same message) are of one kind, of which
 * a flood is only counted; a log at level DEBUG has them all. */
void pyro_log_write(struct pyro_log *log, enum pyro_level level, const char *area,
                    const char *format, ...) PYRO_PRINTF(4, 5);

/** Writes a line as pyro_log_write() does, with fields, and perhaps of a kind of its own. */
void pyro_log_about(struct pyro_log *log, const struct pyro_log_topic *topic, enum pyro_level level,
                    const char *area, const char *format, ...) PYRO_PRINTF(5, 6);

/** Writes a text of a program, which may have many of them: only equal ones are of one kind. */
void pyro_log_text(struct pyro_log *log, const struct pyro_log_fields *fields,
                   enum pyro_level level, const char *area, struct pyro_slice text);

/** Tells now how many lines were left out of late. */
void pyro_log_turn(struct pyro_log *log);

#endif
