/* Writers: what C programs write arguments and results with, value by value.
 *
 * A writer passes values on to a sink. It is open until its call or reply takes it over; the first
 * error stays in the sink, and what follows is not written. No callbacks. */
#include "embed/writer.h"

#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "base/escape.h"
#include "value/utf8.h"

void writer_init(pyrolua_writer *writer, struct pyro_sink *to)
{
    writer->to = to;
    writer->method = NULL;
    writer->arguments = writer->named = writer->closed = false;
    writer->values = writer->depth = 0;
}

static bool failed(const pyrolua_writer *writer)
{
    return writer->to->err->code != PYRO_OK;
}

static void refuse(pyrolua_writer *writer, const char *why)
{
    pyro_error_set(writer->to->err, PYRO_EVALUE, "%s", why);
}

/* Returns whether a value may come next. */
static bool may_put(pyrolua_writer *writer)
{
    if (!writer || failed(writer))
        return false;
    if (writer->closed)
        refuse(writer, "nothing can be written any more");
    else if (writer->depth > 0)
        writer->odd[writer->depth] = !writer->odd[writer->depth];
    else if (writer->named && writer->values++ % 2 == 0)
        refuse(writer, "an argument without a name follows one with a name");
    else if (!writer->named && writer->values++ > 0 && !writer->arguments)
        refuse(writer, "a result is one value");
    return !failed(writer);
}

/* --- arguments --- */

void writer_begin_arguments(pyrolua_writer *writer)
{
    if (failed(writer))
        return;
    PYRO_ASSERT(writer->depth == 0);
    writer->arguments = true;
    writer->named = false;
    writer->values = 0;
    pyro_begin(writer->to, PYRO_TUPLE, 0);
}

static void begin_named(pyrolua_writer *writer)
{
    if (pyro_end(writer->to, PYRO_TUPLE) == PYRO_OK)
        pyro_begin(writer->to, PYRO_DICT, 0);
    writer->named = true;
    writer->values = 0;
}

void writer_end_arguments(pyrolua_writer *writer)
{
    if (!failed(writer) && writer->depth > 0)
        refuse(writer, "a container was begun and not ended");
    if (!failed(writer) && !writer->named)
        begin_named(writer);
    if (!failed(writer) && writer->values % 2 != 0)
        refuse(writer, "a named argument has no value");
    if (!failed(writer))
        pyro_end(writer->to, PYRO_DICT);
}

void pyrolua_put_name(pyrolua_writer *writer, const char *name)
{
    if (!writer || failed(writer))
        return;
    if (!name || !pyro_utf8_valid(pyro_slice_text(name))) {
        refuse(writer, "a name is no UTF-8");
        return;
    }
    if (!writer->arguments || writer->closed || writer->depth > 0 ||
        (writer->named && writer->values % 2 != 0)) {
        refuse(writer, "only an argument has a name");
        return;
    }
    if (!writer->named)
        begin_named(writer);
    writer->values++;
    if (!failed(writer))
        pyro_put_text(writer->to, name);
}

enum pyro_code writer_close(pyrolua_writer *writer)
{
    if (writer->depth > 0 && !failed(writer))
        refuse(writer, "a container was begun and not ended");
    writer->closed = true;
    return writer->to->err->code;
}

/* --- values --- */

void pyrolua_put_nil(pyrolua_writer *writer)
{
    if (may_put(writer))
        pyro_put_nil(writer->to);
}

void pyrolua_put_bool(pyrolua_writer *writer, int value)
{
    if (may_put(writer))
        pyro_put_bool(writer->to, value != 0);
}

void pyrolua_put_int(pyrolua_writer *writer, int64_t value)
{
    if (may_put(writer))
        pyro_put_int(writer->to, value);
}

void pyrolua_put_real(pyrolua_writer *writer, double value)
{
    if (may_put(writer))
        pyro_put_real(writer->to, value);
}

void pyrolua_put_text_of(pyrolua_writer *writer, const char *text, size_t length)
{
    if (!may_put(writer))
        return;
    if (!text && length > 0)
        refuse(writer, "a text is NULL");
    else if (pyro_utf8_valid(pyro_slice(text, length)))
        pyro_put_str(writer->to, pyro_slice(text, length));
    else
        refuse(writer, "a text is no UTF-8");
}

void pyrolua_put_text(pyrolua_writer *writer, const char *text)
{
    pyrolua_put_text_of(writer, text, text ? strlen(text) : 1);
}

void pyrolua_put_bytes(pyrolua_writer *writer, const void *data, size_t length)
{
    if (!may_put(writer))
        return;
    if (data || length == 0)
        writer->to->ops->bytes(writer->to, pyro_slice(data, length));
    else
        refuse(writer, "bytes are NULL");
}

/* False with the error. */
static bool take_array(pyrolua_writer *writer, const pyrolua_array *from, struct pyro_array *array)
{
    struct pyro_error *err = writer->to->err;
    if (!from || !from->dtype || (!from->data && from->length > 0) ||
        from->dimensions > PYRO_ARRAY_DIMENSIONS || from->form < 0 ||
        from->form > PYRO_ARRAY_CLASS) {
        refuse(writer, "an array has no dtype or data, too many dimensions, or an unknown form");
        return false;
    }
    if (pyro_dtype_read(pyro_slice_text(from->dtype), &array->dtype, err) != PYRO_OK)
        return false;
    array->form = (enum pyro_array_form)from->form;
    array->fortran = from->fortran != 0;
    array->dimensions = (unsigned)from->dimensions;
    memcpy(array->shape, from->shape, from->dimensions * sizeof(from->shape[0]));
    array->data = pyro_slice(from->length > 0 ? from->data : "", from->length);
    return pyro_array_check(array, err) == PYRO_OK;
}

void pyrolua_put_array(pyrolua_writer *writer, const pyrolua_array *array)
{
    struct pyro_array taken;
    if (may_put(writer) && take_array(writer, array, &taken))
        writer->to->ops->array(writer->to, &taken);
}

/* --- containers --- */

void pyrolua_put_begin(pyrolua_writer *writer, int type)
{
    if (!may_put(writer))
        return;
    if (type < PYROLUA_LIST || type > PYROLUA_DICT) {
        refuse(writer, "that type is no container");
    } else if (writer->depth == PYRO_MAX_DEPTH) {
        refuse(writer, "containers are nested too deep");
    } else if (pyro_begin(writer->to, (enum pyro_kind)(type - PYROLUA_LIST), 0) == PYRO_OK) {
        writer->depth++;
        writer->kinds[writer->depth] = (unsigned char)(type - PYROLUA_LIST);
        writer->odd[writer->depth] = false;
    }
}

void pyrolua_put_end(pyrolua_writer *writer)
{
    if (!writer || failed(writer))
        return;
    if (writer->depth == 0 || writer->closed) {
        refuse(writer, "no container was begun that could be ended");
    } else if (writer->kinds[writer->depth] == PYRO_DICT && writer->odd[writer->depth]) {
        refuse(writer, "the last key of a dict has no value");
    } else {
        pyro_end(writer->to, (enum pyro_kind)writer->kinds[writer->depth]);
        writer->depth--;
    }
}

/* --- exceptions --- */

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

/* Identifiers with dots between them, as Python has them. */
static bool is_class_name(const char *name)
{
    size_t length = strlen(name);
    char before = '.';
    if (length == 0 || length >= PYRO_CLASS_SIZE || !pyro_utf8_valid(pyro_slice(name, length)))
        return false;
    for (const char *c = name; *c; before = *c++)
        if (!is_letter(*c) && (before == '.' || (*c != '.' && (*c < '0' || *c > '9'))))
            return false;
    return before != '.';
}

int writer_raise(struct pyro_error *err, const char *class_name, const char *format, va_list args)
{
    char message[PYRO_ERROR_SIZE] = "", shown[PYRO_CLASS_SIZE + 8];
    if (format)
        vsnprintf(message, sizeof(message), format, args);
    if (class_name && is_class_name(class_name)) {
        pyro_error_set(err, PYRO_ERUNTIME, "%s", message);
        pyro_error_raised(err, class_name);
        return PYROLUA_ERAISED;
    }
    pyro_escape(shown, sizeof(shown), pyro_slice_text(class_name ? class_name : "NULL"));
    pyro_error_set(err, PYRO_EVALUE, "an exception was raised whose class has no name, but %s: %s",
                   shown, message);
    return PYROLUA_EVALUE;
}

int pyrolua_raise(pyrolua_writer *writer, const char *class_name, const char *format, ...)
{
    va_list args;
    if (!writer)
        return PYROLUA_EVALUE;
    va_start(args, format);
    int code = writer_raise(writer->to->err, class_name, format, args);
    va_end(args);
    return code;
}
