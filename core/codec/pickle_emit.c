#include "codec/pickle_emit.h"

/* --- strings, and names --- */

char *pickle_put_text(char *at, unsigned version, struct pyro_slice text)
{
    at = pickle_put_length(at, version >= 4, PICKLE_OP_SHORT_BINUNICODE, PICKLE_OP_BINUNICODE,
                           text.length);
    return pickle_put(at, text.data, text.length);
}

char *pickle_put_global(char *at, unsigned version, struct pyro_slice module,
                        struct pyro_slice name)
{
    if (version >= 4) {
        at = pickle_put_text(at, version, module);
        at = pickle_put_text(at, version, name);
        return pickle_put_op(at, PICKLE_OP_STACK_GLOBAL);
    }
    at = pickle_put_op(at, PICKLE_OP_GLOBAL);
    at = pickle_put(at, module.data, module.length);
    *at++ = '\n';
    at = pickle_put(at, name.data, name.length);
    *at++ = '\n';
    return at;
}

char *pickle_put_builtin(char *at, unsigned version, const char *name)
{
    const char *module = version < 3 ? "__builtin__" : "builtins";
    return pickle_put_global(at, version, pyro_slice_text(module), pyro_slice_text(name));
}

/* --- bytes --- */

size_t pickle_bytes_size(unsigned version, size_t length)
{
    return version < 3 ? 2 * length : length;
}

/* Puts bytes as the string that has their characters: Python 2 makes a str of its bytes from
 * that. */
static char *put_latin1(char *at, struct pyro_slice data)
{
    at = pickle_put_global(at, 2, pyro_slice_text("_codecs"), pyro_slice_text("encode"));
    char *text = pickle_put_op(at, PICKLE_OP_BINUNICODE) + 4;
    char *end = text;
    for (size_t i = 0; i < data.length; i++) {
        unsigned char byte = (unsigned char)data.data[i];
        if (byte >= 0x80)
            *end++ = (char)(0xc0 | byte >> 6);
        *end++ = (char)(byte >= 0x80 ? 0x80 | (byte & 0x3f) : byte);
    }
    pickle_put_number(text - 4, (size_t)(end - text), 4);
    at = pickle_put_text(end, 2, pyro_slice_text("latin1"));
    at = pickle_put_op(at, PICKLE_OP_TUPLE2);
    return pickle_put_op(at, PICKLE_OP_REDUCE);
}

char *pickle_put_bytes(char *at, unsigned version, struct pyro_slice data)
{
    if (version < 3)
        return put_latin1(at, data);
    at = pickle_put_length(at, true, PICKLE_OP_SHORT_BINBYTES, PICKLE_OP_BINBYTES, data.length);
    return pickle_put(at, data.data, data.length);
}

/* --- numbers --- */

/* Returns how many bytes a number needs with its sign. */
static size_t count_bytes(int64_t value)
{
    uint64_t rest = value < 0 ? ~(uint64_t)value : (uint64_t)value;
    size_t bytes = 1;
    for (; rest > INT8_MAX; rest >>= 8)
        bytes++;
    return bytes;
}

char *pickle_put_integer(char *at, int64_t value)
{
    if (value >= 0 && value <= UINT8_MAX)
        return pickle_put_number(pickle_put_op(at, PICKLE_OP_BININT1), (uint64_t)value, 1);
    if (value >= 0 && value <= UINT16_MAX)
        return pickle_put_number(pickle_put_op(at, PICKLE_OP_BININT2), (uint64_t)value, 2);
    if (value >= INT32_MIN && value <= INT32_MAX)
        return pickle_put_number(pickle_put_op(at, PICKLE_OP_BININT), (uint64_t)value, 4);
    size_t bytes = count_bytes(value);
    at = pickle_put_number(pickle_put_op(at, PICKLE_OP_LONG1), bytes, 1);
    return pickle_put_number(at, (uint64_t)value, bytes);
}

char *pickle_put_real(char *at, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof(bits));
    at = pickle_put_op(at, PICKLE_OP_BINFLOAT);
    for (int shift = 56; shift >= 0; shift -= 8)
        *at++ = (char)(bits >> shift);
    return at;
}

/* --- containers --- */

static bool writes_sets(unsigned version)
{
    return version >= 4;
}

static char *put_ops(char *at, const char *ops)
{
    return pickle_put(at, ops, strlen(ops));
}

char *pickle_put_begin(char *at, unsigned version, enum pyro_kind kind)
{
    static const char *const ops[] = {"](", "(", "\x8f(", "(", "}("};
    if (kind != PYRO_SET && kind != PYRO_FROZENSET)
        return put_ops(at, ops[kind]);
    if (writes_sets(version))
        return put_ops(at, ops[kind]);
    at = pickle_put_builtin(at, version, kind == PYRO_SET ? "set" : "frozenset");
    return put_ops(at, ops[PYRO_LIST]); /* that they are called with */
}

char *pickle_put_end(char *at, unsigned version, enum pyro_kind kind)
{
    static const char *const ops[] = {"e", "t", "\x90", "\x91", "u"};
    bool called = (kind == PYRO_SET || kind == PYRO_FROZENSET) && !writes_sets(version);
    return put_ops(at, called ? "e\x85R" : ops[kind]);
}
