/** @file
 * The script that changes names inside of Redis, all keys of a name at once. Private to naming/.
 *
 * With the prefix "pyro" there are these keys, which in a cluster are all on one server:
 *
 * | key | type | what |
 * | --- | --- | --- |
 * | `{pyro}:n:NAME` | hash | `uri`, `meta` (a list in JSON), `owner`, `lease`, `since`, `rev` |
 * | `{pyro}:names` | sorted set | all names, in order |
 * | `{pyro}:rev` | number | the revision: each change counts one up |
 * | `{pyro}:ev` | stream | the latest changes; an entry's id is the revision |
 * | `{pyro}:o:OWNER` | sorted set | an owner's names, by lease in seconds |
 * | `{pyro}:leases` | sorted set | owners, by when their first lease ends, in ms of Redis' time |
 * | `{pyro}:swept` | number | when leases that had ended were last looked for */
#ifndef PYRO_NAMING_REDIS_SCRIPT_H
#define PYRO_NAMING_REDIS_SCRIPT_H

#include "base/buffer.h"
#include "naming/redis/redis_client.h"

#define REDIS_KEY_SIZE 128

/** Fields of a name, in the order in which a page of names has them. */
enum redis_field {
    REDIS_NAME,
    REDIS_URI,
    REDIS_META,
    REDIS_OWNER,
    REDIS_LEASE,
    REDIS_SINCE,
    REDIS_FIELDS
};

/** The script for one prefix. */
struct redis_script {
    struct pyro_buffer text;
    char sha[41];
    char key[REDIS_KEY_SIZE]; /**< what all keys begin with: "{pyro}:" */
};

/** Prepares it. The caller frees it, also on failure. */
enum pyro_code redis_script_init(struct redis_script *script, const char *prefix,
                                 struct pyro_error *err);

void redis_script_free(struct redis_script *script);

/** Begins a command that runs the script; its arguments follow:
 *
 * | arguments | reply |
 * | --- | --- |
 * | `set` condition name uri meta owner lease since | 1 or 0, revision |
 * | `tags` condition name uri meta owner | 1 or 0, revision |
 * | `remove` condition name uri meta owner | 1 or 0, revision |
 * | `renew` owner | how many names it keeps, revision |
 * | `renewals` owners, with NULs between them | how many ms ago each renewed its leases |
 * | `sweep` most | how many names it removed, whose lease was over; revision |
 * | `page` name most | revision, a list of the fields of the names behind that name |
 *
 * A condition is a letter: `w` always, `a` if absent, `o` if owned, `u` if the URI is that. A name
 * whose keys are damaged has no field in a page but the name. `whole`: with its text, for a server
 * that does not know it. */
void redis_script_begin(const struct redis_script *script, bool whole,
                        struct redis_command *command);

/** Returns whether a reply says that the script has to be sent whole. */
bool redis_script_is_unknown(const redisReply *reply);

#endif
