/** @file
 * Lines of a log: their contents, and their forms.
 *
 * PYRO_LOG_TEXT: "[time,pyrolua.daemon,WARNING] client: message [correlation_id=…]", as Pyro does;
 * a traceback follows in lines of its own, at level INFO. In systemd's journal, which has times of
 * its own: "<4>pyrolua.daemon: client: message […]", where 4 is the level in syslog's numbers.
 * PYRO_LOG_JSON: one object, with all fields. */
#ifndef PYRO_BASE_LOG_LINE_H
#define PYRO_BASE_LOG_LINE_H

#include "base/slice.h"

enum pyro_level {
    PYRO_DEBUG = 10,
    PYRO_INFO = 20,
    PYRO_WARNING = 30,
    PYRO_ERROR = 40,
    PYRO_CRITICAL = 50,
    PYRO_SILENT = 100,
};

enum pyro_log_form { PYRO_LOG_TEXT, PYRO_LOG_JSON };

/** The place of a field in a line of text. */
enum pyro_log_place {
    PYRO_LOG_TOLD,   /**< nowhere: the message tells it */
    PYRO_LOG_BEFORE, /**< before the message */
    PYRO_LOG_BEHIND, /**< behind it, with its name */
    PYRO_LOG_BELOW,  /**< in lines of their own */
};

/** Fields of a line besides its message: name, place. Another one needs a line here, and somebody
 * who sets it. */
#define PYRO_LOG_FIELDS(X)                                                                         \
    X(client, BEFORE) /* its address */                                                            \
    X(object, TOLD)   /* its id */                                                                 \
    X(method, TOLD)                                                                                \
    X(error, TOLD)            /* the exception's class */                                          \
    X(correlation_id, BEHIND) /* of the call */                                                    \
    X(traceparent, BEHIND)    /* likewise */                                                       \
    X(traceback, BELOW)

/** The fields; those of length 0 are not there. Their bytes may be any: they are escaped. */
struct pyro_log_fields {
#define X(name, place) struct pyro_slice name;
    PYRO_LOG_FIELDS(X)
#undef X
};

/** A field, for who takes one after the other. */
struct pyro_log_field {
    const char *name;
    enum pyro_log_place place;
    struct pyro_slice value;
};

enum {
#define X(name, place) PYRO_LOG_FIELD_##name,
    PYRO_LOG_FIELDS(X)
#undef X
        PYRO_LOG_FIELD_COUNT
};

/** Lists the fields that are there; returns how many. */
size_t pyro_log_list_fields(const struct pyro_log_fields *fields,
                            struct pyro_log_field out[PYRO_LOG_FIELD_COUNT]);

/** A line that is to be logged. */
struct pyro_log_record {
    enum pyro_level level;
    const char *area; /**< "daemon": the logger pyrolua.daemon */
    struct pyro_slice message;
    const struct pyro_log_fields *fields;
};

/** Bytes that a message, a traceback, and each other field may have once they are escaped; what is
 * longer is cut. */
#define PYRO_LOG_MESSAGE_SIZE ((size_t)4096)
#define PYRO_LOG_TRACEBACK_SIZE ((size_t)8192)
#define PYRO_LOG_FIELD_SIZE ((size_t)512)

/** A line, or several of a traceback, with its newline, and not terminated. */
struct pyro_log_line {
    size_t length;
    char data[PYRO_LOG_MESSAGE_SIZE + PYRO_LOG_TRACEBACK_SIZE +
              PYRO_LOG_FIELD_COUNT * PYRO_LOG_FIELD_SIZE];
};

/** Finds the level of that name; "" is PYRO_SILENT. False where there is none. */
bool pyro_log_level(const char *name, enum pyro_level *level);

/** Finds the form of that name ("text", "json"); false where there is none. */
bool pyro_log_form(const char *name, enum pyro_log_form *form);

/** Makes the line of a record. `journal`: it is for systemd's journal. */
void pyro_log_line_make(struct pyro_log_line *line, const struct pyro_log_record *record,
                        enum pyro_log_form form, bool journal);

#endif
