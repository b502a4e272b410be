/* Tests of core/net: where the records of TLS end, and how long the messages of a handshake are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/common.h"
#include "net/tls_record.h"

/* A record of 5 bytes, one of none, and the header of one of 258. */
static const char begin[] = "\x17\x03\x03\x00\x05hello\x15\x03\x03\x00\x00\x17\x03\x03\x01\x02";
enum { SIZE = 15 + 5 + 258 };

/* Where a record is over: before the first, and after each. */
static const size_t ends[] = {0, 10, 15, SIZE};

static void ends_are_found_however_bytes_come(void **state)
{
    (void)state;
    char bytes[SIZE] = {0};
    memcpy(bytes, begin, sizeof(begin) - 1);
    for (size_t piece = 1; piece <= SIZE; piece++) {
        struct pyro_tls_record record = {.header = 0};
        for (size_t at = 0; at < SIZE; at += piece) {
            size_t left = SIZE - at, size = left < piece ? left : piece;
            pyro_tls_record_follow(&record, bytes + at, size);
            bool over = false;
            for (size_t i = 0; i < PYRO_COUNT(ends); i++)
                over = over || ends[i] == at + size;
            assert_int_equal(pyro_tls_record_is_open(&record), !over);
        }
    }
}

/* --- messages of a handshake --- */

#define RECORD(size) "\x16\x03\x01\x00" size
#define HELLO                                                                                      \
    "\x01\x00\x00\x03"                                                                             \
    "abc"
#define LONG "\x01\x01\xff\xb8"    /* the header of one of 131,000 bytes */
#define LONGER "\x0b\x00\x80\x01"  /* of one byte more than may be */
#define LONGEST "\x0b\x00\x80\x00" /* of the longest that may be */
#define ALERT "\x15\x03\x03\x00\x02\x02\x28"
#define CHANGED "\x14\x03\x03\x00\x01\x01"

/* Bytes of a handshake, and how many of them are good. */
struct sample {
    const char *bytes;
    size_t size, good;
};
#define SAMPLE(bytes, good)                                                                        \
    {                                                                                              \
        bytes, sizeof(bytes) - 1, good                                                             \
    }

static const struct sample samples[] = {
    SAMPLE(RECORD("\x07") HELLO, 12),
    SAMPLE(RECORD("\x04") LONGEST RECORD("\x04") "abcd", 18),
    SAMPLE(RECORD("\x04") LONG, 8),
    SAMPLE(RECORD("\x06") LONGER "ab", 8),
    SAMPLE(RECORD("\x0b") HELLO LONG, 15),                /* two in a record */
    SAMPLE(RECORD("\x07") HELLO RECORD("\x04") LONG, 20), /* each in its own */
    SAMPLE(RECORD("\x05") "\x01\x00\x00\x03"
                          "a" RECORD("\x06") "bc" LONG,
           20),                                                      /* one in two */
    SAMPLE(RECORD("\x01") "\x01" RECORD("\x03") "\x01\xff\xb8", 13), /* a header in two */
    SAMPLE(RECORD("\x02") "\x01\x00" ALERT RECORD("\x02") "\x80\x01", 20),
    SAMPLE(RECORD("\x07") HELLO CHANGED RECORD("\x04") LONG, 26),
    SAMPLE(ALERT ALERT CHANGED, 20),
};

static void follow_in_pieces(const struct sample *sample, size_t piece)
{
    struct pyro_tls_handshake handshake = {.changed = false};
    size_t at = 0, size = 0;
    bool good = true;
    for (; good && at < sample->size; at += size) {
        size_t left = sample->size - at;
        size = left < piece ? left : piece;
        good = pyro_tls_handshake_follow(&handshake, sample->bytes + at, size);
        assert_int_equal(good, at + size <= sample->good);
    }
    assert_true(at > sample->good || sample->good == sample->size);
}

static void long_messages_are_found_however_bytes_come(void **state)
{
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(samples); i++)
        for (size_t piece = 1; piece <= samples[i].size; piece++)
            follow_in_pieces(&samples[i], piece);
}

static void changes_of_ciphers_are_noted(void **state)
{
    (void)state;
    struct pyro_tls_handshake handshake = {.changed = false};
    static const char bytes[] = RECORD("\x07") HELLO CHANGED;
    assert_true(pyro_tls_handshake_follow(&handshake, bytes, 12));
    assert_false(handshake.changed);
    assert_true(pyro_tls_handshake_follow(&handshake, bytes + 12, 6));
    assert_true(handshake.changed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ends_are_found_however_bytes_come),
        cmocka_unit_test(long_messages_are_found_however_bytes_come),
        cmocka_unit_test(changes_of_ciphers_are_noted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
