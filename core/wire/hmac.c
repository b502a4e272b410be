#include "wire/hmac.h"

#include <nettle/hmac.h>
#include <nettle/memops.h>
#include <stdlib.h>

#include "base/assert.h"
#include "base/memory.h"

struct pyro_hmac_key {
    unsigned refcount;
    struct hmac_sha1_ctx context; /* the key is set, nothing is added */
    size_t length;
    char secret[];
};

struct pyro_hmac_key *pyro_hmac_key_new(struct pyro_slice secret)
{
    struct pyro_hmac_key *key = pyro_malloc(sizeof(*key) + secret.length);
    if (!key)
        return NULL;
    key->refcount = 1;
    key->length = secret.length;
    memcpy(key->secret, secret.data, secret.length);
    hmac_sha1_set_key(&key->context, secret.length, (const uint8_t *)secret.data);
    return key;
}

struct pyro_hmac_key *pyro_hmac_key_retain(struct pyro_hmac_key *key)
{
    if (key)
        key->refcount++;
    return key;
}

void pyro_hmac_key_release(struct pyro_hmac_key *key)
{
    if (!key)
        return;
    PYRO_ASSERT(key->refcount > 0);
    if (--key->refcount > 0)
        return;
    explicit_bzero(key, sizeof(*key) + key->length);
    pyro_free(key);
}

struct pyro_slice pyro_hmac_key_secret(const struct pyro_hmac_key *key)
{
    return pyro_slice(key->secret, key->length);
}

/* --- the signature --- */

/* More annotations than these need memory to be sorted. */
#define FEW 16

struct annotation {
    struct pyro_slice key, value;
};

/* Orders by key; of one key, by place. */
static int compare(const void *a, const void *b)
{
    const struct annotation *left = a, *right = b;
    int order = memcmp(left->key.data, right->key.data, left->key.length);
    if (order != 0)
        return order;
    return left->key.data < right->key.data ? -1 : left->key.data > right->key.data;
}

static size_t count_annotations(const struct pyro_protocol *protocol, struct pyro_slice chunks)
{
    struct pyro_slice key, value;
    size_t count = 0;
    while (pyro_annotation_next(protocol, &chunks, &key, &value))
        count++;
    return count;
}

/* Adds the values of annotations, of several of one key the last: Pyro keeps them in a dict. */
static void add_annotations(struct hmac_sha1_ctx *context, const struct pyro_protocol *protocol,
                            struct pyro_slice chunks, struct annotation *sorted)
{
    size_t count = 0;
    while (pyro_annotation_next(protocol, &chunks, &sorted[count].key, &sorted[count].value))
        if (!pyro_slice_equals(sorted[count].key, PYRO_HMAC_ANNOTATION))
            count++;
    qsort(sorted, count, sizeof(*sorted), compare);
    for (size_t i = 0; i < count; i++)
        if (i + 1 == count || memcmp(sorted[i].key.data, sorted[i + 1].key.data, 4) != 0)
            hmac_sha1_update(context, sorted[i].value.length,
                             (const uint8_t *)sorted[i].value.data);
}

bool pyro_hmac_compute(const struct pyro_hmac_key *key, const struct pyro_protocol *protocol,
                       struct pyro_slice annotations, struct pyro_slice data,
                       char signature[PYRO_HMAC_SIZE])
{
    struct annotation few[FEW + 1], *sorted = few; /* one that is not added comes last */
    struct hmac_sha1_ctx context = key->context;
    size_t count = count_annotations(protocol, annotations);
    if (count > FEW && !(sorted = pyro_calloc(count + 1, sizeof(*sorted))))
        return false;
    hmac_sha1_update(&context, data.length, (const uint8_t *)data.data);
    add_annotations(&context, protocol, annotations, sorted);
    hmac_sha1_digest(&context, PYRO_HMAC_SIZE, (uint8_t *)signature);
    if (sorted != few)
        pyro_free(sorted);
    return true;
}

/* --- messages --- */

enum pyro_code pyro_hmac_refuse(bool has_key, const struct pyro_protocol *protocol,
                                struct pyro_error *err)
{
    return pyro_error_set(
        err, PYRO_ESECURITY, "hmac key config not symmetric: %s",
        !has_key ? "the message is signed, but this side has no HMAC key"
        : protocol->has_hmac
            ? "the message is not signed, but this side has an HMAC key"
            : "whoever has an HMAC key refuses protocol 502 (Pyro5), which signs nothing");
}

enum pyro_code pyro_hmac_check(const struct pyro_message *message, struct pyro_hmac_key *key,
                               struct pyro_error *err)
{
    char signature[PYRO_HMAC_SIZE];
    struct pyro_slice received;
    if (!key || !message->has_hmac)
        return pyro_hmac_refuse(key != NULL, message->protocol, err);
    if (!pyro_hmac_compute(key, message->protocol, message->annotations, message->data, signature))
        return pyro_error_memory(err);
    if (pyro_message_annotation(message, PYRO_HMAC_ANNOTATION, &received) &&
        received.length == sizeof(signature) &&
        memeql_sec(received.data, signature, sizeof(signature)))
        return PYRO_OK;
    return pyro_error_set(err, PYRO_ESECURITY,
                          "message hmac mismatch: the two sides have different HMAC keys, or the "
                          "message was altered");
}
