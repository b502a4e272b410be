#include "codec/json_forms_put.h"

#include <math.h>

#include "codec/array.h"
#include "value/integer.h"
#include "value/moment.h"
#include "value/utf8.h"

/* --- forms --- */

static enum pyro_code begin_form(struct pyro_sink *to, const char *name)
{
    enum pyro_code code = pyro_begin(to, PYRO_DICT, 1);
    return code == PYRO_OK ? pyro_put_text(to, name) : code;
}

static enum pyro_code end_form(struct pyro_sink *to, enum pyro_code code)
{
    return code == PYRO_OK ? pyro_end(to, PYRO_DICT) : code;
}

static enum pyro_code put_form(struct pyro_sink *to, const char *name, struct pyro_slice text)
{
    enum pyro_code code = begin_form(to, name);
    return end_form(to, code == PYRO_OK ? pyro_put_str(to, text) : code);
}

/* A writer does not leave by longjmp, so the string may be held meanwhile. */
static enum pyro_code put_bytes(struct pyro_slice data, struct pyro_sink *to)
{
    struct pyro_buffer text = {.data = NULL};
    enum pyro_code code =
        pyro_base64_append(&text, data)
            ? put_form(to, "$bytes", pyro_slice(text.data ? text.data : "", text.length))
            : pyro_error_memory(to->err);
    pyro_buffer_free(&text);
    return code;
}

/* --- scalars --- */

static enum pyro_code put_integer(int64_t value, bool kept, struct pyro_sink *to)
{
    char digits[PYRO_INTEGER_SIZE];
    if (!kept || (value <= PYRO_JSON_SAFE_INTEGER && value >= -PYRO_JSON_SAFE_INTEGER))
        return pyro_put_int(to, value);
    return put_form(to, "$int", pyro_slice(digits, pyro_integer_text(value, digits)));
}

static enum pyro_code put_bigint(struct pyro_slice digits, bool kept, struct pyro_sink *to)
{
    return kept ? put_form(to, "$int", digits) : to->ops->bigint(to, digits);
}

static enum pyro_code put_real(double value, bool kept, struct pyro_sink *to)
{
    if (!kept || isfinite(value))
        return pyro_put_real(to, value);
    return put_form(to, "$float",
                    pyro_slice_text(isnan(value) ? "nan"
                                    : value > 0  ? "inf"
                                                 : "-inf"));
}

static enum pyro_code put_complex(const struct pyro_value *value, struct pyro_sink *to)
{
    enum pyro_code code;
    if ((code = begin_form(to, "$complex")) != PYRO_OK ||
        (code = pyro_begin(to, PYRO_LIST, 2)) != PYRO_OK ||
        (code = put_real(value->u.complex.real, true, to)) != PYRO_OK ||
        (code = put_real(value->u.complex.imaginary, true, to)) != PYRO_OK)
        return code;
    return end_form(to, pyro_end(to, PYRO_LIST));
}

static enum pyro_code put_datetime(double seconds, bool kept, struct pyro_sink *to)
{
    char text[PYRO_MOMENT_SIZE];
    size_t length = pyro_datetime_text(seconds, text);
    if (!kept || length == 0)
        return to->ops->datetime(to, seconds);
    return put_form(to, "$datetime", pyro_slice(text, length));
}

static enum pyro_code put_date(int64_t ordinal, bool kept, struct pyro_sink *to)
{
    char text[PYRO_MOMENT_SIZE];
    size_t length = pyro_date_text(ordinal, text);
    if (!kept || length == 0)
        return to->ops->date(to, ordinal);
    return put_form(to, "$date", pyro_slice(text, length));
}

/* A peer may have sent as a string what is none. */
static enum pyro_code put_str(struct pyro_slice text, struct pyro_sink *to)
{
    return pyro_utf8_valid(text) ? pyro_put_str(to, text) : put_bytes(text, to);
}

/* --- containers --- */

static enum pyro_code put_items(const struct pyro_value *items, size_t count, bool kept,
                                struct pyro_sink *to)
{
    enum pyro_code code = pyro_begin(to, PYRO_LIST, count);
    for (size_t i = 0; i < count && code == PYRO_OK; i++)
        code = pyro_json_forms_put(&items[i], kept, to);
    return code == PYRO_OK ? pyro_end(to, PYRO_LIST) : code;
}

static enum pyro_code put_list(const struct pyro_value *list, bool kept, struct pyro_sink *to)
{
    static const char *const names[] = {
        [PYRO_TUPLE] = "$tuple", [PYRO_SET] = "$set", [PYRO_FROZENSET] = "$frozenset"};
    if (!kept || list->kind == PYRO_LIST)
        return put_items(list->u.of.items, list->u.of.count, kept, to);
    enum pyro_code code = begin_form(to, names[list->kind]);
    return end_form(to, code == PYRO_OK ? put_items(list->u.of.items, list->u.of.count, kept, to)
                                        : code);
}

/* Returns whether a dict is neither an object of JSON's, nor could be taken for a form. */
static bool needs_form(const struct pyro_value *dict)
{
    const struct pyro_value *items = dict->u.of.items;
    for (size_t i = 0; i < dict->u.of.count; i += 2)
        if (items[i].type != PYRO_STR || !pyro_utf8_valid(items[i].u.text))
            return true;
    return dict->u.of.count == 2 && pyro_slice_starts_with(items[0].u.text, pyro_slice("$", 1));
}

static enum pyro_code put_pairs(const struct pyro_value *dict, struct pyro_sink *to)
{
    enum pyro_code code;
    if ((code = begin_form(to, "$dict")) != PYRO_OK ||
        (code = pyro_begin(to, PYRO_LIST, dict->u.of.count / 2)) != PYRO_OK)
        return code;
    for (size_t i = 0; i < dict->u.of.count && code == PYRO_OK; i += 2)
        code = put_items(&dict->u.of.items[i], 2, true, to);
    return end_form(to, code == PYRO_OK ? pyro_end(to, PYRO_LIST) : code);
}

/* A key that is a scalar becomes a string; the writer refuses others. */
static enum pyro_code put_key(const struct pyro_value *key, struct pyro_sink *to)
{
    if (key->type == PYRO_STR && !pyro_utf8_valid(key->u.text))
        return pyro_error_set(to->err, PYRO_ESERIALIZE, "a key is not UTF-8");
    return pyro_value_put(key, to);
}

static enum pyro_code put_dict(const struct pyro_value *dict, bool kept, struct pyro_sink *to)
{
    if (kept && needs_form(dict))
        return put_pairs(dict, to);
    enum pyro_code code = pyro_begin(to, PYRO_DICT, dict->u.of.count / 2);
    for (size_t i = 0; i < dict->u.of.count && code == PYRO_OK; i += 2)
        if ((code = put_key(&dict->u.of.items[i], to)) == PYRO_OK)
            code = pyro_json_forms_put(&dict->u.of.items[i + 1], kept, to);
    return code == PYRO_OK ? pyro_end(to, PYRO_DICT) : code;
}

/* --- all of them --- */

enum pyro_code pyro_json_forms_put(const struct pyro_value *value, bool kept, struct pyro_sink *to)
{
    switch (value->type) {
    case PYRO_INT:
        return put_integer(value->u.integer, kept, to);
    case PYRO_BIGINT:
        return put_bigint(value->u.text, kept, to);
    case PYRO_REAL:
        return put_real(value->u.real, kept, to);
    case PYRO_COMPLEX:
        return put_complex(value, to);
    case PYRO_DATETIME:
        return put_datetime(value->u.real, kept, to);
    case PYRO_DATE:
        return put_date(value->u.integer, kept, to);
    case PYRO_STR:
        return put_str(value->u.text, to);
    case PYRO_BYTES:
        return put_bytes(value->u.text, to);
    case PYRO_CONTAINER_VALUE:
        return value->kind == PYRO_DICT ? put_dict(value, kept, to) : put_list(value, kept, to);
    case PYRO_NIL:
    case PYRO_BOOL:
    case PYRO_ARRAY:
        break;
    }
    return pyro_value_put(value, to);
}
