#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *class_name;
    bool own;
} classes[] = {[PYRO_OK] = {"", false},
#define X(name, class, own) [PYRO_##name] = {class, own},
               PYRO_ERRORS(X)
#undef X
};

static const struct pyro_builtin builtins[] = {
    {"ArithmeticError", 0},
    {"AssertionError", 0},
    {"AttributeError", 0},
    {"BaseException", 0},
    {"BaseExceptionGroup", 2},
    {"BlockingIOError", 0},
    {"BrokenPipeError", 0},
    {"BufferError", 0},
    {"BytesWarning", 0},
    {"ChildProcessError", 0},
    {"ConnectionAbortedError", 0},
    {"ConnectionError", 0},
    {"ConnectionRefusedError", 0},
    {"ConnectionResetError", 0},
    {"DeprecationWarning", 0},
    {"EOFError", 0},
    {"EncodingWarning", 0},
    {"EnvironmentError", 0},
    {"Exception", 0},
    {"ExceptionGroup", 2},
    {"FileExistsError", 0},
    {"FileNotFoundError", 0},
    {"FloatingPointError", 0},
    {"FutureWarning", 0},
    {"GeneratorExit", 0},
    {"IOError", 0},
    {"ImportError", 0},
    {"ImportWarning", 0},
    {"IndentationError", 0},
    {"IndexError", 0},
    {"InterruptedError", 0},
    {"IsADirectoryError", 0},
    {"KeyError", 0},
    {"KeyboardInterrupt", 0},
    {"LookupError", 0},
    {"MemoryError", 0},
    {"ModuleNotFoundError", 0},
    {"NameError", 0},
    {"NotADirectoryError", 0},
    {"NotImplementedError", 0},
    {"OSError", 0},
    {"OverflowError", 0},
    {"PendingDeprecationWarning", 0},
    {"PermissionError", 0},
    {"ProcessLookupError", 0},
    {"RecursionError", 0},
    {"ReferenceError", 0},
    {"ResourceWarning", 0},
    {"RuntimeError", 0},
    {"RuntimeWarning", 0},
    {"StopAsyncIteration", 0},
    {"StopIteration", 0},
    {"SyntaxError", 0},
    {"SyntaxWarning", 0},
    {"SystemError", 0},
    {"SystemExit", 0},
    {"TabError", 0},
    {"TimeoutError", 0},
    {"TypeError", 0},
    {"UnboundLocalError", 0},
    {"UnicodeDecodeError", 5},
    {"UnicodeEncodeError", 5},
    {"UnicodeError", 0},
    {"UnicodeTranslateError", 4},
    {"UnicodeWarning", 0},
    {"UserWarning", 0},
    {"ValueError", 0},
    {"Warning", 0},
    {"ZeroDivisionError", 0},
};

/* Takes away the stump of a UTF-8 sequence that was cut at the buffer's end. */
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

void pyro_error_locate(struct pyro_error *err, const char *step)
{
    size_t length = strlen(step), behind = strlen(err->path) + 1;
    if (length + behind > sizeof(err->path))
        return;
    memmove(err->path + length, err->path, behind);
    memcpy(err->path, step, length);
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

const struct pyro_builtin *pyro_builtins(size_t *count)
{
    *count = PYRO_COUNT(builtins);
    return builtins;
}

static int compare_name(const void *name, const void *builtin)
{
    return strcmp(name, ((const struct pyro_builtin *)builtin)->name);
}

const struct pyro_builtin *pyro_builtin_find(const char *name)
{
    return bsearch(name, builtins, PYRO_COUNT(builtins), sizeof(builtins[0]), compare_name);
}

bool pyro_error_is_communication(const char *name)
{
    static const enum pyro_code codes[] = {PYRO_ECOMMUNICATION, PYRO_ECLOSED,   PYRO_ETIMEOUT,
                                           PYRO_EPROTOCOL,      PYRO_ETOOLARGE, PYRO_ESERIALIZE};
    for (size_t i = 0; i < PYRO_COUNT(codes); i++)
        if (strcmp(pyro_error_class(codes[i]), name) == 0)
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

bool pyro_error_refuses_serializer(const char *message)
{
    return strstr(message, "serializer that is not accepted") != NULL;
}
