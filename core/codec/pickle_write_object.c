/* Writing objects into pickles: Python classes by name, and what makes instances of them. Whoever
 * reads a pickle calls what it names, so only known names are written, and those that the program
 * registered.
 *
 * Circle: pickle_write.c, which says why. */
#include "codec/pickle_write_object.h"

#include "base/uri.h"
#include "codec/pickle_level.h"
#include "codec/pickle_write.h"
#include "value/class.h"

#define URI_CLASS "Pyro4.core.URI"
#define PROXY_CLASS "Pyro4.core.Proxy"
#define FAILURE_CLASS "Pyro4.futures._ExceptionWrapper"

/* Marks of the level of an exception, beside its kind. */
enum {
    AT_KEY = 0,
    AT_MARK = 16, /* the value of "__exception__" comes next, */
    AT_ARGS = 32, /* of "args", */
    AT_ATTRIBUTES = 48,
    AT = 48,
    MADE = 64, /* its class was called */
};

/* Marks of the level of an object that consists of a state. */
enum { OF_PROXY = 16 };

/* Marks of the level of a proxy's state: what comes next. */
enum {
    AT_URI = 0,
    A_SET = 16, /* each of three sets adds it */
    SETS = 48,
};

static unsigned char *level_of(struct pyro_sink *to)
{
    struct pyro_writer *w = pickle_writer(to);
    return &w->levels[w->depth];
}

static enum pyro_code refuse_form(struct pyro_sink *to)
{
    return pyro_error_set(to->err, PYRO_ESERIALIZE, "an object that has not the form of its class");
}

/* Appends instructions. */
static enum pyro_code append(struct pyro_sink *to, const char *ops)
{
    struct pyro_buffer *out = pickle_writer(to)->out;
    return pyro_buffer_append(out, ops, strlen(ops)) ? PYRO_OK : pyro_buffer_refused(out, to->err);
}

/* --- names --- */

/* Returns the name of an exception in Python 2, where Python 3 has others. */
static struct pyro_slice name_in_python_2(struct pyro_slice name)
{
    static const char *const names[][2] = {
        {"BaseExceptionGroup", "BaseException"}, {"BlockingIOError", "OSError"},
        {"BrokenPipeError", "OSError"},          {"ChildProcessError", "OSError"},
        {"ConnectionAbortedError", "OSError"},   {"ConnectionError", "OSError"},
        {"ConnectionRefusedError", "OSError"},   {"ConnectionResetError", "OSError"},
        {"EncodingWarning", "Warning"},          {"ExceptionGroup", "Exception"},
        {"FileExistsError", "OSError"},          {"FileNotFoundError", "OSError"},
        {"InterruptedError", "OSError"},         {"IsADirectoryError", "OSError"},
        {"ModuleNotFoundError", "ImportError"},  {"NotADirectoryError", "OSError"},
        {"PermissionError", "OSError"},          {"ProcessLookupError", "OSError"},
        {"RecursionError", "RuntimeError"},      {"ResourceWarning", "Warning"},
        {"StopAsyncIteration", "Exception"},     {"TimeoutError", "OSError"},
    };
    for (size_t i = 0; i < PYRO_COUNT(names); i++)
        if (pyro_slice_equals(name, names[i][0]))
            return pyro_slice_text(names[i][1]);
    return name;
}

/* Returns whether a class is an exception of Python's or Pyro's. */
static bool is_known_exception(struct pyro_slice module, struct pyro_slice name)
{
    char text[PYRO_CLASS_SIZE];
    if (name.length >= sizeof(text))
        return false;
    memcpy(text, name.data, name.length);
    text[name.length] = '\0';
    return pyro_slice_equals(module, "builtins")       ? pyro_builtin_find(text) != NULL
           : pyro_slice_equals(module, "Pyro4.errors") ? pyro_error_is_own(text)
                                                       : false;
}

static bool is_pyros(struct pyro_slice name)
{
    return pyro_slice_equals(name, URI_CLASS) || pyro_slice_equals(name, PROXY_CLASS) ||
           pyro_slice_equals(name, FAILURE_CLASS);
}

/* Splits a full name. One without a module is that of a class of the program that reads it. */
static void part(struct pyro_slice full, struct pyro_slice *module, struct pyro_slice *name)
{
    size_t dot = full.length;
    while (dot > 0 && full.data[dot - 1] != '.')
        dot--;
    *module = dot > 0 ? pyro_slice(full.data, dot - 1) : pyro_slice_text("__main__");
    *name = pyro_slice(full.data + dot, full.length - dot);
}

/* Puts a class that may be named; NULL where there is no room. */
static char *put_class(struct pyro_writer *w, const struct pyro_class *class)
{
    struct pyro_slice module, name;
    char *at = pickle_begin(w, class->name.length);
    if (!at)
        return NULL;
    part(class->name, &module, &name);
    bool builtin = w->version < 3 && pyro_slice_equals(module, "builtins");
    if (builtin && class->exception)
        return pickle_put_global(at, w->version, pyro_slice_text("exceptions"),
                                 name_in_python_2(name));
    if (builtin)
        module = pyro_slice_text("__builtin__");
    return pickle_put_global(at, w->version, module, name);
}

/* Returns whether a receiver may look up the class by its name. */
static bool may_be_named(const struct pyro_class *class)
{
    struct pyro_slice module, name;
    if (class->registered)
        return class->name.length < UINT16_MAX &&
               !memchr(class->name.data, '\n', class->name.length);
    part(class->name, &module, &name);
    return class->exception ? is_known_exception(module, name) : is_pyros(class->name);
}

/* --- objects --- */

static bool is_stateful(const struct pyro_class *class)
{
    return pyro_slice_equals(class->name, URI_CLASS) || pyro_slice_equals(class->name, PROXY_CLASS);
}

enum pyro_code pickle_write_object(struct pyro_sink *to, const struct pyro_class *class,
                                   size_t count)
{
    struct pyro_writer *w = pickle_writer(to);
    bool stateful = is_stateful(class);
    (void)count;
    if (!may_be_named(class))
        return pyro_error_set(
            to->err, PYRO_ESERIALIZE, "a pickle may not name '%.*s', which is no registered class",
            (int)(class->name.length < 80 ? class->name.length : 80), class->name.data);
    char *at = put_class(w, class);
    if (!at)
        return pyro_buffer_refused(w->out, to->err);
    if (!class->exception) {
        at = pickle_put_op(at, PICKLE_OP_EMPTY_TUPLE);
        at = pickle_put_op(at, PICKLE_OP_NEWOBJ);
    }
    if (!class->exception && !stateful)
        at = pickle_put_begin(at, w->version, PYRO_DICT);
    pickle_use(w, at);
    if (class->exception)
        return pickle_enter(w, PICKLE_EXCEPTION);
    if (pyro_slice_equals(class->name, PROXY_CLASS))
        return pickle_enter(w, PICKLE_STATEFUL | OF_PROXY);
    return pickle_enter(w, stateful ? PICKLE_STATEFUL : PYRO_DICT | PICKLE_AS_STATE);
}

/* --- exceptions: a class, called with arguments, given attributes --- */

/* Calls the class, without arguments where none came. */
static enum pyro_code be_made(struct pyro_sink *to)
{
    if (*level_of(to) & MADE)
        return PYRO_OK;
    *level_of(to) |= MADE;
    return append(to, ")R");
}

/* Begins pairs that are none of the usual: they are attributes, too. */
static enum pyro_code begin_others(struct pyro_sink *to, struct pyro_slice key)
{
    struct pyro_writer *w = pickle_writer(to);
    enum pyro_code code;
    if ((code = be_made(to)) != PYRO_OK || (code = append(to, "}(")) != PYRO_OK)
        return code;
    w->depth--;
    if ((code = pickle_enter(w, PYRO_DICT | PICKLE_AS_STATE)) != PYRO_OK)
        return code;
    return pyro_put_str(to, key);
}

static enum pyro_code take_key(struct pyro_sink *to, struct pyro_slice key)
{
    unsigned char *level = level_of(to);
    if ((*level & AT) != AT_KEY)
        return refuse_form(to);
    if (pyro_slice_equals(key, "__exception__"))
        *level |= AT_MARK;
    else if (pyro_slice_equals(key, "args"))
        *level |= AT_ARGS;
    else if (pyro_slice_equals(key, "attributes"))
        *level |= AT_ATTRIBUTES;
    else
        return begin_others(to, key);
    return PYRO_OK;
}

/* Enters what an exception's level says, with an instruction to begin with. */
static enum pyro_code enter_part(struct pyro_sink *to, const char *ops, unsigned level)
{
    enum pyro_code code = append(to, ops);
    *level_of(to) &= (unsigned char)~AT;
    return code == PYRO_OK ? pickle_enter(pickle_writer(to), level) : code;
}

static enum pyro_code begin_part(struct pyro_sink *to, enum pyro_kind kind, size_t count)
{
    unsigned char *level = level_of(to);
    unsigned at = *level & AT;
    if (at == AT_ARGS && !(*level & MADE) && (kind == PYRO_LIST || kind == PYRO_TUPLE)) {
        *level |= MADE;
        return enter_part(to, "(", PYRO_TUPLE | PICKLE_AS_ARGS);
    }
    /* in Lua, what is empty may be a list */
    if (at != AT_ATTRIBUTES || (kind != PYRO_DICT && (kind != PYRO_LIST || count > 0)))
        return refuse_form(to);
    enum pyro_code code = be_made(to);
    return code == PYRO_OK ? enter_part(to, "}(", PYRO_DICT | PICKLE_AS_STATE) : code;
}

static enum pyro_code take_mark(struct pyro_sink *to, bool value)
{
    (void)value;
    if ((*level_of(to) & AT) != AT_MARK)
        return refuse_form(to);
    *level_of(to) &= (unsigned char)~AT;
    return PYRO_OK;
}

static enum pyro_code end_exception(struct pyro_sink *to, enum pyro_kind kind)
{
    enum pyro_code code = be_made(to);
    *level_of(to) = PICKLE_EXCEPTION;
    return code == PYRO_OK ? pickle_write_end(to, kind) : code;
}

/* --- what comes in no other form --- */

static enum pyro_code refuse_nil(struct pyro_sink *to)
{
    return refuse_form(to);
}

static enum pyro_code refuse_boolean(struct pyro_sink *to, bool value)
{
    (void)value;
    return refuse_form(to);
}

static enum pyro_code refuse_integer(struct pyro_sink *to, int64_t value)
{
    (void)value;
    return refuse_form(to);
}

static enum pyro_code refuse_slice(struct pyro_sink *to, struct pyro_slice text)
{
    (void)text;
    return refuse_form(to);
}

static enum pyro_code refuse_real(struct pyro_sink *to, double value)
{
    (void)value;
    return refuse_form(to);
}

static enum pyro_code refuse_complex(struct pyro_sink *to, double real, double imaginary)
{
    (void)real, (void)imaginary;
    return refuse_form(to);
}

static enum pyro_code refuse_object(struct pyro_sink *to, const struct pyro_class *class,
                                    size_t count)
{
    (void)class, (void)count;
    return refuse_form(to);
}

static enum pyro_code refuse_array(struct pyro_sink *to, const struct pyro_array *array)
{
    (void)array;
    return refuse_form(to);
}

#define REFUSED_OPS                                                                                \
    .nil = refuse_nil, .integer = refuse_integer, .bigint = refuse_slice, .real = refuse_real,     \
    .complex = refuse_complex, .datetime = refuse_real, .date = refuse_integer,                    \
    .bytes = refuse_slice, .array = refuse_array, .object = refuse_object

const struct pyro_sink_ops pickle_exception_ops = {
    REFUSED_OPS, .boolean = take_mark, .str = take_key, .begin = begin_part, .end = end_exception,
};

/* --- Pyro's own classes, whose instances consist of a state --- */

static enum pyro_code take_state_key(struct pyro_sink *to, struct pyro_slice key)
{
    return pyro_slice_equals(key, "state") ? PYRO_OK : refuse_form(to);
}

static enum pyro_code begin_state(struct pyro_sink *to, enum pyro_kind kind, size_t count)
{
    unsigned level = *level_of(to) & OF_PROXY ? PICKLE_PROXY : PYRO_TUPLE;
    (void)count;
    if (kind != PYRO_TUPLE)
        return refuse_form(to);
    enum pyro_code code = append(to, "(");
    return code == PYRO_OK ? pickle_enter(pickle_writer(to), level | PICKLE_AS_STATE) : code;
}

const struct pyro_sink_ops pickle_stateful_ops = {
    REFUSED_OPS,          .boolean = refuse_boolean, .str = take_state_key,
    .begin = begin_state, .end = pickle_write_end,
};

/* Writes the URI of a proxy, which comes as a string. */
static enum pyro_code put_uri(struct pyro_sink *to, struct pyro_slice text)
{
    static const struct pyro_class class = {.name = {URI_CLASS, sizeof(URI_CLASS) - 1}};
    struct pyro_uri uri;
    enum pyro_code code;
    if ((*level_of(to) & SETS) != AT_URI)
        return refuse_form(to);
    if ((code = pyro_uri_parse(&uri, text, 0, to->err)) != PYRO_OK)
        return code;
    *level_of(to) += A_SET;
    if ((code = pickle_write_object(to, &class, 1)) == PYRO_OK &&
        (code = pyro_put_text(to, "state")) == PYRO_OK &&
        (code = pyro_put_uri_state(to, &uri)) == PYRO_OK)
        code = pyro_end(to, PYRO_DICT);
    pyro_uri_free(&uri);
    return code;
}

/* Begins the names of members, which come as a tuple. Behind three of those, all else is as it
 * comes. */
static enum pyro_code begin_members(struct pyro_sink *to, enum pyro_kind kind, size_t count)
{
    struct pyro_writer *w = pickle_writer(to);
    unsigned char *level = level_of(to);
    (void)count;
    if (kind != PYRO_TUPLE || (*level & SETS) == AT_URI)
        return refuse_form(to);
    char *at = pickle_begin(w, 0);
    if (!at)
        return pyro_buffer_refused(w->out, to->err);
    pickle_use(w, pickle_put_begin(at, w->version, PYRO_SET));
    if ((*level & SETS) == SETS)
        *level = PYRO_TUPLE | PICKLE_AS_STATE;
    else
        *level += A_SET;
    return pickle_enter(w, PYRO_SET);
}

static enum pyro_code refuse_end(struct pyro_sink *to, enum pyro_kind kind)
{
    (void)kind;
    return refuse_form(to);
}

const struct pyro_sink_ops pickle_proxy_ops = {
    REFUSED_OPS,       .boolean = refuse_boolean, .str = put_uri, .begin = begin_members,
    .end = refuse_end,
};
