#include "base/siphash.h"

#include <endian.h>

struct state {
    uint64_t a, b, c, d;
};

static inline uint64_t rotate(uint64_t x, unsigned bits)
{
    return x << bits | x >> (64 - bits);
}

static inline void mix(struct state *s)
{
    s->a += s->b;
    s->b = rotate(s->b, 13) ^ s->a;
    s->a = rotate(s->a, 32);
    s->c += s->d;
    s->d = rotate(s->d, 16) ^ s->c;
    s->a += s->d;
    s->d = rotate(s->d, 21) ^ s->a;
    s->c += s->b;
    s->b = rotate(s->b, 17) ^ s->c;
    s->c = rotate(s->c, 32);
}

/* Returns up to eight bytes, the first one lowest. */
static inline uint64_t word_at(const char *at, size_t count)
{
    uint64_t word = 0;
    memcpy(&word, at, count);
    return le64toh(word);
}

static inline void add(struct state *s, uint64_t word)
{
    s->d ^= word;
    mix(s);
    s->a ^= word;
}

uint64_t pyro_siphash(const uint64_t key[2], struct pyro_slice text)
{
    struct state s = {key[0] ^ 0x736f6d6570736575, key[1] ^ 0x646f72616e646f6d,
                      key[0] ^ 0x6c7967656e657261, key[1] ^ 0x7465646279746573};
    size_t whole = text.length / 8 * 8;
    for (size_t i = 0; i < whole; i += 8)
        add(&s, word_at(text.data + i, 8));
    uint64_t rest = text.length > whole ? word_at(text.data + whole, text.length - whole) : 0;
    add(&s, rest | (uint64_t)text.length << 56);
    s.c ^= 0xff;
    for (int i = 0; i < 3; i++)
        mix(&s);
    return s.a ^ s.b ^ s.c ^ s.d;
}
