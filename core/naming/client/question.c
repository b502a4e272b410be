#include "naming/client/question.h"

#include <string.h>

#include "rpc/exception.h"
#include "rpc/uri_state.h"

static enum pyro_code put_arguments(struct pyro_sink *to, const struct pyro_value *args,
                                    size_t count)
{
    enum pyro_code code = pyro_begin(to, PYRO_TUPLE, count);
    for (size_t i = 0; i < count && code == PYRO_OK; i++)
        code = pyro_value_put(&args[i], to);
    if (code != PYRO_OK || (code = pyro_end(to, PYRO_TUPLE)) != PYRO_OK ||
        (code = pyro_begin(to, PYRO_DICT, 0)) != PYRO_OK)
        return code;
    return pyro_end(to, PYRO_DICT);
}

enum pyro_code question_ask(struct pyro_client *client, struct pyro_call *call, double timeout,
                            const char *method, const struct pyro_value *args, size_t count,
                            struct pyro_error *err)
{
    struct pyro_call_head head = {.method = pyro_slice_text(method)};
    struct pyro_sink *to = pyro_client_begin(client, &head, err);
    if (!to)
        return err->code;
    enum pyro_code code = put_arguments(to, args, count);
    if (code != PYRO_OK) {
        pyro_client_abort(client);
        return code;
    }
    return pyro_client_send(client, call, timeout, err);
}

static enum pyro_code read_exception(const struct pyro_value *value, struct pyro_error *err)
{
    static const enum pyro_code known[] = {PYRO_ENAMING,    PYRO_EVALUE,     PYRO_ETYPE,
                                           PYRO_ESECURITY,  PYRO_EATTRIBUTE, PYRO_ESERIALIZE,
                                           PYRO_EPERMISSION};
    struct pyro_exception_state exception = pyro_exception_read(value);
    const char *dot = strrchr(exception.class_name, '.');
    enum pyro_code code = PYRO_EPYRO;
    for (size_t i = 0; i < PYRO_COUNT(known); i++)
        if (dot && strcmp(dot + 1, pyro_error_class(known[i])) == 0)
            code = known[i];
    return pyro_error_set(err, code, "%s",
                          exception.text ? exception.text : "the name server failed");
}

enum pyro_code question_read(struct pyro_call *call, struct pyro_tree *tree,
                             const struct pyro_value **value, struct pyro_error *err)
{
    enum pyro_code code = pyro_call_read(call, &tree->sink, err);
    if (code != PYRO_OK)
        return code;
    *value = &tree->root.u.of.items[0];
    return pyro_call_raised(call) ? read_exception(*value, err) : PYRO_OK;
}

enum pyro_code question_read_uri(const struct pyro_value *value, struct pyro_uri *uri,
                                 struct pyro_error *err)
{
    return pyro_uri_state_read(pyro_value_get(value, "state"), uri, err);
}
