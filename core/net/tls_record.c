#include "net/tls_record.h"

#define HEADER 5
/* Bytes of the header before its length, which has two. */
#define BEFORE_LENGTH 3

static void take_header_byte(struct pyro_tls_record *record, unsigned char byte)
{
    if (record->header >= BEFORE_LENGTH)
        record->left = record->left << 8 | byte;
    record->header++;
}

void pyro_tls_record_follow(struct pyro_tls_record *record, const char *data, size_t size)
{
    while (size > 0) {
        size_t count = 1;
        if (record->header < HEADER)
            take_header_byte(record, (unsigned char)*data);
        else
            record->left -= count = size < record->left ? size : record->left;
        if (record->header == HEADER && record->left == 0)
            record->header = 0;
        data += count;
        size -= count;
    }
}
