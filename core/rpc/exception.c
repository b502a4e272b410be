#include "rpc/exception.h"

#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "value/utf8.h"

enum pyro_code pyro_put_shown(struct pyro_sink *to, struct pyro_slice text)
{
    char shown[1024];
    if (pyro_utf8_valid(text))
        return pyro_put_str(to, text);
    pyro_escape(shown, sizeof(shown), text);
    return pyro_put_text(to, shown);
}

/* Appends two texts and what is between them, escaped where that is no UTF-8; false when out of
 * memory. */
static bool join(struct pyro_buffer *text, const char *first, const char *between,
                 struct pyro_slice second)
{
    char shown[1024];
    bool good = pyro_buffer_append(text, first, strlen(first)) &&
                pyro_buffer_append(text, between, strlen(between)) &&
                pyro_buffer_append(text, second.data, second.length);
    if (!good || pyro_utf8_valid(pyro_slice(text->data, text->length)))
        return good;
    pyro_escape(shown, sizeof(shown), pyro_slice(text->data, text->length));
    pyro_buffer_truncate(text, 0);
    return pyro_buffer_append(text, shown, strlen(shown));
}

/* Returns whether Python has no such class, or cannot make one with so many arguments; or where the
 * receiver would look it up and call it, whether nobody answers for the name. A full name may be
 * that of a class which the client has registered. */
static bool must_rename(const struct pyro_sink *to, const struct pyro_exception *exception,
                        const char *short_name)
{
    const struct pyro_builtin *builtin;
    if (strncmp(short_name, "builtins.", 9) == 0)
        short_name += 9;
    else if (strchr(short_name, '.'))
        return to->calls_classes && !exception->registered;
    else if (pyro_error_is_own(short_name))
        return false;
    builtin = pyro_builtin_find(short_name);
    return !builtin || (builtin->args != 0 && builtin->args != exception->args);
}

/* Begins an exception of the full name that its class has in that protocol:
 * "Pyro4.errors.NamingError", "builtins.ValueError"; a dotted name stays. */
static enum pyro_code begin(struct pyro_sink *to, const struct pyro_protocol *protocol,
                            const char *short_name, bool registered)
{
    struct pyro_buffer name = {.data = NULL};
    struct pyro_class class = {.exception = true, .registered = registered};
    const char *module = strchr(short_name, '.')         ? ""
                         : pyro_error_is_own(short_name) ? protocol->errors
                                                         : "builtins";
    enum pyro_code code = PYRO_EMEMORY;
    if (join(&name, module, *module ? "." : "", pyro_slice_text(short_name))) {
        class.name = pyro_slice(name.data, name.length);
        code = pyro_begin_object(to, &class, 3);
    } else {
        pyro_error_memory(to->err);
    }
    pyro_buffer_free(&name);
    return code;
}

/* Sends the class as the text that its name and first argument make. */
static enum pyro_code put_renamed(struct pyro_sink *to, const char *name, struct pyro_slice text)
{
    struct pyro_buffer joined = {.data = NULL};
    enum pyro_code code = join(&joined, name, text.data ? ": " : "", text)
                              ? pyro_put_str(to, pyro_slice(joined.data, joined.length))
                              : pyro_error_memory(to->err);
    pyro_buffer_free(&joined);
    return code;
}

enum pyro_code pyro_exception_begin(struct pyro_sink *to, const struct pyro_protocol *protocol,
                                    struct pyro_exception *exception, size_t *first)
{
    enum pyro_code code;
    const char *name = pyro_error_short_name(exception->class_name);
    struct pyro_slice text = exception->text;
    exception->renamed = must_rename(to, exception, name);
    *first = exception->renamed && text.data ? 1 : 0;
    if ((code = begin(to, protocol, exception->renamed ? "RuntimeError" : name,
                      exception->registered)) != PYRO_OK ||
        (code = pyro_put_text(to, "__exception__")) != PYRO_OK ||
        (code = pyro_put_bool(to, true)) != PYRO_OK ||
        (code = pyro_put_text(to, "args")) != PYRO_OK ||
        (code = pyro_begin(to, PYRO_TUPLE, exception->args + exception->renamed - *first)) !=
            PYRO_OK)
        return code;
    return exception->renamed ? put_renamed(to, name, text) : PYRO_OK;
}

enum pyro_code pyro_exception_attributes(struct pyro_sink *to,
                                         const struct pyro_exception *exception)
{
    enum pyro_code code;
    if ((code = pyro_end(to, PYRO_TUPLE)) != PYRO_OK ||
        (code = pyro_put_text(to, "attributes")) != PYRO_OK ||
        (code = pyro_begin(to, PYRO_DICT, exception->attributes + exception->renamed)) != PYRO_OK ||
        !exception->renamed)
        return code;
    if ((code = pyro_put_text(to, PYRO_CLASS_ATTRIBUTE)) != PYRO_OK)
        return code;
    return pyro_put_shown(to, pyro_slice_text(pyro_error_short_name(exception->class_name)));
}

enum pyro_code pyro_exception_end(struct pyro_sink *to)
{
    enum pyro_code code = pyro_end(to, PYRO_DICT);
    return code == PYRO_OK ? pyro_end(to, PYRO_DICT) : code;
}

/* Puts a traceback without frames, just the last line: Python programs rely on there being one. */
static enum pyro_code put_last_line(struct pyro_sink *to, const struct pyro_error *why)
{
    char line[sizeof(*why)];
    enum pyro_code code;
    snprintf(line, sizeof(line), "%s%s%s\n", pyro_error_name(why), *why->message ? ": " : "",
             why->message);
    if ((code = pyro_begin(to, PYRO_LIST, 1)) != PYRO_OK ||
        (code = pyro_put_shown(to, pyro_slice_text(line))) != PYRO_OK)
        return code;
    return pyro_end(to, PYRO_LIST);
}

enum pyro_code pyro_put_error(struct pyro_sink *to, const struct pyro_protocol *protocol,
                              const struct pyro_error *why, bool traced)
{
    struct pyro_slice text = pyro_slice_text(why->message);
    struct pyro_exception exception = {.class_name = pyro_error_name(why), .attributes = 1};
    size_t first;
    if (text.length > 0) {
        exception.args = 1;
        exception.text = text;
    }
    enum pyro_code code = pyro_exception_begin(to, protocol, &exception, &first);
    if (code == PYRO_OK && first < exception.args)
        code = pyro_put_shown(to, text);
    if (code != PYRO_OK || (code = pyro_exception_attributes(to, &exception)) != PYRO_OK ||
        (code = pyro_put_text(to, "_pyroTraceback")) != PYRO_OK ||
        (code = traced ? put_last_line(to, why) : pyro_put_nil(to)) != PYRO_OK)
        return code;
    return pyro_exception_end(to);
}

static const char *string_of(const struct pyro_value *value)
{
    return value && value->type == PYRO_STR ? value->u.text.data : NULL;
}

struct pyro_exception_state pyro_exception_read(const struct pyro_value *exception)
{
    const char *name = string_of(pyro_value_get(exception, "__class__"));
    return (struct pyro_exception_state){
        .class_name = name ? name : "",
        .text = string_of(pyro_value_at(pyro_value_get(exception, "args"), 0))};
}
