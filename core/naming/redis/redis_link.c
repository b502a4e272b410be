#include "naming/redis/redis_link.h"

#include <stdlib.h>

#include "base/assert.h"
#include "base/escape.h"
#include "base/memory.h"
#include "base/random.h"
#include "naming/redis/redis_record.h"
#include "naming/redis/redis_sentinel.h"
#include "net/timer.h"
#include "rpc/encryption.h"

/* Before the first attempt to connect again, and at most; in seconds. */
#define SHORTEST_PAUSE 0.1
#define LONGEST_PAUSE 1.0
#define OLDEST_VERSION 7

static struct redis_link *link_of(void *owner)
{
    return owner;
}

static void disconnect(struct redis_link *link)
{
    redis_client_close(link->events);
    redis_client_close(link->commands);
    link->events = link->commands = NULL;
    link->is_up = false;
}

void redis_link_drop(struct redis_link *link, const struct pyro_error *why)
{
    struct pyro_error kept = *why;
    disconnect(link);
    link->why = kept;
    link->asking = false;
    pyro_timer_start(link->timer, pyro_random_around(link->pause));
    link->pause = 2 * link->pause < LONGEST_PAUSE ? 2 * link->pause : LONGEST_PAUSE;
    link->ops->down(link->owner, &link->why);
}

static void drop_by_words(struct redis_link *link, const char *words)
{
    struct pyro_error why;
    pyro_error_set(&why, PYRO_ECOMMUNICATION, "Redis at %.80s:%d %s", link->place.host,
                   link->place.port, words);
    redis_link_drop(link, &why);
}

static void drop_by_reply(struct redis_link *link, const char *what, const redisReply *reply)
{
    char text[160] = "no such reply is known", words[240];
    if (reply->type == REDIS_REPLY_ERROR)
        pyro_escape(text, sizeof(text), pyro_slice(reply->str, reply->len));
    if (strncmp(text, "NOAUTH", 6) == 0)
        snprintf(words, sizeof(words), "wants a password, redis://:PASSWORD@host: %s", text);
    else
        snprintf(words, sizeof(words), "refuses %s: %s", what, text);
    drop_by_words(link, words);
}

/* --- the server's role and version --- */

/* Reads a field of INFO, "name:value"; "" where there is none. */
static void info_field(struct pyro_slice info, const char *name, char *out, size_t size)
{
    const char *found = memmem(info.data, info.length, name, strlen(name));
    size_t length = 0;
    out[0] = '\0';
    if (!found)
        return;
    found += strlen(name);
    while (found + length < info.data + info.length && length + 1 < size &&
           (unsigned char)found[length] > ' ')
        length++;
    memcpy(out, found, length);
    out[length] = '\0';
}

static void link_on_role(void *context, const redisReply *reply)
{
    struct redis_link *link = context;
    struct pyro_slice role;
    const redisReply *replicas = redis_reply_at(reply, 2);
    if (!redis_reply_text(redis_reply_at(reply, 0), &role))
        drop_by_reply(link, "ROLE", reply);
    else if (!pyro_slice_equals(role, "master"))
        drop_by_words(link, "is a replica, which takes no changes: name the primary, or use "
                            "redis+sentinel://");
    else
        link->replicas = replicas && replicas->type == REDIS_REPLY_ARRAY ? replicas->elements : 0;
}

static void link_connected(void *owner)
{
    struct redis_link *link = link_of(owner);
    PYRO_ASSERT(link->commands && link->events);
    link->is_up = true;
    link->pause = SHORTEST_PAUSE;
    link->ops->up(link->owner);
}

static void link_ended(void *owner, const struct pyro_error *why)
{
    redis_link_drop(owner, why);
}

static const struct redis_client_ops events_ops = {link_connected, link_ended};

static struct redis_client *
connect_client(struct redis_link *link, const struct redis_client_ops *ops, struct pyro_error *err)
{
    static const struct pyro_encryption options = {.wanted = PYRO_YES};
    struct redis_login login = {.host = link->place.host,
                                .port = link->place.port,
                                .user = link->url->user,
                                .password = link->url->password};
    if (link->url->tls &&
        pyro_encryption_context(link->runtime, false, &options, &login.tls, err) != PYRO_OK)
        return NULL;
    struct redis_client *client = redis_client_new(link->runtime->loop, &login, ops, link, err);
    pyro_tls_context_release(login.tls); /* its stream keeps it */
    return client;
}

static void link_on_info(void *context, const redisReply *reply)
{
    struct redis_link *link = context;
    struct pyro_slice info;
    char version[32], words[120];
    struct pyro_error err;
    if (!redis_reply_text(reply, &info)) {
        drop_by_reply(link, "INFO", reply);
        return;
    }
    info_field(info, "redis_version:", version, sizeof(version));
    info_field(info, "run_id:", link->run_id, sizeof(link->run_id));
    if (atoi(version) < OLDEST_VERSION) {
        snprintf(words, sizeof(words), "has version '%s'; it has to be %d or later", version,
                 OLDEST_VERSION);
        drop_by_words(link, words);
        return;
    }
    link->events = connect_client(link, &events_ops, &err);
    if (!link->events)
        redis_link_drop(link, &err);
}

/* Sends a command of words, the last of which may be NULL. */
static enum pyro_code send_words(struct redis_link *link, const char *word, const char *second,
                                 redis_reply_fn *replied)
{
    struct redis_command command = {.count = 0};
    struct pyro_error err;
    redis_command_text(&command, word);
    if (second)
        redis_command_text(&command, second);
    enum pyro_code code =
        redis_client_send(link->commands, &command, REDIS_TIMEOUT, replied, link, &err);
    if (code != PYRO_OK)
        redis_link_drop(link, &err);
    return code;
}

void redis_link_look(struct redis_link *link)
{
    PYRO_ASSERT(link->is_up);
    send_words(link, "ROLE", NULL, link_on_role);
}

static void link_on_greeted(void *owner)
{
    struct redis_link *link = link_of(owner);
    if (send_words(link, "ROLE", NULL, link_on_role) == PYRO_OK)
        send_words(link, "INFO", "server", link_on_info);
}

static const struct redis_client_ops commands_ops = {link_on_greeted, link_ended};

/* --- where to connect to --- */

static void connect_there(struct redis_link *link)
{
    struct pyro_error err;
    PYRO_ASSERT(!link->commands && !link->events);
    link->commands = connect_client(link, &commands_ops, &err);
    if (!link->commands)
        redis_link_drop(link, &err);
}

static bool is_there(const struct redis_link *link, const char *host, uint16_t port)
{
    return link->place.host && strcmp(link->place.host, host) == 0 && link->place.port == port;
}

static void link_on_found(void *owner, const char *host, uint16_t port)
{
    struct redis_link *link = link_of(owner);
    bool moved = !is_there(link, host, port);
    if (moved) {
        char *copy = pyro_copy_text(host, strlen(host));
        if (!copy)
            return;         /* it is said again */
        if (link->commands) /* the old one may believe that it is the primary still */
            drop_by_words(link, "is not the primary any more, the Sentinels say");
        pyro_free(link->place.host);
        link->place = (struct redis_place){copy, port};
    }
    if (!link->asking)
        return;
    link->asking = false;
    connect_there(link);
}

static void link_on_lost(void *owner, const struct pyro_error *why)
{
    struct redis_link *link = link_of(owner);
    if (link->asking) /* else the primary is known, and may be there */
        redis_link_drop(link, why);
}

static const struct redis_sentinel_ops sentinel_ops = {link_on_found, link_on_lost};

static void link_on_due(struct pyro_completion *due)
{
    struct redis_link *link = PYRO_CONTAINER(due, struct redis_link, due);
    link->asking = link->sentinel;
    if (link->sentinel)
        redis_sentinel_ask(link->sentinel);
    else
        connect_there(link);
}

/* --- life --- */

static enum pyro_code start(struct redis_link *link, struct pyro_error *err)
{
    const struct redis_place *first = &link->url->places[0];
    link->timer = pyro_timer_new(link->runtime->loop, &link->due);
    if (!link->timer)
        return pyro_error_memory(err);
    if (link->url->master) {
        link->sentinel =
            redis_sentinel_new(link->runtime->loop, link->url, &sentinel_ops, link, err);
        if (!link->sentinel)
            return err->code;
    } else {
        link->place =
            (struct redis_place){pyro_copy_text(first->host, strlen(first->host)), first->port};
        if (!link->place.host)
            return pyro_error_memory(err);
    }
    pyro_timer_start(link->timer, 0);
    return PYRO_OK;
}

struct redis_link *redis_link_new(struct pyro_runtime *runtime, const struct redis_url *url,
                                  const struct redis_link_ops *ops, void *owner,
                                  struct pyro_error *err)
{
    struct redis_link *link = pyro_calloc(1, sizeof(*link));
    if (!link) {
        pyro_error_memory(err);
        return NULL;
    }
    link->runtime = runtime;
    link->url = url;
    link->ops = ops;
    link->owner = owner;
    link->pause = SHORTEST_PAUSE;
    pyro_completion_init(&link->due, link_on_due);
    if (start(link, err) != PYRO_OK) {
        redis_link_close(link);
        return NULL;
    }
    return link;
}

void redis_link_close(struct redis_link *link)
{
    if (!link)
        return;
    disconnect(link);
    redis_sentinel_close(link->sentinel);
    pyro_timer_free(link->timer);
    pyro_free(link->place.host);
    pyro_free(link);
}
