/** @file
 * What fuzz targets of connections share: a runtime, the other end of a socket, and an input that
 * says what is sent there, in which pieces. */
#ifndef SPEC_FUZZ_CONVERSATION_H
#define SPEC_FUZZ_CONVERSATION_H

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/config_set.h"
#include "rpc/runtime.h"
#include "wire/hmac.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void demand(bool condition)
{
    if (!condition)
        abort();
}

/* --- the runtime, one for all inputs --- */

static inline void set(struct pyro_runtime *runtime, const char *name, const char *value)
{
    const struct pyro_setting setting = {.item = pyro_config_find(name), .prefix = ""};
    demand(pyro_config_parse(&runtime->config, setting, value, NULL) == PYRO_OK);
}

static inline struct pyro_runtime *fuzz_runtime(void)
{
    static struct pyro_runtime runtime;
    if (runtime.loop)
        return &runtime;
    demand(pyro_runtime_open(&runtime, NULL, NULL) == PYRO_OK);
    set(&runtime, "MAX_MESSAGE_SIZE", "100000");
    set(&runtime, "MAX_VALUE_MEMORY", "1000000");
    set(&runtime, "NS_MAX_MEMORY", "100000");
    set(&runtime, "LOGLEVEL", "");
    demand(pyro_runtime_apply(&runtime, NULL) == PYRO_OK);
    return &runtime;
}

/** Lets the loop do what there is to do, without waiting. */
static inline void run_loop(struct pyro_runtime *runtime)
{
    for (int i = 0; i < 4; i++)
        pyro_loop_step(runtime->loop, 0);
}

/* --- the input, from its front --- */

static inline unsigned take_byte(struct pyro_slice *in)
{
    struct pyro_slice byte;
    return pyro_slice_take(in, 1, &byte) ? (unsigned char)*byte.data : 0;
}

/** Takes as many bytes as the next two say, or all that are left. */
static inline struct pyro_slice take_bytes(struct pyro_slice *in)
{
    struct pyro_slice bytes = {NULL, 0};
    size_t length = take_byte(in) << 8;
    length += take_byte(in);
    if (length > in->length)
        length = in->length;
    pyro_slice_take(in, length, &bytes);
    return bytes;
}

/** How many bytes are sent at a time: sizes that are used in turn. */
struct pieces {
    struct pyro_slice sizes;
    size_t next;
};

/** Takes up to seven sizes. */
static inline struct pieces take_pieces(struct pyro_slice *in)
{
    struct pieces pieces = {.next = 0};
    size_t count = take_byte(in) & 7;
    if (count > in->length)
        count = in->length;
    pyro_slice_take(in, count, &pieces.sizes);
    return pieces;
}

static inline size_t next_piece(struct pieces *pieces, size_t left)
{
    if (pieces->sizes.length == 0)
        return left;
    size_t size = 1 + (unsigned char)pieces->sizes.data[pieces->next++ % pieces->sizes.length];
    return size < left ? size : left;
}

/* --- the other end --- */

/** Output of a program under test: it has to consist of messages. */
struct listener {
    int descriptor;
    struct pyro_input input;
    struct pyro_hmac_key *key; /**< with which each has to be signed, or NULL */
    size_t heard;              /**< messages */
};

static inline void hear_messages(struct listener *listener)
{
    bool ready = true;
    while (ready) {
        struct pyro_message message = {.chunk = NULL};
        struct pyro_error err = {.code = PYRO_OK};
        listener->input.protocol = NULL; /* a client may change it, where it was refused */
        demand(pyro_input_next(&listener->input, &message, &ready, &err) == PYRO_OK);
        if (!ready)
            return;
        bool refusal = message.header.type == PYRO_CONNECTFAIL;
        demand(pyro_message_verify(&message, listener->key, &err) == PYRO_OK ||
               (refusal && !message.protocol->has_hmac));
        listener->heard++;
        pyro_message_release(&message);
    }
}

/** Receives what there is. Returns false at the end of the connection. */
static inline bool hear(struct listener *listener)
{
    for (;;) {
        char *at;
        size_t size;
        pyro_input_space(&listener->input, &at, &size);
        ssize_t length = recv(listener->descriptor, at, size, MSG_DONTWAIT);
        if (length <= 0)
            return length < 0 && errno == EAGAIN;
        pyro_input_filled(&listener->input, (size_t)length);
        hear_messages(listener);
    }
}

/** Sends bytes in pieces, and lets the loop run after each. Returns false once the other side has
 * closed the connection. */
static inline bool say(struct pyro_runtime *runtime, struct listener *listener,
                       struct pieces *pieces, struct pyro_slice bytes)
{
    while (bytes.length > 0) {
        struct pyro_slice piece = {NULL, 0};
        pyro_slice_take(&bytes, next_piece(pieces, bytes.length), &piece);
        ssize_t sent =
            send(listener->descriptor, piece.data, piece.length, MSG_DONTWAIT | MSG_NOSIGNAL);
        pyro_loop_step(runtime->loop, 0);
        if (!hear(listener) || (sent < 0 && errno != EAGAIN))
            return false;
    }
    return true;
}

static inline void end_listener(struct listener *listener)
{
    pyro_input_free(&listener->input);
    if (listener->descriptor >= 0)
        close(listener->descriptor);
    listener->descriptor = -1;
}

/** Connects the listener; returns the other end. */
static inline int begin_listener(struct listener *listener)
{
    int pair[2];
    demand(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) == 0);
    *listener = (struct listener){.descriptor = pair[0]};
    return pair[1];
}

/* --- messages whose framing is right --- */

/** Takes the description of a message off the input, and appends it: header and signature fit.
 * Bytes: protocol and whether it is signed, type, flags, serializer, sequence number, annotations
 * (2 bytes of length), data (likewise). */
static inline void append_message(struct pyro_buffer *out, struct pyro_slice *in,
                                  struct pyro_hmac_key *key)
{
    static const enum pyro_serializer serializers[] = {
        PYRO_SERIALIZER_MSGPACK, PYRO_SERIALIZER_SERPENT, PYRO_SERIALIZER_JSON,
        PYRO_SERIALIZER_MARSHAL, PYRO_SERIALIZER_PICKLE,  PYRO_SERIALIZER_UNKNOWN};
    unsigned choice = take_byte(in);
    const struct pyro_protocol *protocol = choice & 1 ? &pyro_protocol_502 : &pyro_protocol_48;
    struct pyro_header header = {.type = (enum pyro_message_type)(take_byte(in) % 8)};
    header.flags = take_byte(in);
    header.serializer = serializers[take_byte(in) % PYRO_COUNT(serializers)];
    header.seq = (uint16_t)take_byte(in);
    struct pyro_slice data = take_bytes(in);
    struct pyro_annotation annotation = {.value = data};
    struct pyro_draft draft;
    for (int i = 0; i < 4; i++)
        annotation.key[i] = (char)take_byte(in);
    bool annotated = choice & 2 && data.length < 60000;
    demand(pyro_message_begin(&draft, out, protocol, &header, &annotation, annotated, NULL) ==
           PYRO_OK);
    if (key && protocol->has_hmac && !(choice & 4))
        demand(pyro_message_sign(&draft, key, NULL) == PYRO_OK);
    if (annotated)
        data = take_bytes(in);
    demand(pyro_buffer_append(out, data.data, data.length));
    demand(pyro_message_end(&draft, 0, (choice & 8) != 0, NULL) == PYRO_OK);
}

#endif
