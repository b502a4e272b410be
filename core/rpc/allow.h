/** @file
 * Rules that say who may call what: the text of an ALLOW file. No I/O.
 *
 * A line is a rule: `allow|deny OBJECT [METHOD] [name PATTERN] [from ADDRESS/BITS] [cert PATTERN]
 * [user PATTERN]`. The first rule that matches decides; what none matches is refused.
 * docs/security.md tells all. */
#ifndef PYRO_RPC_ALLOW_H
#define PYRO_RPC_ALLOW_H

#include "base/error.h"
#include "base/slice.h"
#include "rpc/peer.h"

/** A list of rules. */
struct pyro_allow;

/** A rule. */
struct pyro_rule {
    bool allow;    /**< or it denies */
    unsigned line; /**< in the file, from 1 */
    /** Patterns; `data` is NULL where the rule has none. */
    struct pyro_slice object, method, name, subject, user;
    enum pyro_peer_kind kind; /**< where the peer must be; PYRO_PEER_UNKNOWN: anywhere */
    unsigned char address[PYRO_PEER_ADDRESS]; /**< of the network of peers by IP */
    unsigned bits;                            /**< of the address that count */
};

/** How much is known of the name that a call of the name server is about. */
enum pyro_name_known {
    PYRO_NAME_NONE,    /**< the call is about none */
    PYRO_NAME_UNREAD,  /**< it was not read yet */
    PYRO_NAME_IS_READ, /**< it is there */
};

/** A question: whether a peer may call something. Where a part is not known, the answer is a rule
 * that allows something for one of the possible values, if there is such a rule. */
struct pyro_question {
    const struct pyro_peer *peer;
    struct pyro_slice object, method, name;
    bool any_object, any_method; /**< not known */
    enum pyro_name_known named;
};

/** Reads rules. PYRO_EVALUE says "FILE:LINE: what is wrong"; `file` is only for that. The caller
 * frees `*out` with pyro_allow_free(). */
enum pyro_code pyro_allow_parse(struct pyro_allow **out, const char *file, struct pyro_slice text,
                                struct pyro_error *err);

/** Accepts NULL. */
void pyro_allow_free(struct pyro_allow *allow);

/** Returns the rule that decides, or NULL: none matches, so the call is refused. */
const struct pyro_rule *pyro_allow_decide(const struct pyro_allow *allow,
                                          const struct pyro_question *question);

#endif
