#include "embed/exception.h"

#include <string.h>

#include "codec/codec.h"
#include "rpc/exception.h"

/* An exception that arrived, as the dict of it says, or the attributes in that. */
struct arrived {
    const struct pyro_value *dict, *attributes, *args;
    const char *class_name; /* as it is shown */
    bool renamed;           /* Python has no such class: the message begins with its name */
};

static struct pyro_slice text_of(const struct pyro_value *value)
{
    return value && value->type == PYRO_STR ? value->u.text : pyro_slice("", 0);
}

/* Finds a value among the attributes or, where a program's own converter made the dict, beside
 * them. */
static const struct pyro_value *find(const struct arrived *arrived, const char *key)
{
    const struct pyro_value *value = pyro_value_get(arrived->attributes, key);
    return value ? value : pyro_value_get(arrived->dict, key);
}

static struct arrived read_exception(const struct pyro_value *dict)
{
    struct arrived arrived = {.dict = dict,
                              .attributes = pyro_value_get(dict, "attributes"),
                              .args = pyro_value_get(dict, "args"),
                              .class_name = "Exception"};
    const char *name = pyro_exception_read(dict).class_name;
    const struct pyro_value *renamed = pyro_value_get(arrived.attributes, PYRO_CLASS_ATTRIBUTE);
    if (*name)
        arrived.class_name = pyro_error_short_name(name);
    if (renamed && renamed->type == PYRO_STR) {
        arrived.class_name = renamed->u.text.data;
        arrived.renamed = true;
    }
    return arrived;
}

/* Shows a value that is no string as Python would. */
static struct pyro_slice show(const struct pyro_value *value, struct pyro_buffer *out)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_writer writer;
    pyro_codec_serpent.open(&writer, out, &err);
    size_t header = out->length;
    if (pyro_value_put(value, &writer.sink) != PYRO_OK)
        out->length = header;
    const char *line = out->data ? memchr(out->data, '\n', out->length) : NULL;
    if (!line)
        return pyro_slice(NULL, 0);
    size_t rest = out->length - (size_t)(line + 1 - out->data); /* the header is a line */
    memmove(out->data, line + 1, rest);
    out->length = rest;
    return pyro_slice(out->data, rest);
}

/* Returns a string without the class's name before it. */
static struct pyro_slice strip(const struct arrived *arrived, struct pyro_slice text)
{
    size_t length = strlen(arrived->class_name);
    if (!arrived->renamed || text.length < length ||
        memcmp(text.data, arrived->class_name, length) != 0)
        return text;
    if (text.length >= length + 2 && memcmp(text.data + length, ": ", 2) == 0)
        length += 2;
    return pyro_slice(text.data + length, text.length - length);
}

/* Python's str() of it, as near as that is known. `shown` keeps it in place. */
static struct pyro_slice message_of(const struct arrived *arrived, struct pyro_buffer *shown)
{
    const struct pyro_value *first = pyro_value_at(arrived->args, 0);
    const struct pyro_value *message = pyro_value_get(arrived->dict, "message");
    if (!arrived->args && message && message->type == PYRO_STR)
        return message->u.text;
    if (!arrived->args)
        return show(arrived->dict, shown);
    if (first && pyro_value_at(arrived->args, 1))
        return show(arrived->args, shown);
    if (!first || (first->type == PYRO_STR && strcmp(arrived->class_name, "KeyError") != 0))
        return strip(arrived, text_of(first));
    return show(first, shown);
}

void exception_report(struct pyro_report *report, const struct pyro_value *exception)
{
    struct pyro_buffer shown = {.data = NULL};
    struct arrived arrived = read_exception(exception);
    const struct pyro_value *lines = find(&arrived, "_pyroTraceback");
    pyro_report_raised(report, pyro_slice_text(arrived.class_name), message_of(&arrived, &shown));
    pyro_report_trace(report, text_of(lines));
    for (size_t i = 0; pyro_value_at(lines, i); i++)
        pyro_report_trace(report, text_of(pyro_value_at(lines, i)));
    pyro_buffer_free(&shown);
}
