#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *class_name;
    bool own;
} classes[] = {[PYRO_OK] = {"", false},
#define X(name, class, own) [PYRO_##name] = {class, own},
               PYRO_ERRORS(X)
#undef X
};

/* Cutting a text at the buffer's end may cut a UTF-8 sequence: takes its stump away. */
static void drop_stump(char *text)
{
    size_t length = strlen(text), back = 0;
    if (length < PYRO_ERROR_SIZE - 1)
        return;
    while (back < length && back < 4 && ((unsigned char)text[length - 1 - back] & 0xc0) == 0x80)
        back++;
    if (back < length && ((unsigned char)text[length - 1 - back] & 0xc0) == 0xc0)
        text[length - 1 - back] = '\0';
}

enum pyro_code pyro_error_set(struct pyro_error *err, enum pyro_code code, const char *format, ...)
{
    va_list args;
    if (!err)
        return code;
    struct pyro_error made = {.code = code}; /* the arguments may lie in *err */
    va_start(args, format);
    vsnprintf(made.message, sizeof(made.message), format, args);
    va_end(args);
    drop_stump(made.message);
    *err = made;
    return code;
}

void pyro_error_raised(struct pyro_error *err, const char *class_name)
{
    snprintf(err->raised, sizeof(err->raised), "%s", class_name);
    drop_stump(err->raised);
}

enum pyro_code pyro_error_memory(struct pyro_error *err)
{
    return pyro_error_set(err, PYRO_EMEMORY, "out of memory");
}

const char *pyro_error_class(enum pyro_code code)
{
    return classes[code].class_name;
}

const char *pyro_error_name(const struct pyro_error *err)
{
    return *err->raised ? err->raised : pyro_error_class(err->code);
}

bool pyro_error_is_own(const char *name)
{
    for (size_t i = 0; i < PYRO_COUNT(classes); i++)
        if (classes[i].own && strcmp(classes[i].class_name, name) == 0)
            return true;
    return false;
}

const char *pyro_error_short_name(const char *name)
{
    static const char *const modules[] = {"builtins.", "exceptions.", "Pyro4.errors.",
                                          "Pyro5.errors."};
    for (size_t i = 0; i < PYRO_COUNT(modules); i++) {
        const char *rest = name + strlen(modules[i]);
        if (strncmp(name, modules[i], strlen(modules[i])) == 0)
            return i < 2 && pyro_error_is_own(rest) ? name : rest;
    }
    return name;
}
