#include "wire/annotation.h"

#include "wire/message.h"

bool pyro_message_annotation(const struct pyro_message *message, const char *key,
                             struct pyro_slice *out)
{
    struct pyro_slice chunks = message->annotations, name, value;
    bool found = false;
    while (pyro_annotation_next(message->protocol, &chunks, &name, &value)) {
        if (pyro_slice_equals(name, key)) {
            *out = value;
            found = true;
        }
    }
    return found;
}

static bool is_own(const struct pyro_protocol *protocol, struct pyro_slice key)
{
    return pyro_slice_equals(key, PYRO_TYPED_ANNOTATION) ||
           pyro_slice_equals(key, PYRO_TRACE_ANNOTATION) ||
           (protocol->correlation_chunk && pyro_slice_equals(key, PYRO_CORRELATION_ANNOTATION)) ||
           (protocol->has_hmac && pyro_slice_equals(key, PYRO_HMAC_ANNOTATION));
}

bool pyro_message_next_annotation(const struct pyro_message *message, struct pyro_slice *rest,
                                  struct pyro_slice *key, struct pyro_slice *value)
{
    while (pyro_annotation_next(message->protocol, rest, key, value))
        if (!is_own(message->protocol, *key))
            return true;
    return false;
}

const struct pyro_annotation pyro_typed_annotation = {.key = PYRO_TYPED_ANNOTATION,
                                                      .value = {"1", 1}};

bool pyro_message_says_typed(const struct pyro_message *message)
{
    struct pyro_slice value;
    return message->annotations.length > 0 &&
           pyro_message_annotation(message, PYRO_TYPED_ANNOTATION, &value) &&
           pyro_slice_equals(value, "1");
}
