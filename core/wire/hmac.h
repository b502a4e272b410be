/** @file
 * Signed messages, as Pyro4 has them: HMAC-SHA1 over the data, then over the values of all other
 * annotations in the order of their keys. The header and the keys are not signed, and nothing tells
 * a message from the same one sent again. */
#ifndef PYRO_WIRE_HMAC_H
#define PYRO_WIRE_HMAC_H

#include "wire/message.h"

/** A secret that both sides have. Reference-counted: it may be replaced while it is in use. */
struct pyro_hmac_key;

/** Returns a key with one reference, of a copy of the secret. NULL when out of memory. */
struct pyro_hmac_key *pyro_hmac_key_new(struct pyro_slice secret);

/** Returns the key, with one more holder. Accepts NULL. */
struct pyro_hmac_key *pyro_hmac_key_retain(struct pyro_hmac_key *key);

/** Lets go of a key; with its last holder its bytes are wiped. Accepts NULL. */
void pyro_hmac_key_release(struct pyro_hmac_key *key);

/** Returns the secret. */
struct pyro_slice pyro_hmac_key_secret(const struct pyro_hmac_key *key);

/** Returns the key that counts: one's own, where there is one, else the common one. NULL where that
 * is NULL, or has an empty secret: then nothing is signed. */
static inline struct pyro_hmac_key *pyro_hmac_key_choose(struct pyro_hmac_key *own,
                                                         struct pyro_hmac_key *common)
{
    struct pyro_hmac_key *key = own ? own : common;
    return key && pyro_hmac_key_secret(key).length > 0 ? key : NULL;
}

/** Bytes of a signature. */
#define PYRO_HMAC_SIZE 20

/** Computes the signature of a message from its annotations and its data, as they travel. Returns
 * false when out of memory. Private to wire/. */
bool pyro_hmac_compute(const struct pyro_hmac_key *key, const struct pyro_protocol *protocol,
                       struct pyro_slice annotations, struct pyro_slice data,
                       char signature[PYRO_HMAC_SIZE]);

/** Sets the error, and returns its code PYRO_ESECURITY, where only one side has a key; `has_key`:
 * this one. Private to wire/. */
enum pyro_code pyro_hmac_refuse(bool has_key, const struct pyro_protocol *protocol,
                                struct pyro_error *err);

/** Checks the signature of a message that has one, or should have. PYRO_ESECURITY, in Pyro's words,
 * where key and signature do not fit together. */
enum pyro_code pyro_hmac_check(const struct pyro_message *message, struct pyro_hmac_key *key,
                               struct pyro_error *err);

/** Checks that a message is signed with the key, or, where that is NULL, not at all. Nothing of a
 * message may be read before. */
static inline enum pyro_code pyro_message_verify(const struct pyro_message *message,
                                                 struct pyro_hmac_key *key, struct pyro_error *err)
{
    return key || message->has_hmac ? pyro_hmac_check(message, key, err) : PYRO_OK;
}

#endif
