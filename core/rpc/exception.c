#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "rpc/object.h"
#include "value/utf8.h"

bool pyro_exception_name(const struct pyro_protocol *protocol, const char *class_name,
                         struct pyro_buffer *out)
{
    const char *module = strchr(class_name, '.')         ? ""
                         : pyro_error_is_own(class_name) ? protocol->errors
                                                         : "builtins";
    return pyro_buffer_append(out, module, strlen(module)) &&
           pyro_buffer_append(out, ".", *module ? 1 : 0) &&
           pyro_buffer_append(out, class_name, strlen(class_name));
}

enum pyro_code pyro_put_shown(struct pyro_sink *to, struct pyro_slice text)
{
    char shown[1024];
    if (pyro_utf8_valid(text))
        return pyro_put_str(to, text);
    pyro_escape(shown, sizeof(shown), text);
    return pyro_put_text(to, shown);
}

static enum pyro_code put_class(struct pyro_sink *to, const struct pyro_protocol *protocol,
                                const char *class_name)
{
    struct pyro_buffer name = {.data = NULL};
    enum pyro_code code = pyro_exception_name(protocol, class_name, &name)
                              ? pyro_put_shown(to, pyro_slice(name.data, name.length))
                              : pyro_error_memory(to->err);
    pyro_buffer_free(&name);
    return code;
}

enum pyro_code pyro_exception_begin(struct pyro_sink *to, const struct pyro_protocol *protocol,
                                    const char *class_name, size_t args)
{
    enum pyro_code code;
    if ((code = pyro_begin(to, PYRO_DICT, 4)) != PYRO_OK ||
        (code = pyro_put_text(to, "__class__")) != PYRO_OK ||
        (code = put_class(to, protocol, class_name)) != PYRO_OK ||
        (code = pyro_put_text(to, "__exception__")) != PYRO_OK ||
        (code = pyro_put_bool(to, true)) != PYRO_OK ||
        (code = pyro_put_text(to, "args")) != PYRO_OK)
        return code;
    return pyro_begin(to, PYRO_TUPLE, args);
}

enum pyro_code pyro_exception_attributes(struct pyro_sink *to, size_t count)
{
    enum pyro_code code;
    if ((code = pyro_end(to, PYRO_TUPLE)) != PYRO_OK ||
        (code = pyro_put_text(to, "attributes")) != PYRO_OK)
        return code;
    return pyro_begin(to, PYRO_DICT, count);
}

enum pyro_code pyro_exception_end(struct pyro_sink *to)
{
    enum pyro_code code = pyro_end(to, PYRO_DICT);
    return code == PYRO_OK ? pyro_end(to, PYRO_DICT) : code;
}

/* A traceback without frames, just the last line: Python programs rely on there being one. */
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
    size_t args = *why->message ? 1 : 0;
    enum pyro_code code = pyro_exception_begin(to, protocol, pyro_error_name(why), args);
    if (code == PYRO_OK && args > 0)
        code = pyro_put_shown(to, pyro_slice_text(why->message));
    if (code != PYRO_OK || (code = pyro_exception_attributes(to, 1)) != PYRO_OK ||
        (code = pyro_put_text(to, "_pyroTraceback")) != PYRO_OK ||
        (code = traced ? put_last_line(to, why) : pyro_put_nil(to)) != PYRO_OK)
        return code;
    return pyro_exception_end(to);
}

static enum pyro_code put_optional(struct pyro_sink *to, const char *text)
{
    return text ? pyro_put_text(to, text) : pyro_put_nil(to);
}

/* The class name "<core>.URI" without allocating. */
static enum pyro_code put_uri_class(struct pyro_sink *to, const struct pyro_protocol *protocol)
{
    char name[32];
    size_t length = strlen(protocol->core);
    memcpy(name, protocol->core, length);
    memcpy(name + length, ".URI", 5);
    return pyro_put_text(to, name);
}

enum pyro_code pyro_put_uri(struct pyro_sink *to, const struct pyro_protocol *protocol,
                            const struct pyro_uri *uri)
{
    enum pyro_code code;
    if ((code = pyro_begin(to, PYRO_DICT, 2)) != PYRO_OK ||
        (code = pyro_put_text(to, "__class__")) != PYRO_OK ||
        (code = put_uri_class(to, protocol)) != PYRO_OK ||
        (code = pyro_put_text(to, "state")) != PYRO_OK ||
        (code = pyro_begin(to, PYRO_TUPLE, 5)) != PYRO_OK ||
        (code = pyro_put_text(to, pyro_uri_protocol_name(uri->protocol))) != PYRO_OK ||
        (code = pyro_put_text(to, uri->object)) != PYRO_OK ||
        (code = put_optional(to, uri->sockname)) != PYRO_OK ||
        (code = put_optional(to, uri->host)) != PYRO_OK ||
        (code = uri->host ? pyro_put_int(to, uri->port) : pyro_put_nil(to)) != PYRO_OK ||
        (code = pyro_end(to, PYRO_TUPLE)) != PYRO_OK)
        return code;
    return pyro_end(to, PYRO_DICT);
}
