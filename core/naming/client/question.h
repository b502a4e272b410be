/** @file
 * Questions to a name server: calls of its methods, and their answers. Private to naming/. */
#ifndef PYRO_NAMING_QUESTION_H
#define PYRO_NAMING_QUESTION_H

#include "rpc/call.h"
#include "value/tree.h"

static inline struct pyro_value question_text(const char *text)
{
    return (struct pyro_value){.type = PYRO_STR, .u.text = pyro_slice_text(text)};
}

static inline struct pyro_value question_real(double real)
{
    return (struct pyro_value){.type = PYRO_REAL, .u.real = real};
}

static inline struct pyro_value question_bool(bool boolean)
{
    return (struct pyro_value){.type = PYRO_BOOL, .u.boolean = boolean};
}

/** Calls a method on a connected client. `call` waits for the answer, `timeout` seconds; NULL: a
 * oneway call. On failure nothing was sent. */
enum pyro_code question_ask(struct pyro_client *client, struct pyro_call *call, double timeout,
                            const char *method, const struct pyro_value *args, size_t count,
                            struct pyro_error *err);

/** Reads the answer of a call that went well; an exception becomes an error. The caller prepares
 * the tree, whose memory `*value` is in, and frees it. */
enum pyro_code question_read(struct pyro_call *call, struct pyro_tree *tree,
                             const struct pyro_value **value, struct pyro_error *err);

/** Reads the URI that lookup() answers. On success the caller frees it. */
enum pyro_code question_read_uri(const struct pyro_value *value, struct pyro_uri *uri,
                                 struct pyro_error *err);

#endif
