#include "naming/server/arguments.h"

static size_t count_parameters(const struct signature *signature)
{
    size_t count = 0;
    while (signature->parameters[count])
        count++;
    return count;
}

static enum pyro_code bind_keyword(const struct signature *signature, const struct pyro_value *key,
                                   const struct pyro_value *value,
                                   const struct pyro_value *out[ARGUMENTS_MOST],
                                   struct pyro_error *err)
{
    if (key->type != PYRO_STR)
        return pyro_error_set(err, PYRO_ETYPE, "keywords must be strings");
    for (size_t i = 0; signature->parameters[i]; i++) {
        if (!pyro_value_is(key, signature->parameters[i]))
            continue;
        if (out[i])
            return pyro_error_set(err, PYRO_ETYPE, "%s() got multiple values for argument '%s'",
                                  signature->method, signature->parameters[i]);
        out[i] = value;
        return PYRO_OK;
    }
    return pyro_error_set(err, PYRO_ETYPE, "%s() got an unexpected keyword argument '%.80s'",
                          signature->method, key->u.text.data);
}

enum pyro_code arguments_bind(const struct signature *signature, const struct pyro_value *args,
                              const struct pyro_value *kwargs,
                              const struct pyro_value *out[ARGUMENTS_MOST], struct pyro_error *err)
{
    size_t most = count_parameters(signature);
    if (args->type != PYRO_CONTAINER_VALUE || args->kind == PYRO_DICT)
        return pyro_error_set(err, PYRO_ETYPE, "arguments must be a list");
    if (args->u.of.count > most)
        return pyro_error_set(err, PYRO_ETYPE, "%s() takes %zu arguments but %zu were given",
                              signature->method, most, args->u.of.count);
    for (size_t i = 0; i < ARGUMENTS_MOST; i++)
        out[i] = i < args->u.of.count ? &args->u.of.items[i] : NULL;
    if (kwargs->type == PYRO_CONTAINER_VALUE && kwargs->kind == PYRO_DICT) {
        for (size_t i = 0; i < kwargs->u.of.count; i += 2) {
            const struct pyro_value *pair = &kwargs->u.of.items[i];
            enum pyro_code code = bind_keyword(signature, &pair[0], &pair[1], out, err);
            if (code != PYRO_OK)
                return code;
        }
    }
    for (size_t i = 0; i < signature->required; i++)
        if (!out[i])
            return pyro_error_set(err, PYRO_ETYPE, "%s() missing 1 required argument: '%s'",
                                  signature->method, signature->parameters[i]);
    return PYRO_OK;
}

bool argument_is_none(const struct pyro_value *value)
{
    return !value || value->type == PYRO_NIL;
}

bool argument_is_true(const struct pyro_value *value)
{
    if (!value)
        return false;
    switch (value->type) {
    case PYRO_NIL:
        return false;
    case PYRO_BOOL:
        return value->u.boolean;
    case PYRO_INT:
        return value->u.integer != 0;
    case PYRO_REAL:
        return value->u.real != 0;
    case PYRO_STR:
    case PYRO_BYTES:
        return value->u.text.length > 0;
    case PYRO_CONTAINER_VALUE:
        return value->u.of.count > 0;
    case PYRO_ARRAY:
    case PYRO_BIGINT:
    case PYRO_COMPLEX:
    case PYRO_DATETIME:
    case PYRO_DATE:
        break;
    }
    return true;
}
