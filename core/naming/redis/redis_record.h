/** @file
 * Registrations as Redis has them: strings, with metadata as a list in JSON. Private to naming/. */
#ifndef PYRO_NAMING_REDIS_RECORD_H
#define PYRO_NAMING_REDIS_RECORD_H

#include "base/buffer.h"
#include "naming/redis/redis_script.h"
#include "naming/registry/registry.h"
#include "value/tree.h"

/** Appends tags as a list in JSON. */
enum pyro_code redis_record_write_tags(const struct registration *registration,
                                       struct pyro_buffer *out, struct pyro_error *err);

/** A registration that was read. */
struct redis_record {
    struct pyro_slice name;
    struct registration registration; /**< views into the reply and what follows */
    struct pyro_tree tree;
    const char **tags;
};

/** Reads fields of a name; any may be NULL, or anything. PYRO_EVALUE with what is wrong, without
 * the name. The caller frees the record, also on failure. */
enum pyro_code redis_record_read(struct redis_record *record,
                                 const redisReply *const fields[REDIS_FIELDS],
                                 struct pyro_error *err);

void redis_record_free(struct redis_record *record);

/** Returns whether a reply is a string, of which `text` is then a view. */
bool redis_reply_text(const redisReply *reply, struct pyro_slice *text);

/** Returns the i-th item of an array; NULL where the reply is none, or has none there. */
const redisReply *redis_reply_at(const redisReply *reply, size_t i);

/** Reads the revision out of an entry's id, "17-0"; false where it is none. */
bool redis_reply_revision(const redisReply *id, int64_t *revision);

#endif
