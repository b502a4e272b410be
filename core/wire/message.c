/* Messages in and out of bytes, without I/O.
 *
 * An input collects bytes in a chunk and cuts messages off its front. A message pins its chunk
 * until it is released; what is left over moves to another chunk meanwhile. A draft is a message
 * that is being written at the end of a buffer: begun, then ended or aborted. */
#include "wire/message.h"

#include "base/assert.h"
#include "base/memory.h"
#include "wire/compress.h"
#include "wire/hmac.h"

/* Shorter data are not worth compressing. */
#define COMPRESS_FROM 200

/* So many times what has come in of a message there may be room for. */
#define GROWTH 2

void pyro_message_release(struct pyro_message *message)
{
    pyro_chunk_drop(message->chunk);
    message->chunk = NULL;
    pyro_buffer_free(&message->inflated);
}

void pyro_message_move(struct pyro_message *to, struct pyro_message *from)
{
    *to = *from;
    from->chunk = NULL;
    from->inflated = (struct pyro_buffer){.data = NULL};
}

/* --- receiving --- */

size_t pyro_input_pending(const struct pyro_input *input)
{
    PYRO_ASSERT(input->begin <= input->end);
    return input->end - input->begin;
}

void pyro_input_free(struct pyro_input *input)
{
    pyro_chunk_drop(input->chunk);
    input->chunk = NULL;
    input->begin = input->end = 0;
}

/* Resizes a large chunk that no message pins where it lies: the system moves it without a copy. */
static struct pyro_chunk *resize_chunk(struct pyro_input *input, size_t size)
{
    struct pyro_chunk *chunk = input->chunk;
    memmove(chunk->data, chunk->data + input->begin, pyro_input_pending(input));
    input->end -= input->begin;
    input->begin = 0;
    chunk = pyro_realloc(chunk, sizeof(*chunk) + size);
    if (chunk)
        chunk->size = size;
    return chunk;
}

static struct pyro_chunk *replace_chunk(struct pyro_input *input, size_t size)
{
    struct pyro_chunk *chunk =
        size == PYRO_CHUNK_SIZE ? pyro_chunk_new(input->pool) : pyro_chunk_allocate(size);
    if (!chunk)
        return NULL;
    memcpy(chunk->data, input->chunk->data + input->begin, pyro_input_pending(input));
    pyro_chunk_drop(input->chunk);
    return chunk;
}

/* Moves the unread bytes to the front of a chunk of that size. */
static bool move_to(struct pyro_input *input, size_t size)
{
    size_t pending = pyro_input_pending(input);
    bool in_place = input->chunk->refcount == 1 && !input->chunk->pool;
    struct pyro_chunk *chunk = in_place ? resize_chunk(input, size) : replace_chunk(input, size);
    if (!chunk)
        return false;
    PYRO_ASSERT(chunk->refcount == 1 && pending <= chunk->size);
    input->chunk = chunk;
    input->begin = 0;
    input->end = pending;
    return true;
}

/* Returns whether the header of the message that is coming in is there as a whole. */
static bool has_header(const struct pyro_input *input, size_t pending)
{
    return input->protocol && pending >= input->protocol->header_size;
}

size_t pyro_input_announced(const struct pyro_input *input)
{
    struct pyro_header header;
    if (!has_header(input, pyro_input_pending(input)) ||
        input->protocol->parse((unsigned char *)input->chunk->data + input->begin, &header, NULL) !=
            PYRO_OK)
        return 0;
    return input->protocol->header_size + header.annotations_length + header.data_length;
}

/* Room grows with what has come in, up to what was announced, and some more: a chunk that is full
 * would be read into again. What is never filled costs no memory: the system gives pages as they
 * are written to. */
static bool make_room(struct pyro_input *input)
{
    size_t pending = pyro_input_pending(input), size = PYRO_CHUNK_SIZE,
           whole = pyro_input_announced(input);
    if (whole > pending && whole > PYRO_CHUNK_SIZE)
        size += whole < GROWTH * pending ? whole : GROWTH * pending;
    else if (pending >= PYRO_CHUNK_SIZE) /* whole messages wait to be taken */
        size = 2 * pending;
    return move_to(input, size);
}

void pyro_input_space(struct pyro_input *input, char **at, size_t *size)
{
    *size = 0;
    if (!input->chunk ? !(input->chunk = pyro_chunk_start(input->pool))
                      : input->end == input->chunk->size && !make_room(input))
        return;
    *at = input->chunk->data + input->end;
    *size = input->chunk->size - input->end;
}

void pyro_input_filled(struct pyro_input *input, size_t size)
{
    PYRO_ASSERT(input->chunk && size <= input->chunk->size - input->end);
    input->end += size;
}

static unsigned version_of(const unsigned char *bytes)
{
    return (unsigned)bytes[4] << 8 | bytes[5];
}

/* Finds out the protocol from the first bytes, as soon as they tell. */
static enum pyro_code find_protocol(struct pyro_input *input, const unsigned char *bytes,
                                    size_t length, struct pyro_error *err)
{
    size_t tag = length < 4 ? length : 4;
    const struct pyro_protocol *protocol = input->protocol;
    if (length >= PYRO_TAG_SIZE)
        protocol = pyro_protocol_find(version_of(bytes));
    if (memcmp(bytes, "PYRO", tag) != 0 || (length >= PYRO_TAG_SIZE && !protocol) ||
        (input->protocol && protocol != input->protocol))
        return pyro_error_set(err, PYRO_EPROTOCOL,
                              pyro_protocol_is_tls(bytes, length)
                                  ? "invalid data or unsupported protocol version: the other side "
                                    "speaks TLS: set SSL at both, or at neither"
                                  : "invalid data or unsupported protocol version");
    input->protocol = protocol;
    return PYRO_OK;
}

const struct pyro_protocol *pyro_input_closest(const struct pyro_input *input)
{
    if (input->protocol)
        return input->protocol;
    const unsigned char *bytes = (const unsigned char *)input->chunk->data + input->begin;
    bool newer = pyro_input_pending(input) >= PYRO_TAG_SIZE && memcmp(bytes, "PYRO", 4) == 0 &&
                 version_of(bytes) >= 500 && version_of(bytes) < 600;
    return newer ? &pyro_protocol_502 : &pyro_protocol_48;
}

static enum pyro_code check_size(const struct pyro_input *input, const struct pyro_header *header,
                                 struct pyro_error *err)
{
    size_t size = (size_t)header->annotations_length + header->data_length;
    if (input->limit == 0 || size <= input->limit)
        return PYRO_OK;
    return pyro_error_set(err, PYRO_ETOOLARGE, "max message size exceeded (%zu where max=%zu)",
                          size, input->limit);
}

static void take(struct pyro_input *input, struct pyro_message *message)
{
    const struct pyro_header *header = &message->header;
    const char *at = input->chunk->data + input->begin + input->protocol->header_size;
    message->protocol = input->protocol;
    message->annotations = pyro_slice(at, header->annotations_length);
    message->data = pyro_slice(at + header->annotations_length, header->data_length);
    message->chunk = input->chunk;
    message->chunk->refcount++;
    message->inflated = (struct pyro_buffer){.data = NULL};
    message->has_hmac = false;
    input->begin += input->protocol->header_size + header->annotations_length + header->data_length;
    PYRO_ASSERT(input->begin <= input->end);
    if (input->begin == input->end)
        pyro_input_free(input); /* the message keeps the chunk */
}

/* Notes what an annotation of protocol 48 has that is in the header, or nowhere, in the other. */
static void note_annotation(struct pyro_message *message, struct pyro_slice key,
                            struct pyro_slice value)
{
    if (pyro_slice_equals(key, PYRO_HMAC_ANNOTATION)) {
        message->has_hmac = true;
    } else if (pyro_slice_equals(key, PYRO_CORRELATION_ANNOTATION)) {
        message->header.correlated = value.length == PYRO_CORRELATION_SIZE;
        if (message->header.correlated)
            memcpy(message->header.correlation, value.data, value.length);
    }
}

/* Completes what the bytes of a message say that is taken. */
static enum pyro_code open_message(struct pyro_message *message, struct pyro_error *err)
{
    const struct pyro_protocol *protocol = message->protocol;
    struct pyro_slice chunks = message->annotations, key, value;
    while (chunks.length > 0) {
        if (!pyro_annotation_next(protocol, &chunks, &key, &value))
            return pyro_error_set(err, PYRO_EPROTOCOL, "malformed annotations");
        if (protocol->correlation_chunk)
            note_annotation(message, key, value);
    }
    return PYRO_OK;
}

enum pyro_code pyro_message_inflate(struct pyro_message *message, size_t limit,
                                    struct pyro_error *err)
{
    PYRO_ASSERT(message->header.flags & PYRO_FLAG_COMPRESSED && !message->inflated.data);
    enum pyro_code code = pyro_inflate(message->data, limit, &message->inflated, err);
    if (code != PYRO_OK) {
        pyro_buffer_free(&message->inflated);
        return code;
    }
    message->data = pyro_slice(message->inflated.data, message->inflated.length);
    message->header.flags &= ~(unsigned)PYRO_FLAG_COMPRESSED;
    return PYRO_OK;
}

enum pyro_code pyro_input_next(struct pyro_input *input, struct pyro_message *message, bool *ready,
                               struct pyro_error *err)
{
    size_t pending = pyro_input_pending(input);
    enum pyro_code code;
    *ready = false;
    if (pending == 0)
        return PYRO_OK;
    const unsigned char *bytes = (const unsigned char *)input->chunk->data + input->begin;
    if (!has_header(input, pending) && /* else what parses it looks at these, too */
        (code = find_protocol(input, bytes, pending, err)) != PYRO_OK)
        return code;
    if (!has_header(input, pending))
        return PYRO_OK;
    if ((code = input->protocol->parse(bytes, &message->header, err)) != PYRO_OK ||
        (code = check_size(input, &message->header, err)) != PYRO_OK)
        return code;
    if (pending - input->protocol->header_size <
        (size_t)message->header.annotations_length + message->header.data_length)
        return PYRO_OK;
    take(input, message);
    code = open_message(message, err);
    *ready = code == PYRO_OK;
    if (code != PYRO_OK)
        pyro_message_release(message);
    return code;
}

/* --- sending --- */

/* Where the annotations begin, and the data after them. */
static size_t body(const struct pyro_draft *draft)
{
    return draft->start + draft->protocol->header_size;
}

static size_t annotations_length(const struct pyro_protocol *protocol,
                                 const struct pyro_annotation *annotations, size_t count)
{
    size_t length = 0;
    for (size_t i = 0; i < count; i++)
        length += protocol->chunk_header_size + annotations[i].value.length;
    return length;
}

static bool append_annotation(struct pyro_buffer *out, const struct pyro_protocol *protocol,
                              const char *key, struct pyro_slice value)
{
    unsigned char size[8];
    size_t bytes = protocol->chunk_header_size - 4, length = value.length;
    for (size_t i = bytes; i > 0; i--) {
        size[i - 1] = (unsigned char)length;
        length >>= 8;
    }
    return pyro_buffer_append(out, key, 4) && pyro_buffer_append(out, size, bytes) &&
           pyro_buffer_append(out, value.data, value.length);
}

static bool append_annotations(const struct pyro_draft *draft,
                               const struct pyro_annotation *annotations, size_t count)
{
    const struct pyro_header *header = &draft->header;
    bool good = true;
    if (header->correlated && draft->protocol->correlation_chunk)
        good =
            append_annotation(draft->out, draft->protocol, PYRO_CORRELATION_ANNOTATION,
                              pyro_slice((const char *)header->correlation, PYRO_CORRELATION_SIZE));
    for (size_t i = 0; i < count && good; i++)
        good = append_annotation(draft->out, draft->protocol, annotations[i].key,
                                 annotations[i].value);
    return good;
}

static enum pyro_code refuse_length(size_t most, struct pyro_error *err)
{
    return pyro_error_set(err, PYRO_ETOOLARGE, "annotations are longer than %zu bytes", most);
}

enum pyro_code pyro_message_begin(struct pyro_draft *draft, struct pyro_buffer *out,
                                  const struct pyro_protocol *protocol,
                                  const struct pyro_header *header,
                                  const struct pyro_annotation *annotations, size_t count,
                                  struct pyro_error *err)
{
    size_t most = protocol->longest_annotations;
    PYRO_ASSERT(out->limit == 0); /* the message before was ended or aborted */
    if (header->correlated && protocol->correlation_chunk)
        most -= protocol->chunk_header_size + PYRO_CORRELATION_SIZE;
    if (annotations_length(protocol, annotations, count) > most)
        return refuse_length(most, err);
    *draft = (struct pyro_draft){out, protocol, *header, out->length, 0, NULL};
    if (!pyro_buffer_reserve(out, protocol->header_size))
        return pyro_error_memory(err);
    out->length += protocol->header_size;
    if (!append_annotations(draft, annotations, count)) {
        pyro_message_abort(draft);
        return pyro_error_memory(err);
    }
    draft->data = out->length;
    return PYRO_OK;
}

/* Adds an annotation to a message that was begun. */
static enum pyro_code annotate(struct pyro_draft *draft, const struct pyro_annotation *annotation,
                               struct pyro_error *err)
{
    const struct pyro_protocol *protocol = draft->protocol;
    size_t size = protocol->chunk_header_size + annotation->value.length;
    PYRO_ASSERT(draft->data == draft->out->length);
    if (draft->data - body(draft) + size > protocol->longest_annotations)
        return refuse_length(protocol->longest_annotations - size, err);
    if (!append_annotation(draft->out, protocol, annotation->key, annotation->value))
        return pyro_error_memory(err);
    draft->data = draft->out->length;
    return PYRO_OK;
}

enum pyro_code pyro_message_sign(struct pyro_draft *draft, struct pyro_hmac_key *key,
                                 struct pyro_error *err)
{
    static const char room[PYRO_HMAC_SIZE];
    const struct pyro_annotation signature = {.key = PYRO_HMAC_ANNOTATION,
                                              .value = {room, sizeof(room)}};
    enum pyro_code code;
    PYRO_ASSERT(!draft->key);
    if (draft->protocol->has_hmac)
        code = annotate(draft, &signature, err);
    else if (draft->header.type == PYRO_CONNECTFAIL)
        return PYRO_OK;
    else
        code = pyro_hmac_refuse(true, draft->protocol, err);
    if (code == PYRO_OK)
        draft->key = pyro_hmac_key_retain(key);
    else
        pyro_message_abort(draft);
    return code;
}

/* Signs a message whose data are complete: the signature is the last annotation. */
static enum pyro_code complete_signature(struct pyro_draft *draft, struct pyro_error *err)
{
    char *bytes = draft->out->data, *data = bytes + draft->data;
    size_t before = body(draft);
    return pyro_hmac_compute(
               draft->key, draft->protocol, pyro_slice(bytes + before, draft->data - before),
               pyro_slice(data, draft->out->length - draft->data), data - PYRO_HMAC_SIZE)
               ? PYRO_OK
               : pyro_error_memory(err);
}

static enum pyro_code compress_data(struct pyro_draft *draft, struct pyro_error *err)
{
    bool shorter = false;
    if (draft->out->length - draft->data <= COMPRESS_FROM)
        return PYRO_OK;
    enum pyro_code code = pyro_compress(draft->out, draft->data, &shorter, err);
    if (shorter)
        draft->header.flags |= PYRO_FLAG_COMPRESSED;
    return code;
}

static size_t longest_body(size_t limit)
{
    return limit > 0 && limit < INT32_MAX ? limit : INT32_MAX;
}

void pyro_message_limit(struct pyro_draft *draft, size_t limit, bool compress)
{
    draft->out->limit = body(draft) + longest_body(compress ? 0 : limit); /* it may get shorter */
}

static void drop_key(struct pyro_draft *draft)
{
    if (draft->key)
        pyro_hmac_key_release(draft->key);
    draft->key = NULL;
}

enum pyro_code pyro_message_end(struct pyro_draft *draft, size_t limit, bool compress,
                                struct pyro_error *err)
{
    size_t before = body(draft), most = longest_body(limit);
    PYRO_ASSERT(before <= draft->data && draft->data <= draft->out->length);
    draft->out->limit = 0;
    enum pyro_code code = compress ? compress_data(draft, err) : PYRO_OK;
    if (code == PYRO_OK && draft->out->length - before > most)
        code = pyro_error_set(err, PYRO_ETOOLARGE, "max message size exceeded (%zu where max=%zu)",
                              draft->out->length - before, most);
    if (code == PYRO_OK && draft->key)
        code = complete_signature(draft, err);
    if (code != PYRO_OK) {
        pyro_message_abort(draft);
        return code;
    }
    drop_key(draft);
    draft->header.annotations_length = (uint32_t)(draft->data - before);
    draft->header.data_length = (uint32_t)(draft->out->length - draft->data);
    draft->protocol->format((unsigned char *)draft->out->data + draft->start, &draft->header);
    return PYRO_OK;
}

void pyro_message_abort(struct pyro_draft *draft)
{
    drop_key(draft);
    pyro_buffer_truncate(draft->out, draft->start);
    draft->out->limit = 0;
}
