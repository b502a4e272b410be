/* Loading: the revision is noted, then all names are read in pages, then the events since that
 * revision: what they say of a name is never older than what a page has, at the end. */
#include "naming/redis/redis_copy.h"

#include <stdio.h>

#include "base/assert.h"
#include "base/escape.h"
#include "net/timer.h"

#define PAGE "1000" /* names */
#define BATCH 200   /* events */
#define BATCH_TEXT "200"
#define BLOCK 2.0 /* seconds for which Redis waits for an event */
#define BLOCK_TEXT "2000"
/* Events that come one by one are taken together: seconds between two looks at the stream, while
 * nobody waits for what is in it. */
#define PAUSE 0.02

static void load_page(struct redis_copy *copy, bool whole);
static void read_stream(struct redis_copy *copy);

static void fail(struct redis_copy *copy, const struct pyro_error *why)
{
    copy->run_id[0] = '\0'; /* what is missing now has to be loaded */
    copy->ops->failed(copy->owner, why);
}

static void fail_by_reply(struct redis_copy *copy, const char *what, const redisReply *reply)
{
    struct pyro_error why;
    char text[160] = "the reply has another form";
    if (reply->type == REDIS_REPLY_ERROR)
        pyro_escape(text, sizeof(text), pyro_slice(reply->str, reply->len));
    pyro_error_set(&why, PYRO_ECOMMUNICATION, "Redis at %.80s:%d gives no %s: %s",
                   copy->link->place.host, copy->link->place.port, what, text);
    fail(copy, &why);
}

static void advance(struct redis_copy *copy)
{
    if (!copy->link)
        return; /* to ask for more failed */
    if (!copy->complete && copy->revision >= copy->wanted) {
        copy->complete = true;
        pyro_log_write(&copy->runtime->log, PYRO_INFO, "naming",
                       "names are as Redis at %s:%d has them, at revision %lld",
                       copy->link->place.host, copy->link->place.port, (long long)copy->revision);
    }
    copy->ops->advanced(copy->owner);
}

static void load(struct redis_copy *copy)
{
    copy->complete = false;
    copy->loading = true;
    copy->start = copy->wanted = 0;
    redis_names_begin(&copy->names);
    load_page(copy, false);
}

/* --- events --- */

/* Does what events say that follow each other; false where one is missing, or with an error. */
static bool take_events(struct redis_copy *copy, const redisReply *entries, struct pyro_error *err)
{
    const redisReply *entry;
    for (size_t i = 0; (entry = redis_reply_at(entries, i)); i++) {
        int64_t revision;
        if (!redis_reply_revision(redis_reply_at(entry, 0), &revision))
            return false;
        if (revision <= copy->revision)
            continue;
        if (revision != copy->revision + 1 ||
            redis_names_event(&copy->names, redis_reply_at(entry, 1), err) != PYRO_OK)
            return false;
        copy->revision = revision;
    }
    return true;
}

static void take_batch(struct redis_copy *copy, const redisReply *entries)
{
    struct pyro_error err = {.code = PYRO_OK};
    if (!take_events(copy, entries, &err)) {
        if (err.code != PYRO_OK)
            fail(copy, &err);
        else
            load(copy); /* the stream does not reach back far enough */
        return;
    }
    if (entries->elements >= BATCH || copy->wanted > copy->revision)
        read_stream(copy);
    else
        pyro_timer_start(copy->timer, PAUSE);
    advance(copy);
}

static void copy_on_events(void *context, const redisReply *reply)
{
    struct redis_copy *copy = context;
    const redisReply *entries = redis_reply_at(redis_reply_at(reply, 0), 1);
    copy->reading = false;
    if (copy->loading)
        return; /* it is about what was before */
    if (reply->type == REDIS_REPLY_NIL)
        read_stream(copy);
    else if (entries && redis_reply_at(entries, 0))
        take_batch(copy, entries);
    else
        fail_by_reply(copy, "changes", reply);
}

static void read_stream(struct redis_copy *copy)
{
    static const char *const words[] = {"XREAD", "COUNT",    BATCH_TEXT,
                                        "BLOCK", BLOCK_TEXT, "STREAMS"};
    struct redis_command command = {.count = 0};
    char key[REDIS_KEY_SIZE + 8], from[32];
    struct pyro_error err;
    if (copy->reading)
        return;
    pyro_timer_stop(copy->timer);
    for (size_t i = 0; i < PYRO_COUNT(words); i++)
        redis_command_text(&command, words[i]);
    snprintf(key, sizeof(key), "%sev", copy->script->key);
    snprintf(from, sizeof(from), "%lld-0", (long long)copy->revision);
    redis_command_text(&command, key);
    redis_command_text(&command, from);
    copy->reading = true;
    if (redis_client_send(copy->link->events, &command, BLOCK + REDIS_TIMEOUT, copy_on_events, copy,
                          &err) != PYRO_OK)
        fail(copy, &err);
}

static void copy_on_due(struct pyro_completion *due)
{
    struct redis_copy *copy = PYRO_CONTAINER(due, struct redis_copy, due);
    if (copy->link && !copy->loading)
        read_stream(copy);
}

void redis_copy_tell(struct redis_copy *copy, int64_t revision)
{
    if (!copy->link || copy->loading)
        return;
    if (revision > copy->wanted)
        copy->wanted = revision;
    if (revision > copy->revision)
        read_stream(copy);
}

void redis_copy_check(struct redis_copy *copy, int64_t revision, int64_t before)
{
    if (copy->link && !copy->loading && revision < before)
        load(copy);
    else
        redis_copy_tell(copy, revision);
}

void redis_copy_apply(struct redis_copy *copy, struct storage *storage, const struct change *change,
                      int64_t revision)
{
    struct pyro_error err;
    if (!copy->complete || revision != copy->revision + 1) {
        redis_copy_tell(copy, revision);
        return;
    }
    copy->revision = revision;
    if (storage_apply(storage, change, &err) != PYRO_OK)
        fail(copy, &err);
}

/* --- pages --- */

static void begin_to_read(struct redis_copy *copy)
{
    copy->loading = false;
    copy->revision = copy->start;
    snprintf(copy->run_id, sizeof(copy->run_id), "%s", copy->link->run_id);
    read_stream(copy);
    advance(copy);
}

static void take_page(struct redis_copy *copy, int64_t revision, const redisReply *rows)
{
    struct pyro_error err;
    bool ended = rows->elements == 0;
    if (copy->names.from.length == 0)
        copy->start = revision;
    copy->wanted = revision;
    if ((ended ? redis_names_end(&copy->names, &err)
               : redis_names_page(&copy->names, rows, &err)) != PYRO_OK)
        fail(copy, &err);
    else if (ended)
        begin_to_read(copy);
    else
        load_page(copy, false);
}

static void copy_on_page(void *context, const redisReply *reply)
{
    struct redis_copy *copy = context;
    const redisReply *revision = redis_reply_at(reply, 0), *rows = redis_reply_at(reply, 1);
    if (redis_script_is_unknown(reply))
        load_page(copy, true);
    else if (!revision || revision->type != REDIS_REPLY_INTEGER || !rows ||
             rows->type != REDIS_REPLY_ARRAY)
        fail_by_reply(copy, "names", reply);
    else
        take_page(copy, revision->integer, rows);
}

static void load_page(struct redis_copy *copy, bool whole)
{
    struct redis_command command = {.count = 0};
    struct pyro_error err;
    redis_script_begin(copy->script, whole, &command);
    redis_command_text(&command, "page");
    const struct pyro_buffer *from = &copy->names.from;
    redis_command_add(&command, from->length > 0 ? pyro_slice(from->data, from->length)
                                                 : pyro_slice_text("-"));
    redis_command_text(&command, PAGE);
    if (redis_client_send(copy->link->commands, &command, REDIS_TIMEOUT, copy_on_page, copy,
                          &err) != PYRO_OK)
        fail(copy, &err);
}

/* --- the link --- */

/* Where Redis is, is asked for before changes are taken: a server that is behind lost some. */
static void copy_on_revision(void *context, const redisReply *reply)
{
    struct redis_copy *copy = context;
    const redisReply *revision = redis_reply_at(reply, 1);
    if (!revision || revision->type != REDIS_REPLY_INTEGER) {
        load(copy);
        return;
    }
    redis_copy_check(copy, revision->integer, copy->revision);
    if (copy->loading)
        return;
    read_stream(copy);
    advance(copy);
}

static void catch_up(struct redis_copy *copy)
{
    struct redis_command command = {.count = 0};
    struct pyro_error err;
    redis_script_begin(copy->script, false, &command);
    redis_command_text(&command, "sweep");
    redis_command_text(&command, "0");
    if (redis_client_send(copy->link->commands, &command, REDIS_TIMEOUT, copy_on_revision, copy,
                          &err) != PYRO_OK)
        fail(copy, &err);
}

void redis_copy_follow(struct redis_copy *copy, struct redis_link *link)
{
    PYRO_ASSERT(!copy->link && link->is_up);
    copy->link = link;
    copy->reading = copy->loading = copy->complete = false;
    copy->wanted = 0;
    if (copy->run_id[0] && strcmp(copy->run_id, link->run_id) == 0)
        catch_up(copy);
    else
        load(copy);
}

void redis_copy_stay(struct redis_copy *copy)
{
    copy->link = NULL;
    copy->complete = copy->loading = false;
    pyro_timer_stop(copy->timer);
}

enum pyro_code redis_copy_init(struct redis_copy *copy, struct pyro_runtime *runtime,
                               struct registry *registry, const struct redis_script *script,
                               const struct redis_copy_ops *ops, void *owner,
                               struct pyro_error *err)
{
    *copy = (struct redis_copy){.runtime = runtime, .script = script, .ops = ops, .owner = owner};
    copy->names = (struct redis_names){.registry = registry, .log = &runtime->log};
    pyro_completion_init(&copy->due, copy_on_due);
    copy->timer = pyro_timer_new(runtime->loop, &copy->due);
    return copy->timer ? PYRO_OK : pyro_error_memory(err);
}

void redis_copy_free(struct redis_copy *copy)
{
    redis_names_free(&copy->names);
    pyro_timer_free(copy->timer);
}
