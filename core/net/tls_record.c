#include "net/tls_record.h"

/* Types of records. */
#define CHANGE_CIPHER_SPEC 20
#define HANDSHAKE 22

/* A header: its size, and where its length begins, which goes to its end. */
struct layout {
    unsigned size, length_at;
};

static const struct layout record_layout = {5, 3}, message_layout = {4, 1};

static void take_header_byte(struct pyro_tls_record *record, const struct layout *layout,
                             unsigned char byte)
{
    if (record->header == 0)
        record->type = byte;
    if (record->header >= layout->length_at)
        record->left = record->left << 8 | byte;
    record->header++;
}

/* Takes a byte of the header, or bytes of the rest. Returns how many. */
static size_t take(struct pyro_tls_record *record, const struct layout *layout, const char *data,
                   size_t size)
{
    size_t count = 1;
    if (record->header < layout->size)
        take_header_byte(record, layout, (unsigned char)*data);
    else
        record->left -= count = size < record->left ? size : record->left;
    if (record->header == layout->size && record->left == 0)
        record->header = 0;
    return count;
}

void pyro_tls_record_follow(struct pyro_tls_record *record, const char *data, size_t size)
{
    for (size_t count; size > 0; data += count, size -= count)
        count = take(record, &record_layout, data, size);
}

/* Follows messages through the contents of a record. */
static bool follow_messages(struct pyro_tls_record *message, const char *data, size_t size)
{
    bool good = true;
    for (size_t count; good && size > 0; data += count, size -= count) {
        count = take(message, &message_layout, data, size);
        good = message->header < message_layout.size || message->left <= PYRO_TLS_MESSAGE_SIZE;
    }
    return good;
}

bool pyro_tls_handshake_follow(struct pyro_tls_handshake *handshake, const char *data, size_t size)
{
    struct pyro_tls_record *record = &handshake->record;
    bool good = true;
    for (size_t count; good && size > 0; data += count, size -= count) {
        bool in_header = record->header < record_layout.size;
        count = take(record, &record_layout, data, size);
        if (record->type == CHANGE_CIPHER_SPEC)
            handshake->changed = true;
        if (!in_header && record->type == HANDSHAKE)
            good = follow_messages(&handshake->message, data, count);
    }
    return good;
}
