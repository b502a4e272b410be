/* Bytes as a stream of messages: cut into pieces or not, the same must come out of it. */
#include <stdlib.h>

#include "wire/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool condition)
{
    if (!condition)
        abort();
}

struct outcome {
    enum pyro_code code;
    size_t messages;
    uint64_t sum; /* of what the messages said */
};

static void add(struct outcome *outcome, const struct pyro_message *message)
{
    struct pyro_slice value = {NULL, 0};
    const struct pyro_slice parts[] = {message->annotations, message->data};
    pyro_message_annotation(message, "CORR", &value);
    outcome->messages++;
    outcome->sum = outcome->sum * 31 + message->header.seq + message->header.flags + value.length;
    for (size_t part = 0; part < PYRO_COUNT(parts); part++)
        for (size_t i = 0; i < parts[part].length; i++)
            outcome->sum = outcome->sum * 31 + (unsigned char)parts[part].data[i];
}

/* Inflated data are within the limit, or the message stays as it came. */
static void inflate(struct pyro_message *message)
{
    struct pyro_error err = {.code = PYRO_OK};
    const size_t limit = 100000, length = message->data.length;
    if (!(message->header.flags & PYRO_FLAG_COMPRESSED))
        return;
    enum pyro_code code = pyro_message_inflate(message, limit, &err);
    demand(code == err.code);
    demand(code == PYRO_OK ? message->data.length <= limit : message->data.length == length);
}

static enum pyro_code take_messages(struct pyro_input *input, struct pyro_message *last,
                                    struct outcome *outcome)
{
    bool ready = true;
    while (outcome->code == PYRO_OK && ready) {
        struct pyro_error err = {.code = PYRO_OK};
        struct pyro_message message = {.chunk = NULL};
        outcome->code = pyro_input_next(input, &message, &ready, &err);
        demand(outcome->code == err.code && (outcome->code == PYRO_OK || !ready));
        if (ready && outcome->code == PYRO_OK) {
            inflate(&message);
            add(outcome, &message);
            pyro_message_release(last); /* the last one stays pinned while more comes in */
            *last = message;
        }
    }
    return outcome->code;
}

static struct outcome feed(const uint8_t *data, size_t size, size_t step)
{
    struct pyro_input input = {.limit = 100000};
    struct pyro_message last = {.chunk = NULL};
    struct outcome outcome = {.code = PYRO_OK};
    while (size > 0 && outcome.code == PYRO_OK) {
        char *at;
        size_t room;
        pyro_input_space(&input, &at, &room);
        demand(room > 0);
        if (room > step)
            room = step;
        if (room > size)
            room = size;
        memcpy(at, data, room);
        pyro_input_filled(&input, room);
        data += room;
        size -= room;
        take_messages(&input, &last, &outcome);
    }
    demand(input.chunk != NULL || pyro_input_pending(&input) == 0);
    pyro_input_free(&input);
    pyro_message_release(&last);
    return outcome;
}

/* The checksum or magic number is made to fit, or the fuzzer would hardly get past it. Returns the
 * size of the message, as far as its lengths have 16 bits. */
static size_t mend(uint8_t *header, size_t size)
{
    static const int fields[] = {4, 6, 8, 10, 12, 14, 16, 18};
    unsigned sum = 0x34e9;
    size_t data = (size_t)header[14] << 8 | header[15];
    size_t annotations = (size_t)header[18] << 8 | header[19];
    if (header[4] == 1 && size >= 40) { /* 502 */
        header[38] = 0x4d;
        header[39] = 0xc5;
        return 40 + data + annotations;
    }
    for (size_t i = 0; i < PYRO_COUNT(fields); i++)
        sum += (unsigned)header[fields[i]] << 8 | header[fields[i] + 1];
    header[22] = (uint8_t)(sum >> 8);
    header[23] = (uint8_t)sum;
    return 24 + data + annotations;
}

static void mend_all(uint8_t *data, size_t size)
{
    for (size_t at = 0; at + 24 <= size && memcmp(data + at, "PYRO", 4) == 0;)
        at += mend(data + at, size - at);
}

static void compare(const uint8_t *data, size_t size)
{
    static const size_t steps[] = {1, 7, 1000};
    struct outcome whole = feed(data, size, SIZE_MAX);
    for (size_t i = 0; i < PYRO_COUNT(steps); i++) {
        struct outcome other = feed(data, size, steps[i]);
        demand(whole.code == other.code && whole.messages == other.messages &&
               whole.sum == other.sum);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *mended = malloc(size ? size : 1);
    demand(mended != NULL);
    if (size > 0)
        memcpy(mended, data, size);
    mend_all(mended, size);
    compare(mended, size);
    free(mended);
    compare(data, size);
    return 0;
}
