#include "base/report.h"

/* Appends to a string, and terminates it. Where there is no memory, the string is empty then: there
 * is nobody to tell. */
static void append(struct pyro_buffer *to, struct pyro_slice text)
{
    if (pyro_buffer_append(to, text.data, text.length) && pyro_buffer_append(to, "", 1))
        to->length--;
    else
        pyro_buffer_free(to);
}

void pyro_report_raised(struct pyro_report *report, struct pyro_slice class_name,
                        struct pyro_slice message)
{
    pyro_report_free(report);
    append(&report->class_name, class_name);
    append(&report->message, message);
}

void pyro_report_error(struct pyro_report *report, const struct pyro_error *err)
{
    pyro_report_raised(report, pyro_slice_text(pyro_error_name(err)),
                       pyro_slice_text(err->message));
    report->code = err->code;
}

void pyro_report_trace(struct pyro_report *report, struct pyro_slice text)
{
    append(&report->traceback, text);
}

const char *pyro_report_text(const struct pyro_buffer *text)
{
    return text->data ? text->data : "";
}

void pyro_report_free(struct pyro_report *report)
{
    pyro_buffer_free(&report->class_name);
    pyro_buffer_free(&report->message);
    pyro_buffer_free(&report->traceback);
    report->code = PYRO_OK;
}
