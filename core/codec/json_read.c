/* Reading JSON: json-c parses the whole text into a tree, which is then sent to the sink.
 *
 * json-c silently changes some values: it clamps integers beyond 64 bits, replaces some surrogate
 * pairs and all halves of them by another character, and ends keys at a NUL character. So the
 * text is scanned while json-c is given it, piece by piece. Long integers get an exponent of
 * zero: json-c keeps the source of floats, so their digits are found again in the tree. NUL
 * characters in keys are replaced by other bytes, surrogate pairs by UTF-8; halves are refused. */
#include "base/assert.h"
#include "codec/json_write.h"

#include <json-c/json.h>
#include <limits.h>

#include "value/integer.h"
#include "value/utf8.h"

#define EXPONENT "E00"
#define NUL_IN_KEY "\xc0\x80" /* no UTF-8 has these */
#define SPACE " \t\r\n"
#define FEWEST_DIGITS 19                  /* of integers that 64 bits may be too short for */
#define PARSER_DEPTH (PYRO_MAX_DEPTH + 2) /* the call's own, and what the last level holds */
#define ESCAPE 6                          /* bytes of "\u0000" */
#define HIGH_SURROGATES 0xd800            /* and a thousand more */
#define LOW_SURROGATES 0xdc00

/* Bytes that json-c's tree takes, about: a value, an empty container, a pair besides its value, an
 * item's place in an array. */
enum { SCALAR = 64, FLOAT = 112, ARRAY = 160, OBJECT = 800, PAIR = 128, SLOT = 16 };

/* Bytes that a character costs that begins a value, or separates two; other characters cost
 * nothing. */
static const unsigned short costs[256] = {
    ['['] = ARRAY,  ['{'] = OBJECT, [','] = SLOT,   ['t'] = SCALAR, ['f'] = SCALAR, ['"'] = SCALAR,
    ['0'] = SCALAR, ['1'] = SCALAR, ['2'] = SCALAR, ['3'] = SCALAR, ['4'] = SCALAR, ['5'] = SCALAR,
    ['6'] = SCALAR, ['7'] = SCALAR, ['8'] = SCALAR, ['9'] = SCALAR};

struct source {
    const char *start, *end;
    const char *p;     /* looked through up to here */
    const char *given; /* the parser has it up to here */
    struct json_tokener *parser;
    struct json_object *root; /* once all of it is parsed */
    struct pyro_budget *budget;
    struct pyro_error *err;
};

/* --- parsing --- */

static enum pyro_code cut_short(struct pyro_error *err)
{
    return pyro_error_set(err, PYRO_ESERIALIZE, "json data cut short");
}

static enum pyro_code too_deep(struct pyro_error *err)
{
    return pyro_error_set(err, PYRO_ESERIALIZE, "nested deeper than %d", PYRO_MAX_DEPTH);
}

static enum pyro_code refuse(const struct source *s, const char *at, const char *why)
{
    return pyro_error_set(s->err, PYRO_ESERIALIZE, "malformed json at byte %zu: %s",
                          (size_t)(at - s->start) + 1, why);
}

/* Records why the parser failed at `at`. */
static enum pyro_code failed(const struct source *s, const char *at)
{
    enum json_tokener_error error = json_tokener_get_error(s->parser);
    if (error == json_tokener_error_parse_eof)
        return cut_short(s->err);
    if (error == json_tokener_error_depth)
        return too_deep(s->err);
    return refuse(s, at, json_tokener_error_desc(error));
}

static bool is_failed(const struct source *s)
{
    enum json_tokener_error error = json_tokener_get_error(s->parser);
    return error != json_tokener_success && error != json_tokener_continue;
}

/* Gives the parser all that was looked through. It stops early, with no error, when out of memory.
 */
static enum pyro_code give_source(struct source *s)
{
    PYRO_ASSERT(s->given <= s->p && s->p <= s->end);
    size_t length = (size_t)(s->p - s->given);
    if (length == 0)
        return PYRO_OK;
    s->root = json_tokener_parse_ex(s->parser, s->given, (int)length);
    size_t taken = json_tokener_get_parse_end(s->parser);
    if (is_failed(s))
        return failed(s, s->given + taken);
    if (taken != length)
        return pyro_error_memory(s->err);
    s->given = s->p;
    return PYRO_OK;
}

static enum pyro_code give_more(struct source *s, const char *text, size_t length)
{
    s->root = json_tokener_parse_ex(s->parser, text, (int)length);
    return is_failed(s) ? failed(s, s->given) : PYRO_OK;
}

/* --- looking through --- */

/* Returns the end of a run of some characters; NUL is in none. */
static const char *past(const char *p, const char *end, const char *some)
{
    while (p < end && *p != '\0' && strchr(some, *p))
        p++;
    return p;
}

static enum pyro_code pass_number(struct source *s)
{
    const char *digits = s->p;
    s->p = past(digits, s->end, "0123456789");
    size_t count = (size_t)(s->p - digits);
    if (count > 1 && *digits == '0')
        return refuse(s, digits, "a number with leading zeros");
    const char *rest = past(s->p, s->end, "0123456789.eE+-");
    if (rest == s->p && count < FEWEST_DIGITS)
        return pyro_spend(s->budget, SCALAR, s->err);
    enum pyro_code code = pyro_spend(s->budget, FLOAT + (size_t)(rest - digits), s->err);
    if (rest > s->p || code != PYRO_OK) {
        s->p = rest;
        return code;
    }
    if (count > PYRO_MOST_DIGITS)
        return refuse(s, digits, "an integer of too many digits");
    code = give_source(s);
    return code == PYRO_OK ? give_more(s, EXPONENT, strlen(EXPONENT)) : code;
}

/* Returns the UTF-16 unit of the escape at `p`; -1 where there is none. */
static int unit_at(const char *p, const char *end)
{
    int unit = 0;
    if (end - p < ESCAPE || p[0] != '\\' || p[1] != 'u' ||
        past(p + 2, p + ESCAPE, "0123456789abcdefABCDEF") < p + ESCAPE)
        return -1;
    for (int i = 2; i < ESCAPE; i++)
        unit = unit << 4 | (p[i] <= '9' ? p[i] - '0' : (p[i] | 0x20) - 'a' + 10);
    return unit;
}

static bool is_surrogate(int unit, int first)
{
    return unit >= first && unit < first + 0x400;
}

/* Gives the parser other bytes than those that come next. */
static enum pyro_code replace(struct source *s, size_t length, const char *by, size_t size)
{
    enum pyro_code code = give_source(s);
    s->p += length;
    s->given = s->p;
    return code == PYRO_OK ? give_more(s, by, size) : code;
}

/* Replaces the escapes of a surrogate pair, which begin at s->p. */
static enum pyro_code pass_pair(struct source *s, int high)
{
    int low = unit_at(s->p + ESCAPE, s->end);
    if (!is_surrogate(high, HIGH_SURROGATES) || !is_surrogate(low, LOW_SURROGATES))
        return refuse(s, s->p, "half of a surrogate pair");
    int point = 0x10000 + ((high - HIGH_SURROGATES) << 10) + (low - LOW_SURROGATES);
    char utf8[PYRO_UTF8_SIZE];
    return replace(s, 2 * (size_t)ESCAPE, utf8, pyro_utf8_encode((uint32_t)point, utf8));
}

/* Passes over an escape. A malformed one is left to the parser. */
static enum pyro_code pass_escape(struct source *s, bool key)
{
    int unit = unit_at(s->p, s->end);
    if (is_surrogate(unit, HIGH_SURROGATES) || is_surrogate(unit, LOW_SURROGATES))
        return pass_pair(s, unit);
    if (unit == 0 && key)
        return replace(s, ESCAPE, NUL_IN_KEY, strlen(NUL_IN_KEY));
    s->p += unit >= 0 ? ESCAPE : s->end - s->p > 1 ? 2 : 1;
    return PYRO_OK;
}

/* Returns the end of a string: its closing quote, or the end of the source. */
static const char *end_of_text(const char *p, const char *end)
{
    while (p < end && *p != '"')
        p += *p == '\\' && end - p > 1 ? 2 : 1;
    return p;
}

static enum pyro_code pass_text(struct source *s)
{
    const char *close = end_of_text(++s->p, s->end), *escape;
    const char *behind = close < s->end ? close + 1 : close;
    const char *next = past(behind, s->end, SPACE);
    bool key = next < s->end && *next == ':';
    size_t cost = (size_t)(close - s->p) + (key ? PAIR : SCALAR);
    enum pyro_code code = pyro_spend(s->budget, cost, s->err);
    if (code != PYRO_OK)
        return code;
    while ((escape = memchr(s->p, '\\', (size_t)(close - s->p)))) {
        s->p = escape;
        code = pass_escape(s, key);
        if (code != PYRO_OK)
            return code;
    }
    s->p = behind;
    return PYRO_OK;
}

/* Returns the next character that costs something. */
static const char *past_free(const char *p, const char *end)
{
    while (p < end && costs[(unsigned char)*p] == 0)
        p++;
    return p;
}

static enum pyro_code pass_all(struct source *s)
{
    enum pyro_code code = PYRO_OK;
    while (code == PYRO_OK && (s->p = past_free(s->p, s->end)) < s->end) {
        if (*s->p == '"')
            code = pass_text(s);
        else if (*s->p >= '0' && *s->p <= '9')
            code = pass_number(s);
        else
            code = pyro_spend(s->budget, costs[(unsigned char)*s->p++], s->err);
    }
    return code;
}

/* Parses the source. At the end the parser is told that nothing follows, as a number may end
 * there. Without a tree, the value is null, or there was no memory. */
static enum pyro_code parse(struct source *s)
{
    enum pyro_code code = pass_all(s);
    if (code == PYRO_OK)
        code = give_source(s);
    if (code == PYRO_OK && json_tokener_get_error(s->parser) == json_tokener_continue)
        code = give_more(s, "", 1);
    if (code == PYRO_OK && !s->root && *past(s->start, s->end, SPACE) != 'n')
        return pyro_error_memory(s->err);
    return code;
}

static void drop_tree(void *root)
{
    json_object_put(root);
}

/* Refuses what json-c is not made for. */
static enum pyro_code check(const struct source *s)
{
    struct pyro_slice in = pyro_slice(s->start, (size_t)(s->end - s->start));
    if (in.length == 0)
        return cut_short(s->err);
    if (in.length > INT_MAX)
        return pyro_error_set(s->err, PYRO_ESERIALIZE, "too long for json");
    if (!pyro_utf8_valid(in))
        return pyro_error_set(s->err, PYRO_ESERIALIZE, "json is not valid UTF-8");
    const char *nul = memchr(in.data, '\0', in.length);
    return nul ? refuse(s, nul, "a NUL character") : PYRO_OK;
}

static enum pyro_code read_tree(struct pyro_slice in, struct pyro_reading *held,
                                struct pyro_error *err)
{
    struct source s = {.start = in.data, .p = in.data, .given = in.data, .budget = &held->budget};
    s.err = err;
    s.end = in.data + in.length;
    enum pyro_code code = check(&s);
    if (code != PYRO_OK)
        return code;
    s.parser = json_tokener_new_ex(PARSER_DEPTH);
    if (!s.parser)
        return pyro_error_memory(err);
    json_tokener_set_flags(s.parser, JSON_TOKENER_STRICT);
    code = parse(&s);
    json_tokener_free(s.parser);
    held->parsed = s.root;
    held->drop = drop_tree;
    return code;
}

/* --- sending on --- */

struct walk {
    struct pyro_reading *held;
    struct pyro_sink *to;
    struct pyro_error *err;
    unsigned depth;
};

static enum pyro_code put_value(struct walk *w, struct json_object *value);

/* Returns whether the source of a float is that of an integer with our exponent. Where the
 * exponent was the sender's, the number is the same. */
static bool is_integer(struct pyro_slice source)
{
    const char *digits = source.data + (source.data[0] == '-');
    const char *end = past(digits, source.data + source.length, "0123456789");
    return end - digits >= FEWEST_DIGITS && strcmp(end, EXPONENT) == 0;
}

static enum pyro_code put_number(struct walk *w, struct json_object *value)
{
    const char *text = json_object_get_userdata(value); /* NULL: NaN or infinite */
    struct pyro_slice source = pyro_slice_text(text ? text : "");
    if (is_integer(source))
        return pyro_put_digits(w->to, pyro_slice(text, source.length - strlen(EXPONENT)));
    return pyro_put_real(w->to, json_object_get_double(value));
}

static struct pyro_slice text_of(struct json_object *value)
{
    return pyro_slice(json_object_get_string(value), (size_t)json_object_get_string_len(value));
}

static enum pyro_code put_list(struct walk *w, struct json_object *list)
{
    size_t count = json_object_array_length(list);
    enum pyro_code code = pyro_begin(w->to, PYRO_LIST, count);
    for (size_t i = 0; i < count && code == PYRO_OK; i++)
        code = put_value(w, json_object_array_get_idx(list, i));
    return code == PYRO_OK ? pyro_end(w->to, PYRO_LIST) : code;
}

static enum pyro_code put_key_with_nul(struct walk *w, const char *key)
{
    struct pyro_buffer *decoded = &w->held->decoded;
    pyro_buffer_truncate(decoded, 0);
    for (; *key; key++) {
        bool nul = *key == *NUL_IN_KEY;
        if (!pyro_buffer_append(decoded, nul ? "" : key, 1))
            return pyro_error_memory(w->err);
        key += nul;
    }
    return pyro_put_str(w->to, pyro_slice(decoded->data, decoded->length));
}

static enum pyro_code put_key(struct walk *w, const char *key)
{
    return strchr(key, *NUL_IN_KEY) ? put_key_with_nul(w, key) : pyro_put_text(w->to, key);
}

static enum pyro_code put_dict(struct walk *w, struct json_object *dict)
{
    struct lh_table *pairs = json_object_get_object(dict);
    enum pyro_code code = pyro_begin(w->to, PYRO_DICT, (size_t)lh_table_length(pairs));
    for (struct lh_entry *pair = lh_table_head(pairs); pair && code == PYRO_OK;
         pair = lh_entry_next(pair)) {
        code = put_key(w, lh_entry_k(pair));
        if (code == PYRO_OK)
            code = put_value(w, (struct json_object *)lh_entry_v(pair));
    }
    return code == PYRO_OK ? pyro_end(w->to, PYRO_DICT) : code;
}

static enum pyro_code put_container(struct walk *w, struct json_object *value)
{
    if (w->depth == PYRO_MAX_DEPTH)
        return too_deep(w->err);
    w->depth++;
    enum pyro_code code =
        json_object_is_type(value, json_type_array) ? put_list(w, value) : put_dict(w, value);
    w->depth--;
    return code;
}

static enum pyro_code put_value(struct walk *w, struct json_object *value)
{
    switch (json_object_get_type(value)) {
    case json_type_null:
        return pyro_put_nil(w->to);
    case json_type_boolean:
        return pyro_put_bool(w->to, json_object_get_boolean(value));
    case json_type_int:
        return pyro_put_int(w->to, json_object_get_int64(value));
    case json_type_double:
        return put_number(w, value);
    case json_type_string:
        return pyro_put_str(w->to, text_of(value));
    case json_type_array:
    case json_type_object:
        break;
    }
    return put_container(w, value);
}

static enum pyro_code put_tree(struct json_object *root, struct pyro_reading *held,
                               struct pyro_sink *to, struct pyro_error *err)
{
    struct walk w = {held, to, err, 0};
    return put_value(&w, root);
}

static enum pyro_code read_one(struct pyro_slice in, struct pyro_reading *held,
                               struct pyro_sink *to, struct pyro_error *err)
{
    enum pyro_code code = read_tree(in, held, err);
    return code == PYRO_OK ? put_tree(held->parsed, held, to, err) : code;
}

/* --- calls --- */

static bool take_text(struct json_object *call, const char *key, struct pyro_slice *text)
{
    struct json_object *value = json_object_object_get(call, key);
    if (!json_object_is_type(value, json_type_string))
        return false;
    *text = text_of(value);
    return true;
}

static bool is_call(struct json_object *root)
{
    static const char *const keys[] = {"object", "method", "params", "kwargs"};
    if (!json_object_is_type(root, json_type_object))
        return false;
    for (size_t i = 0; i < PYRO_COUNT(keys); i++)
        if (!json_object_object_get_ex(root, keys[i], NULL))
            return false;
    return true;
}

static enum pyro_code read_call(struct pyro_slice in, struct pyro_invocation *call,
                                struct pyro_error *err)
{
    enum pyro_code code = read_tree(in, &call->held, err);
    if (code != PYRO_OK)
        return code;
    if (!is_call(call->held.parsed))
        return pyro_error_set(err, PYRO_ESERIALIZE,
                              "a call must be a dict of object, method, params and kwargs");
    if (!take_text(call->held.parsed, "object", &call->object) ||
        !take_text(call->held.parsed, "method", &call->method))
        return pyro_error_set(err, PYRO_ESERIALIZE, "object and method of a call must be str");
    return PYRO_OK;
}

static enum pyro_code read_args(struct pyro_invocation *call, struct pyro_sink *to,
                                struct pyro_error *err)
{
    struct json_object *args = json_object_object_get(call->held.parsed, "params");
    struct json_object *keywords = json_object_object_get(call->held.parsed, "kwargs");
    if (!json_object_is_type(args, json_type_array))
        return pyro_error_set(err, PYRO_ESERIALIZE, "the arguments of a call must be a list");
    if (keywords && !json_object_is_type(keywords, json_type_object))
        return pyro_error_set(err, PYRO_ESERIALIZE, "keyword arguments must be a dict");
    enum pyro_code code = put_tree(args, &call->held, to, err);
    return code == PYRO_OK ? put_tree(keywords, &call->held, to, err) : code;
}

const struct pyro_codec pyro_codec_json = {
    .name = "json",
    .open = pyro_json_open,
    .read = read_one,
    .call_begin = pyro_json_call_begin,
    .call_end = pyro_json_call_end,
    .read_call = read_call,
    .read_args = read_args,
};
