#include "codec/json_forms_take.h"

#include <math.h>

#include "base/escape.h"
#include "codec/array.h"
#include "value/integer.h"
#include "value/moment.h"

/* The one who takes: where to, and what for. */
struct taker {
    struct pyro_sink *to;
    struct pyro_reading *held;
};

static enum pyro_code take_value(const struct taker *taker, const struct pyro_value *value);

static enum pyro_code refuse(const struct taker *taker, const char *name, const char *wanted)
{
    return pyro_error_set(taker->to->err, PYRO_ESERIALIZE, "%s takes %s", name, wanted);
}

/* --- texts --- */

static enum pyro_code take_bytes(const struct taker *taker, struct pyro_slice text)
{
    struct pyro_buffer *decoded = &taker->held->decoded;
    size_t length = 0;
    pyro_buffer_truncate(decoded, 0);
    char *room = pyro_buffer_reserve(decoded, pyro_base64_room(text.length) + 1);
    if (!room)
        return pyro_error_memory(taker->to->err);
    if (!pyro_base64_decode(text, room, &length))
        return refuse(taker, "$bytes", "base64");
    return taker->to->ops->bytes(taker->to, pyro_slice(room, length));
}

/* Returns whether a text is a decimal integer without leading zeros. */
static bool is_integer(struct pyro_slice text)
{
    size_t from = text.length > 0 && text.data[0] == '-', digits = text.length - from;
    for (size_t i = from; i < text.length; i++)
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
    return digits > 0 && digits <= PYRO_MOST_DIGITS && (text.data[from] != '0' || digits == 1);
}

static enum pyro_code take_int(const struct taker *taker, struct pyro_slice text)
{
    return is_integer(text) ? pyro_put_digits(taker->to, text)
                            : refuse(taker, "$int", "decimal digits, as a string");
}

static bool read_float(struct pyro_slice text, double *out)
{
    *out = pyro_slice_equals(text, "-inf") ? -INFINITY : INFINITY;
    if (pyro_slice_equals(text, "nan"))
        *out = NAN;
    return isnan(*out) || *out < 0 || pyro_slice_equals(text, "inf");
}

static enum pyro_code take_float(const struct taker *taker, struct pyro_slice text)
{
    double value;
    return read_float(text, &value) ? pyro_put_real(taker->to, value)
                                    : refuse(taker, "$float", "nan, inf or -inf");
}

static enum pyro_code take_datetime(const struct taker *taker, struct pyro_slice text)
{
    struct pyro_moment moment;
    return pyro_moment_read(text, true, &moment)
               ? taker->to->ops->datetime(taker->to, pyro_moment_seconds(&moment))
               : refuse(taker, "$datetime", "a time such as 2020-01-02T03:04:05");
}

static enum pyro_code take_date(const struct taker *taker, struct pyro_slice text)
{
    struct pyro_moment moment;
    return pyro_moment_read(text, false, &moment)
               ? taker->to->ops->date(taker->to, pyro_moment_ordinal(&moment))
               : refuse(taker, "$date", "a day such as 2020-01-02");
}

/* --- lists --- */

static enum pyro_code take_items(const struct taker *taker, const struct pyro_value *list,
                                 enum pyro_kind kind)
{
    enum pyro_code code = pyro_begin(taker->to, kind, list->u.of.count);
    for (size_t i = 0; i < list->u.of.count && code == PYRO_OK; i++)
        code = take_value(taker, &list->u.of.items[i]);
    return code == PYRO_OK ? pyro_end(taker->to, kind) : code;
}

static enum pyro_code take_tuple(const struct taker *taker, const struct pyro_value *list)
{
    return take_items(taker, list, PYRO_TUPLE);
}

static enum pyro_code take_set(const struct taker *taker, const struct pyro_value *list)
{
    return take_items(taker, list, PYRO_SET);
}

static enum pyro_code take_frozenset(const struct taker *taker, const struct pyro_value *list)
{
    return take_items(taker, list, PYRO_FROZENSET);
}

/* Returns whether a value is a dict of one key, which is that. */
static bool is_form(const struct pyro_value *value, const char *name)
{
    return value->type == PYRO_CONTAINER_VALUE && value->kind == PYRO_DICT &&
           value->u.of.count == 2 && pyro_value_is(&value->u.of.items[0], name);
}

static bool read_number(const struct pyro_value *value, double *out)
{
    *out = value->type == PYRO_INT ? (double)value->u.integer : value->u.real;
    if (value->type == PYRO_INT || value->type == PYRO_REAL)
        return true;
    return is_form(value, "$float") && value->u.of.items[1].type == PYRO_STR &&
           read_float(value->u.of.items[1].u.text, out);
}

static enum pyro_code take_complex(const struct taker *taker, const struct pyro_value *list)
{
    double real, imaginary;
    if (list->u.of.count != 2 || !read_number(&list->u.of.items[0], &real) ||
        !read_number(&list->u.of.items[1], &imaginary))
        return refuse(taker, "$complex", "a list of two numbers");
    return taker->to->ops->complex(taker->to, real, imaginary);
}

static bool is_list(const struct pyro_value *value)
{
    return value->type == PYRO_CONTAINER_VALUE && value->kind == PYRO_LIST;
}

static enum pyro_code take_pair(const struct taker *taker, const struct pyro_value *pair)
{
    if (!is_list(pair) || pair->u.of.count != 2)
        return refuse(taker, "$dict", "a list of pairs");
    enum pyro_code code = take_value(taker, &pair->u.of.items[0]);
    return code == PYRO_OK ? take_value(taker, &pair->u.of.items[1]) : code;
}

static enum pyro_code take_pairs(const struct taker *taker, const struct pyro_value *list)
{
    enum pyro_code code = pyro_begin(taker->to, PYRO_DICT, list->u.of.count);
    for (size_t i = 0; i < list->u.of.count && code == PYRO_OK; i++)
        code = take_pair(taker, &list->u.of.items[i]);
    return code == PYRO_OK ? pyro_end(taker->to, PYRO_DICT) : code;
}

/* --- forms --- */

static const struct form {
    const char *name;
    enum pyro_code (*take_text)(const struct taker *taker, struct pyro_slice text);
    enum pyro_code (*take_list)(const struct taker *taker, const struct pyro_value *list);
} forms[] = {
    {"$bytes", take_bytes, NULL},     {"$int", take_int, NULL},
    {"$float", take_float, NULL},     {"$datetime", take_datetime, NULL},
    {"$date", take_date, NULL},       {"$tuple", NULL, take_tuple},
    {"$set", NULL, take_set},         {"$frozenset", NULL, take_frozenset},
    {"$complex", NULL, take_complex}, {"$dict", NULL, take_pairs},
};

static enum pyro_code refuse_form(const struct taker *taker, struct pyro_slice name)
{
    char shown[64];
    pyro_escape(shown, sizeof(shown), name);
    return pyro_error_set(taker->to->err, PYRO_ESERIALIZE,
                          "a dict with the one key %s is written {\"$dict\": [[\"%s\", value]]}",
                          shown, shown);
}

static enum pyro_code take_form(const struct taker *taker, const struct pyro_value *dict)
{
    const struct pyro_value *name = &dict->u.of.items[0], *value = &dict->u.of.items[1];
    for (size_t i = 0; i < PYRO_COUNT(forms); i++) {
        if (!pyro_slice_equals(name->u.text, forms[i].name))
            continue;
        if (forms[i].take_text)
            return value->type == PYRO_STR ? forms[i].take_text(taker, value->u.text)
                                           : refuse(taker, forms[i].name, "a string");
        return is_list(value) ? forms[i].take_list(taker, value)
                              : refuse(taker, forms[i].name, "a list");
    }
    return refuse_form(taker, name->u.text);
}

/* --- all of them --- */

static enum pyro_code take_dict(const struct taker *taker, const struct pyro_value *dict)
{
    enum pyro_code code = pyro_begin(taker->to, PYRO_DICT, dict->u.of.count / 2);
    for (size_t i = 0; i < dict->u.of.count && code == PYRO_OK; i++)
        code = take_value(taker, &dict->u.of.items[i]);
    return code == PYRO_OK ? pyro_end(taker->to, PYRO_DICT) : code;
}

static bool has_mark(const struct pyro_value *dict)
{
    return dict->u.of.count == 2 &&
           pyro_slice_starts_with(dict->u.of.items[0].u.text, pyro_slice("$", 1));
}

static enum pyro_code take_value(const struct taker *taker, const struct pyro_value *value)
{
    if (value->type != PYRO_CONTAINER_VALUE)
        return pyro_value_put(value, taker->to);
    if (value->kind == PYRO_LIST)
        return take_items(taker, value, PYRO_LIST);
    return has_mark(value) ? take_form(taker, value) : take_dict(taker, value);
}

enum pyro_code pyro_json_forms_take(const struct pyro_value *value, struct pyro_reading *held,
                                    struct pyro_sink *to)
{
    const struct taker taker = {to, held};
    if (value->type == PYRO_CONTAINER_VALUE && value->kind == PYRO_DICT)
        return take_dict(&taker, value);
    return take_value(&taker, value);
}
