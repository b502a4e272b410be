/* Reading serpent data: one pass, straight to the sink, which may leave by longjmp at any value.
 * Where a bracket's kind shows only behind its first item, that item is taken before the
 * container begins; only a tuple as the first key or item of a dict or set is looked at twice. */
#include "base/assert.h"
#include "codec/serpent_number.h"
#include "codec/serpent_special.h"
#include "codec/serpent_text.h"
#include "codec/serpent_write.h"

/* Parts of a call or value that are read. */
enum part {
    ANY,
    ARGUMENTS, /* a list or tuple */
    KEYWORDS,  /* a dict or None */
    KEY,       /* of a dict, or an item of a set */
};

/* Marks of an open container, beside its kind. */
enum { KIND = 7, HASHED = 8, AT_VALUE = 16 };

#define MOST_COMMAS 200 /* that are counted */

struct level {
    unsigned char state; /* of the open container */
    unsigned char commas;
    unsigned char usual[2]; /* the size of the last container that was here: a dict, or another */
};

/* A value that is being read. */
struct value {
    struct serpent_reader *r;
    struct pyro_sink *to; /* NULL: it is only looked at */
    enum part part;
    bool wanted; /* a value comes next; else what follows one in its container */
    unsigned depth;
    unsigned reached; /* how deep containers were so far: so many levels are set */
    struct level levels[PYRO_MAX_DEPTH];
};

#define AFTER_ITEM "a comma or the closing bracket was expected"
#define NO_CALL "a call must be a tuple of four"

static enum pyro_code read_value(struct serpent_reader *r, struct pyro_sink *to, enum part part);

/* --- values that are no containers --- */

static bool take_word(struct serpent_reader *r, const char *word)
{
    size_t length = strlen(word);
    if ((size_t)(r->end - r->p) < length || memcmp(r->p, word, length) != 0)
        return false;
    if (r->p + length < r->end && pyro_serpent_is_word(r->p[length]))
        return false;
    r->p += length;
    return true;
}

static enum pyro_code take_constant(struct serpent_reader *r, struct serpent_scalar *s)
{
    bool is_true = take_word(r, "True");
    s->u.boolean = is_true;
    s->type = SERPENT_BOOL;
    if (is_true || take_word(r, "False"))
        return PYRO_OK;
    s->type = SERPENT_NIL;
    return take_word(r, "None") ? PYRO_OK : pyro_serpent_unexpected(r, "a value was expected");
}

/* Takes what is no container; the white space behind it may be passed over as well. */
static enum pyro_code take_scalar(struct serpent_reader *r, struct serpent_scalar *s)
{
    char c = pyro_serpent_peek(r);
    if (c == '\'' || c == '"')
        return pyro_serpent_take_text(r, s);
    if ((c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.')
        return pyro_serpent_take_number(r, s);
    return pyro_serpent_at_text(r) ? pyro_serpent_take_text(r, s) : take_constant(r, s);
}

static enum pyro_code put_scalar(struct value *v, const struct serpent_scalar *s)
{
    struct pyro_sink *to = v->to;
    v->wanted = false;
    if (!to)
        return PYRO_OK;
    switch (s->type) {
    case SERPENT_BOOL:
        return pyro_put_bool(to, s->u.boolean);
    case SERPENT_INT:
        return pyro_put_int(to, s->u.integer);
    case SERPENT_BIGINT:
        return to->ops->bigint(to, s->u.text);
    case SERPENT_REAL:
        return pyro_put_real(to, s->u.number.real);
    case SERPENT_COMPLEX:
        return to->ops->complex(to, s->u.number.real, s->u.number.imaginary);
    case SERPENT_STR:
        return pyro_put_str(to, s->u.text);
    case SERPENT_BYTES:
        return to->ops->bytes(to, s->u.text);
    case SERPENT_NIL:
        break;
    }
    return pyro_put_nil(to);
}

/* --- containers --- */

/* Returns whether the next value is a key or the item of a set, which Python hashes, or in one. */
static bool is_hashed(const struct value *v)
{
    if (v->depth == 0)
        return v->part == KEY;
    unsigned level = v->levels[v->depth - 1].state;
    return (level & HASHED) || (level & KIND) == PYRO_SET ||
           ((level & KIND) == PYRO_DICT && !(level & AT_VALUE));
}

static enum pyro_code unhashable(const struct value *v)
{
    return pyro_serpent_refuse(v->r, v->r->p, "no list, dict or set may be a key or in a set");
}

/* Returns the level of a container that begins. */
static struct level *next_level(struct value *v)
{
    struct level *level = &v->levels[v->depth];
    if (v->depth == v->reached) {
        v->reached++;
        level->usual[0] = level->usual[1] = 0;
    }
    level->commas = 0;
    return level;
}

/* Begins a container. Those in the same place are mostly alike: the last one's size is a hint for
 * the next. */
static enum pyro_code begin(struct value *v, enum pyro_kind kind, bool empty)
{
    if (v->depth == PYRO_MAX_DEPTH)
        return pyro_serpent_refuse(v->r, v->r->p, "nested deeper than %d", PYRO_MAX_DEPTH);
    if (v->depth == 0 && v->part == KEYWORDS && kind != PYRO_DICT)
        return pyro_serpent_refuse(v->r, v->r->p, "keyword arguments must be a dict");
    struct level *level = next_level(v);
    level->state = (unsigned char)(kind | (is_hashed(v) ? HASHED : 0));
    v->depth++;
    v->wanted = true;
    return v->to ? pyro_begin(v->to, kind, empty ? 0 : level->usual[kind == PYRO_DICT]) : PYRO_OK;
}

static enum pyro_code end(struct value *v, enum pyro_kind kind)
{
    PYRO_ASSERT(v->depth > 0 && (v->levels[v->depth - 1].state & KIND) == (unsigned)kind);
    v->depth--;
    v->wanted = false;
    return v->to ? pyro_end(v->to, kind) : PYRO_OK;
}

/* Begins a container, behind its bracket. It is `empty` if its closing bracket follows. */
static enum pyro_code begin_at(struct value *v, enum pyro_kind kind, bool empty)
{
    enum pyro_code code = begin(v, kind, empty);
    if (code != PYRO_OK || !empty)
        return code;
    v->r->p++;
    return end(v, kind);
}

/* Begins a container whose first item was taken already. */
static enum pyro_code begin_with(struct value *v, enum pyro_kind kind,
                                 const struct serpent_scalar *first)
{
    enum pyro_code code = begin(v, kind, false);
    return code == PYRO_OK ? put_scalar(v, first) : code;
}

static bool at_container(const struct serpent_reader *r)
{
    char c = pyro_serpent_peek(r);
    return c == '(' || c == '[' || c == '{' || c == 's'; /* set() */
}

/* Opens a tuple, or takes a value in brackets. */
static enum pyro_code open_round(struct value *v)
{
    struct serpent_reader *r = v->r;
    struct serpent_scalar first;
    enum pyro_code code;
    pyro_serpent_take_mark(r, '(');
    if (pyro_serpent_peek(r) == ')' || at_container(r))
        return begin_at(v, PYRO_TUPLE, pyro_serpent_peek(r) == ')');
    if ((code = take_scalar(r, &first)) != PYRO_OK)
        return code;
    pyro_serpent_skip(r);
    if (pyro_serpent_peek(r) == ',')
        return begin_with(v, PYRO_TUPLE, &first);
    if (pyro_serpent_peek(r) != ')')
        return pyro_serpent_unexpected(r, AFTER_ITEM);
    if (v->depth == 0 && v->part == ARGUMENTS)
        return pyro_serpent_refuse(r, r->p, "the arguments of a call must be a list or tuple");
    r->p++;
    return put_scalar(v, &first);
}

/* Finds out, behind the first key or item, whether it lies in a dict or a set. */
static enum pyro_code find_kind(struct serpent_reader *r, enum pyro_kind *kind)
{
    pyro_serpent_skip(r);
    char c = pyro_serpent_peek(r);
    *kind = c == ':' ? PYRO_DICT : PYRO_SET;
    return c == ':' || c == ',' || c == '}' ? PYRO_OK : pyro_serpent_unexpected(r, AFTER_ITEM);
}

/* Looks behind the tuple that comes next, the first key or item. */
static enum pyro_code look_ahead(struct serpent_reader *r, enum pyro_kind *kind)
{
    const char *from = r->p;
    enum pyro_code code = read_value(r, NULL, KEY);
    if (code == PYRO_OK)
        code = find_kind(r, kind);
    r->p = from;
    return code;
}

/* Opens a dict or a set, or takes a dict that stands for another value. */
static enum pyro_code open_curly(struct value *v)
{
    struct serpent_reader *r = v->r;
    struct serpent_scalar first;
    enum pyro_kind kind;
    enum pyro_code code;
    bool taken = false;
    if (v->depth > 0 || v->part != KEYWORDS) {
        code = pyro_serpent_take_special(r, &first, &taken);
        if (code != PYRO_OK)
            return code;
    }
    if (taken)
        return put_scalar(v, &first);
    pyro_serpent_take_mark(r, '{');
    if (pyro_serpent_peek(r) == '}')
        return begin_at(v, PYRO_DICT, true);
    if (at_container(r)) {
        code = look_ahead(r, &kind);
        return code == PYRO_OK ? begin(v, kind, false) : code;
    }
    if ((code = take_scalar(r, &first)) != PYRO_OK || (code = find_kind(r, &kind)) != PYRO_OK)
        return code;
    return begin_with(v, kind, &first);
}

/* Takes an empty set, behind "set": it has no literal. */
static enum pyro_code take_empty_set(struct value *v)
{
    struct serpent_reader *r = v->r;
    if (is_hashed(v))
        return unhashable(v);
    pyro_serpent_skip(r);
    if (!pyro_serpent_take_mark(r, '(') || pyro_serpent_peek(r) != ')')
        return pyro_serpent_unexpected(r, "only \"set()\" may be called");
    return begin_at(v, PYRO_SET, true);
}

static enum pyro_code take_value(struct value *v)
{
    struct serpent_reader *r = v->r;
    struct serpent_scalar s;
    pyro_serpent_skip(r);
    char c = pyro_serpent_peek(r);
    if ((c == '[' || c == '{') && is_hashed(v))
        return unhashable(v);
    switch (c) {
    case '(':
        return open_round(v);
    case '[':
        pyro_serpent_take_mark(r, '[');
        return begin_at(v, PYRO_LIST, pyro_serpent_peek(r) == ']');
    case '{':
        return open_curly(v);
    case 's':
        if (take_word(r, "set"))
            return take_empty_set(v);
        break;
    default:
        break;
    }
    enum pyro_code code = take_scalar(r, &s);
    return code == PYRO_OK ? put_scalar(v, &s) : code;
}

static void count_comma(struct level *level)
{
    if (level->commas < MOST_COMMAS)
        level->commas++;
}

/* Goes on behind a value: to the next one, or to the end of its container. */
static enum pyro_code go_on(struct value *v)
{
    static const char closing[] = "])}}}";
    struct serpent_reader *r = v->r;
    struct level *level = &v->levels[v->depth - 1];
    enum pyro_kind kind = level->state & KIND;
    pyro_serpent_skip(r);
    v->wanted = true;
    if (kind == PYRO_DICT && !(level->state & AT_VALUE)) {
        level->state |= AT_VALUE;
        return pyro_serpent_take_mark(r, ':') ? PYRO_OK
                                              : pyro_serpent_unexpected(r, "a colon was expected");
    }
    level->state &= (unsigned char)~AT_VALUE;
    if (pyro_serpent_take_mark(r, ','))
        count_comma(level);
    else if (pyro_serpent_peek(r) != closing[kind] || (kind == PYRO_TUPLE && level->commas == 0))
        return pyro_serpent_unexpected(r, AFTER_ITEM);
    if (pyro_serpent_peek(r) != closing[kind])
        return PYRO_OK;
    r->p++;
    level->usual[kind == PYRO_DICT] = (unsigned char)(level->commas + 1);
    return end(v, kind);
}

/* Reads one value; white space may be left behind it. `to` may be NULL. */
static enum pyro_code read_value(struct serpent_reader *r, struct pyro_sink *to, enum part part)
{
    struct value v;
    enum pyro_code code = PYRO_OK;
    v.r = r;
    v.to = to;
    v.part = part;
    v.depth = v.reached = 0;
    v.wanted = true;
    while (code == PYRO_OK && (v.wanted || v.depth > 0))
        code = v.wanted ? take_value(&v) : go_on(&v);
    return code;
}

/* --- the codec --- */

static void start(struct serpent_reader *r, struct pyro_slice in, struct pyro_reading *held,
                  struct pyro_error *err)
{
    r->start = r->p = in.length > 0 ? in.data : "";
    r->end = r->p + in.length;
    r->kept = held->decoded.length;
    r->held = held;
    r->err = err;
}

static enum pyro_code expect_end(struct serpent_reader *r)
{
    pyro_serpent_skip(r);
    return r->p == r->end ? PYRO_OK : pyro_serpent_refuse(r, r->p, "the end was expected");
}

static enum pyro_code read_one(struct pyro_slice in, struct pyro_reading *held,
                               struct pyro_sink *to, struct pyro_error *err)
{
    struct serpent_reader r;
    start(&r, in, held, err);
    enum pyro_code code = read_value(&r, to, ANY);
    return code == PYRO_OK ? expect_end(&r) : code;
}

/* Takes a name and the comma behind it. */
static enum pyro_code take_name(struct serpent_reader *r, struct pyro_slice *name)
{
    struct serpent_scalar s;
    enum pyro_code code = take_scalar(r, &s);
    if (code != PYRO_OK)
        return code;
    if (s.type != SERPENT_STR)
        return pyro_serpent_refuse(r, r->p, "object and method of a call must be str");
    *name = s.u.text;
    r->kept = r->held->decoded.length;
    pyro_serpent_skip(r);
    return pyro_serpent_take_mark(r, ',') ? PYRO_OK : pyro_serpent_unexpected(r, NO_CALL);
}

static enum pyro_code read_call(struct pyro_slice in, struct pyro_invocation *call,
                                struct pyro_error *err)
{
    struct serpent_reader r;
    enum pyro_code code;
    start(&r, in, &call->held, err);
    pyro_serpent_skip(&r);
    if (!pyro_serpent_take_mark(&r, '('))
        return pyro_serpent_unexpected(&r, NO_CALL);
    if ((code = take_name(&r, &call->object)) != PYRO_OK ||
        (code = take_name(&r, &call->method)) != PYRO_OK)
        return code;
    call->start = r.start;
    call->rest = pyro_slice(r.p, (size_t)(r.end - r.p));
    return PYRO_OK;
}

static enum pyro_code read_arguments(struct serpent_reader *r, struct pyro_sink *to)
{
    char c = pyro_serpent_peek(r);
    if (c != '(' && c != '[')
        return pyro_serpent_unexpected(r, "the arguments of a call must be a list or tuple");
    return read_value(r, to, ARGUMENTS);
}

static enum pyro_code read_keywords(struct serpent_reader *r, struct pyro_sink *to)
{
    char c = pyro_serpent_peek(r);
    if (c != '{' && c != 'N')
        return pyro_serpent_unexpected(r, "keyword arguments must be a dict");
    return read_value(r, to, KEYWORDS);
}

static enum pyro_code read_args(struct pyro_invocation *call, struct pyro_sink *to,
                                struct pyro_error *err)
{
    struct serpent_reader r;
    enum pyro_code code;
    start(&r, call->rest, &call->held, err);
    r.start = call->start;
    if ((code = read_arguments(&r, to)) != PYRO_OK)
        return code;
    pyro_serpent_skip(&r);
    if (!pyro_serpent_take_mark(&r, ','))
        return pyro_serpent_unexpected(&r, NO_CALL);
    if ((code = read_keywords(&r, to)) != PYRO_OK)
        return code;
    pyro_serpent_skip(&r);
    pyro_serpent_take_mark(&r, ',');
    if (!pyro_serpent_take_mark(&r, ')'))
        return pyro_serpent_unexpected(&r, NO_CALL);
    return expect_end(&r);
}

#define SERPENT(open_writer)                                                                       \
    {                                                                                              \
        .name = "serpent", .open = (open_writer), .read = read_one,                                \
        .call_begin = pyro_serpent_call_begin, .call_end = pyro_serpent_call_end,                  \
        .read_call = read_call, .read_args = read_args,                                            \
    }

const struct pyro_codec pyro_codec_serpent = SERPENT(pyro_serpent_open);
const struct pyro_codec pyro_codec_serpent_bytes = SERPENT(pyro_serpent_open_bytes);
