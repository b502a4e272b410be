#include "naming/redis/redis_sentinel.h"

#include <stdlib.h>

#include "base/escape.h"
#include "base/memory.h"
#include "naming/redis/redis_record.h"
#include "net/timer.h"

#define PERIOD 1.0 /* seconds between questions */
#define ANSWER_TIMEOUT 2.0

struct redis_sentinel {
    struct pyro_loop *loop;
    const struct redis_url *url;
    const struct redis_sentinel_ops *ops;
    void *owner;
    struct redis_client *client; /* of places[at]; or NULL */
    bool connected, asked;
    size_t at, failures; /* failures in a row */
    struct pyro_timer *timer;
    struct pyro_completion due;
};

static void connect_next(struct redis_sentinel *sentinel);

static void disconnect(struct redis_sentinel *sentinel)
{
    redis_client_close(sentinel->client);
    sentinel->client = NULL;
    sentinel->connected = sentinel->asked = false;
}

/* Goes on to the next one; after all of them, later. */
static void pass_over(struct redis_sentinel *sentinel, const struct pyro_error *why)
{
    disconnect(sentinel);
    sentinel->at = (sentinel->at + 1) % sentinel->url->count;
    if (++sentinel->failures % sentinel->url->count != 0) {
        connect_next(sentinel);
        return;
    }
    pyro_timer_start(sentinel->timer, PERIOD);
    sentinel->ops->failed(sentinel->owner, why);
}

static void does_not_know(struct redis_sentinel *sentinel, const redisReply *reply)
{
    struct pyro_error why;
    const struct redis_place *place = &sentinel->url->places[sentinel->at];
    char text[160] = "it knows no primary of that name";
    if (reply->type == REDIS_REPLY_ERROR)
        pyro_escape(text, sizeof(text), pyro_slice(reply->str, reply->len));
    pyro_error_set(&why, PYRO_ECOMMUNICATION, "the Sentinel at %.80s:%d was asked for '%.80s': %s",
                   place->host, place->port, sentinel->url->master, text);
    pass_over(sentinel, &why);
}

static void sentinel_on_answer(void *context, const redisReply *reply)
{
    struct redis_sentinel *sentinel = context;
    struct pyro_slice host, port;
    sentinel->asked = false;
    if (!redis_reply_text(redis_reply_at(reply, 0), &host) ||
        !redis_reply_text(redis_reply_at(reply, 1), &port)) {
        does_not_know(sentinel, reply);
        return;
    }
    sentinel->failures = 0;
    pyro_timer_start(sentinel->timer, PERIOD);
    sentinel->ops->found(sentinel->owner, host.data, (uint16_t)atoi(port.data));
}

static void send_question(struct redis_sentinel *sentinel)
{
    struct redis_command question = {.count = 0};
    struct pyro_error err;
    redis_command_text(&question, "SENTINEL");
    redis_command_text(&question, "get-master-addr-by-name");
    redis_command_text(&question, sentinel->url->master);
    sentinel->asked = true;
    if (redis_client_send(sentinel->client, &question, ANSWER_TIMEOUT, sentinel_on_answer, sentinel,
                          &err) != PYRO_OK)
        pass_over(sentinel, &err);
}

static void sentinel_connected(void *owner)
{
    struct redis_sentinel *sentinel = owner;
    sentinel->connected = true;
    send_question(sentinel);
}

static void sentinel_ended(void *owner, const struct pyro_error *why)
{
    pass_over(owner, why);
}

static const struct redis_client_ops client_ops = {sentinel_connected, sentinel_ended};

static void connect_next(struct redis_sentinel *sentinel)
{
    const struct redis_place *place = &sentinel->url->places[sentinel->at];
    struct redis_login login = {.host = place->host, .port = place->port};
    struct pyro_error err;
    sentinel->client = redis_client_new(sentinel->loop, &login, &client_ops, sentinel, &err);
    if (!sentinel->client)
        pass_over(sentinel, &err);
}

void redis_sentinel_ask(struct redis_sentinel *sentinel)
{
    pyro_timer_start(sentinel->timer, 0);
}

static void sentinel_on_due(struct pyro_completion *due)
{
    struct redis_sentinel *sentinel = PYRO_CONTAINER(due, struct redis_sentinel, due);
    if (!sentinel->client)
        connect_next(sentinel);
    else if (sentinel->connected && !sentinel->asked)
        send_question(sentinel);
}

struct redis_sentinel *redis_sentinel_new(struct pyro_loop *loop, const struct redis_url *url,
                                          const struct redis_sentinel_ops *ops, void *owner,
                                          struct pyro_error *err)
{
    struct redis_sentinel *sentinel = pyro_calloc(1, sizeof(*sentinel));
    if (!sentinel) {
        pyro_error_memory(err);
        return NULL;
    }
    *sentinel = (struct redis_sentinel){.loop = loop, .url = url, .ops = ops, .owner = owner};
    pyro_completion_init(&sentinel->due, sentinel_on_due);
    sentinel->timer = pyro_timer_new(loop, &sentinel->due);
    if (!sentinel->timer) {
        pyro_free(sentinel);
        pyro_error_memory(err);
        return NULL;
    }
    return sentinel;
}

void redis_sentinel_close(struct redis_sentinel *sentinel)
{
    if (!sentinel)
        return;
    disconnect(sentinel);
    pyro_timer_free(sentinel->timer);
    pyro_free(sentinel);
}
