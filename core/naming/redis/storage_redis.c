#include "naming/redis/storage_redis.h"

#include "base/memory.h"
#include "base/random.h"
#include "naming/redis/redis_changes.h"
#include "naming/redis/redis_renewals.h"
#include "net/timer.h"

/* Seconds between two looks for leases that are over, and at the server's role. */
#define SWEEP 1.0
/* Names that one look removes at most. */
#define SWEEP_MOST "1000"

struct redis {
    struct storage storage;
    struct pyro_runtime *runtime;
    struct redis_url url;
    struct redis_script script;
    struct redis_link *link;
    struct redis_copy copy;
    struct redis_changes changes;
    struct redis_renewals renewals;
    struct pyro_timer *timer;
    struct pyro_completion sweep;
    int64_t asked;    /* the copy's revision when it was last asked for */
    bool open;        /* it was once complete */
    bool interrupted; /* that the link is down was logged */
    bool sweep_fails; /* the last sweep failed, which was logged */
};

static struct redis *redis_of(struct storage *self)
{
    return PYRO_CONTAINER(self, struct redis, storage);
}

/* --- leases --- */

static void start_sweep(struct redis *redis)
{
    pyro_timer_start(redis->timer, pyro_random_around(SWEEP));
}

/* Logs that leases do not end, once. */
static void report_sweep(struct redis *redis, const redisReply *reply)
{
    bool failed = reply->type == REDIS_REPLY_ERROR;
    if (failed && !redis->sweep_fails)
        pyro_log_write(&redis->runtime->log, PYRO_WARNING, "naming",
                       "leases do not end: Redis refuses to look for those that are over: %s",
                       reply->str);
    redis->sweep_fails = failed;
}

static void sweep(struct redis *redis, bool whole);

static void redis_on_swept(void *context, const redisReply *reply)
{
    struct redis *redis = context;
    const redisReply *revision = redis_reply_at(reply, 1);
    if (redis_script_is_unknown(reply)) {
        sweep(redis, true);
        return;
    }
    report_sweep(redis, reply);
    if (!revision || revision->type != REDIS_REPLY_INTEGER)
        return;
    redis_copy_check(&redis->copy, revision->integer, redis->asked);
    redis_changes_check(&redis->changes, revision->integer);
}

/* Looks for leases that are over. */
static void sweep(struct redis *redis, bool whole)
{
    struct redis_command command = {.count = 0};
    struct pyro_error err;
    redis->asked = redis->copy.revision;
    redis_script_begin(&redis->script, whole, &command);
    redis_command_text(&command, "sweep");
    redis_command_text(&command, SWEEP_MOST);
    if (redis_client_send(redis->link->commands, &command, REDIS_WAIT + REDIS_TIMEOUT,
                          redis_on_swept, redis, &err) != PYRO_OK)
        redis_link_drop(redis->link, &err);
}

static void redis_on_sweep(struct pyro_completion *done)
{
    struct redis *redis = PYRO_CONTAINER(done, struct redis, sweep);
    start_sweep(redis);
    if (redis->link->is_up)
        sweep(redis, false);
    if (redis->link->is_up)
        redis_link_look(redis->link);
}

/* --- the link --- */

static void redis_on_up(void *owner)
{
    struct redis *redis = owner;
    redis->interrupted = false;
    redis_copy_follow(&redis->copy, redis->link);
}

static void redis_on_down(void *owner, const struct pyro_error *why)
{
    struct redis *redis = owner;
    redis_copy_stay(&redis->copy);
    if (redis->open && !redis->interrupted)
        pyro_log_write(&redis->runtime->log, PYRO_WARNING, "naming",
                       "%s; names stay as they are until it is back", why->message);
    redis->interrupted = true;
    redis_changes_give_up(&redis->changes, why->message);
    redis_renewals_give_up(&redis->renewals);
}

static void redis_on_advanced(void *owner)
{
    struct redis *redis = owner;
    redis_changes_advance(&redis->changes);
}

static void redis_on_failed(void *owner, const struct pyro_error *why)
{
    struct redis *redis = owner;
    redis_link_drop(redis->link, why);
}

static const struct redis_link_ops link_ops = {redis_on_up, redis_on_down};
static const struct redis_copy_ops copy_ops = {redis_on_advanced, redis_on_failed};

/* --- life --- */

static void redis_change(struct storage *self, struct change *change)
{
    redis_changes_send(&redis_of(self)->changes, change);
}

static void redis_ask(struct storage *self, struct renewals *renewals)
{
    redis_renewals_ask(&redis_of(self)->renewals, renewals);
}

static void redis_close(struct storage *self)
{
    struct redis *redis = redis_of(self);
    if (redis->link)
        redis_copy_stay(&redis->copy); /* no change is taken from now on */
    redis_changes_give_up(&redis->changes, "the name server ends");
    redis_renewals_give_up(&redis->renewals);
    redis_link_close(redis->link);
    redis_copy_free(&redis->copy);
    pyro_timer_free(redis->timer);
    redis_script_free(&redis->script);
    redis_url_free(&redis->url);
    pyro_free(redis);
}

static const struct storage_ops redis_ops = {redis_change, redis_close, redis_ask};

static enum pyro_code start(struct redis *redis, const char *url, struct pyro_error *err)
{
    enum pyro_code code = redis_url_parse(&redis->url, url, err);
    if (code == PYRO_OK)
        code = redis_script_init(&redis->script, redis->url.prefix, err);
    if (code == PYRO_OK)
        code = redis_copy_init(&redis->copy, redis->runtime, redis->storage.registry,
                               &redis->script, &copy_ops, redis, err);
    if (code != PYRO_OK)
        return code;
    redis->timer = pyro_timer_new(redis->runtime->loop, &redis->sweep);
    if (!redis->timer)
        return pyro_error_memory(err);
    redis->link = redis_link_new(redis->runtime, &redis->url, &link_ops, redis, err);
    redis->changes.link = redis->renewals.link = redis->link;
    redis->changes.wait = redis->url.wait;
    return redis->link ? PYRO_OK : err->code;
}

/* Waits until all names are there, or the first attempt failed. Each of its steps has a timeout. */
static enum pyro_code wait_for_names(struct redis *redis, struct pyro_error *err)
{
    while (!redis->copy.complete && !redis->interrupted)
        pyro_loop_step(redis->runtime->loop, -1);
    if (!redis->copy.complete) {
        *err = redis->link->why;
        return err->code;
    }
    redis->open = true;
    start_sweep(redis);
    return PYRO_OK;
}

struct storage *storage_redis_open(struct pyro_runtime *runtime, const char *url,
                                   struct registry *registry, struct pyro_error *err)
{
    struct redis *redis = pyro_calloc(1, sizeof(*redis));
    if (!redis) {
        pyro_error_memory(err);
        return NULL;
    }
    redis->storage = (struct storage){.ops = &redis_ops, .registry = registry};
    redis->runtime = runtime;
    redis->changes = (struct redis_changes){
        .storage = &redis->storage, .script = &redis->script, .copy = &redis->copy};
    redis_changes_init(&redis->changes);
    redis->renewals = (struct redis_renewals){.script = &redis->script, .copy = &redis->copy};
    pyro_list_init(&redis->renewals.asked);
    pyro_completion_init(&redis->sweep, redis_on_sweep);
    if (start(redis, url, err) != PYRO_OK || wait_for_names(redis, err) != PYRO_OK) {
        redis_close(&redis->storage);
        return NULL;
    }
    return &redis->storage;
}
