/* Tests of core/net: where the records of TLS end. */
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ends_are_found_however_bytes_come),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
