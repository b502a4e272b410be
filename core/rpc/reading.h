/** @file
 * Reading what messages carry, within MAX_VALUE_MEMORY. */
#ifndef PYRO_RPC_READING_H
#define PYRO_RPC_READING_H

#include "codec/codec.h"
#include "rpc/runtime.h"
#include "wire/message.h"

/** Prepares to read the data of a message: inflates what travelled compressed, to `limit` bytes at
 * most (0: any number; PYRO_ETOOLARGE), and opens the budget of `held`, which is zero-initialized
 * or was freed. Inflated bytes are spent from it. */
enum pyro_code pyro_message_open(struct pyro_message *message, size_t limit,
                                 const struct pyro_runtime *runtime, struct pyro_reading *held,
                                 struct pyro_error *err);

/** Opens a message that a server sent, and sends its value to `to`. */
enum pyro_code pyro_message_read(struct pyro_message *message, const struct pyro_runtime *runtime,
                                 struct pyro_reading *held, struct pyro_sink *to,
                                 struct pyro_error *err);

#endif
