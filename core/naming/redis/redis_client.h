/** @file
 * One connection to a server of Redis: commands go out as they come, replies come back in order.
 * Private to naming/. */
#ifndef PYRO_NAMING_REDIS_CLIENT_H
#define PYRO_NAMING_REDIS_CLIENT_H

#include "base/slice.h"
#include "naming/redis/hiredis.h"
#include "net/tls.h"

#define REDIS_WORDS 16

/** The words of a command, which are borrowed. Zero-initialize it, then add them. */
struct redis_command {
    int count;
    const char *words[REDIS_WORDS];
    size_t lengths[REDIS_WORDS];
};

void redis_command_add(struct redis_command *command, struct pyro_slice word);

static inline void redis_command_text(struct redis_command *command, const char *word)
{
    redis_command_add(command, pyro_slice_text(word));
}

struct redis_client_ops {
    /** Commands may be sent. */
    void (*connected)(void *owner);
    /** The connection ended, or was never there; `why` is one line that names the server. What was
     * not replied to never will be. Comes at most once; the owner closes the client then. */
    void (*ended)(void *owner, const struct pyro_error *why);
};

/** Where to connect to, and as whom. */
struct redis_login {
    struct pyro_tls_context *tls; /**< NULL: none */
    const char *host;
    uint16_t port;
    const char *user, *password; /**< may be NULL */
};

struct redis_client;

/** Starts to connect, and answers later. The login is copied, but for the context of TLS, which is
 * borrowed. NULL with the error. */
struct redis_client *redis_client_new(struct pyro_loop *loop, const struct redis_login *login,
                                      const struct redis_client_ops *ops, void *owner,
                                      struct pyro_error *err);

/** Called with the reply to a command, which may be an error (REDIS_REPLY_ERROR); it is borrowed.
 * May close the client. */
typedef void redis_reply_fn(void *context, const redisReply *reply);

/** Sends a command of a connected client. A reply that is not there in `timeout` seconds, though it
 * is the next to come, ends the connection. Fails only for want of memory. */
enum pyro_code redis_client_send(struct redis_client *client, const struct redis_command *command,
                                 double timeout, redis_reply_fn *replied, void *context,
                                 struct pyro_error *err);

/** Closes it: nobody is called any more. Accepts NULL. */
void redis_client_close(struct redis_client *client);

#endif
