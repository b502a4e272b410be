/** @file
 * The rules of an ALLOW file, read again when the file changes. */
#ifndef PYRO_RPC_RULES_H
#define PYRO_RPC_RULES_H

#include "base/log.h"
#include "net/loop.h"
#include "rpc/allow.h"

/** A file of rules. */
struct pyro_rules;

/** Reads a file. PYRO_EVALUE "FILE:LINE: what is wrong", or PYRO_EOS "FILE: why it cannot be read".
 * The caller frees `*out` with pyro_rules_free(). */
enum pyro_code pyro_rules_open(struct pyro_rules **out, const char *path, struct pyro_error *err);

/** Accepts NULL. */
void pyro_rules_free(struct pyro_rules *rules);

/** Reads the file again if it has changed; looks once in a second, by the loop's clock. Of a
 * version that is wrong, the log gets one line, and the rules stay as they were; one that cannot be
 * read is tried again. `area` is that of these lines, as in pyro_log_write(). */
void pyro_rules_refresh(struct pyro_rules *rules, struct pyro_loop *loop, struct pyro_log *log,
                        const char *area);

/** Returns the rule that decides, or NULL: no rule allows it. */
const struct pyro_rule *pyro_rules_decide(const struct pyro_rules *rules,
                                          const struct pyro_question *question);

const char *pyro_rules_path(const struct pyro_rules *rules);

#endif
