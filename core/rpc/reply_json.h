/** @file
 * Replies as JSON, for those who pass them on. */
#ifndef PYRO_RPC_REPLY_JSON_H
#define PYRO_RPC_REPLY_JSON_H

#include "rpc/pending.h"

/** Appends the value of a reply to `out`, in the forms of codec/json_forms_put.h; an exception
 * always as Pyro's json serializer writes it. `class_name` becomes the class of that, as it is
 * shown, else "". */
enum pyro_code pyro_reply_write_json(struct pyro_call *call, bool kept, struct pyro_buffer *out,
                                     char class_name[PYRO_CLASS_SIZE], struct pyro_error *err);

#endif
