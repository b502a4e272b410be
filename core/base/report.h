/** @file
 * An error with all its strings, of any length, for people and programs: what a remote object or a
 * script raised. */
#ifndef PYRO_BASE_REPORT_H
#define PYRO_BASE_REPORT_H

#include "base/buffer.h"
#include "base/slice.h"

/** Zero-initialized is none, and valid. */
struct pyro_report {
    enum pyro_code code;           /**< PYRO_OK: an exception that was raised elsewhere */
    struct pyro_buffer class_name; /**< strings that are terminated, or empty */
    struct pyro_buffer message;
    struct pyro_buffer traceback; /**< in lines */
};

/** Reports an error of the core. */
void pyro_report_error(struct pyro_report *report, const struct pyro_error *err);

/** Reports an exception. */
void pyro_report_raised(struct pyro_report *report, struct pyro_slice class_name,
                        struct pyro_slice message);

/** Adds to the traceback. */
void pyro_report_trace(struct pyro_report *report, struct pyro_slice text);

/** Returns a string of the report; "" where there is none. */
const char *pyro_report_text(const struct pyro_buffer *text);

/** Frees its strings; the report is none then. */
void pyro_report_free(struct pyro_report *report);

#endif
