/* A change is sent as it comes. It is answered when Redis has made it, when the registry shows it,
 * and when as many replicas as wanted have confirmed it: one WAIT, at the end of a step, is for all
 * changes before it, whose own replies come first. */
#include "naming/redis/redis_changes.h"

#include <stdio.h>

#include "base/assert.h"
#include "base/escape.h"
#include "base/memory.h"

#define WAIT_TEXT "1000" /* REDIS_WAIT in milliseconds */

/* A change on its way. */
struct entry {
    struct pyro_list node;
    struct redis_changes *changes;
    struct change *change;
    int64_t revision; /* once it is made */
    int wait;         /* replicas that have to confirm it yet */
};

/* --- answers --- */

static void answer(struct entry *entry, const struct pyro_error *why)
{
    struct storage *storage = entry->changes->storage;
    struct change *change = entry->change;
    pyro_list_remove(&entry->node);
    pyro_free(entry);
    storage_answer(storage, change, why);
}

static void refuse(struct entry *entry, const char *format, const char *text)
{
    struct pyro_error why;
    pyro_error_set(&why, PYRO_ENAMING, format, text);
    answer(entry, &why);
}

/* Returns a change that the registry shows, and that nothing is waited for. */
static struct entry *find_done(const struct redis_changes *changes)
{
    for (struct pyro_list *at = changes->stored.next; at != &changes->stored; at = at->next) {
        struct entry *entry = PYRO_CONTAINER(at, struct entry, node);
        if (entry->revision <= changes->copy->revision && entry->wait == 0)
            return entry;
    }
    return NULL;
}

void redis_changes_advance(struct redis_changes *changes)
{
    struct entry *entry;
    while ((entry = find_done(changes)))
        answer(entry, NULL);
}

void redis_changes_check(struct redis_changes *changes, int64_t revision)
{
    struct pyro_list *at = changes->stored.next;
    while (at != &changes->stored) {
        struct entry *entry = PYRO_CONTAINER(at, struct entry, node);
        at = at->next;
        if (entry->revision <= revision)
            continue;
        refuse(entry, "not stored: %s", "Redis has lost changes");
        at = changes->stored.next; /* whoever was told may have done anything */
    }
}

/* Ends all that is on its way, once Redis cannot tell any more what became of it. */
void redis_changes_give_up(struct redis_changes *changes, const char *why)
{
    struct pyro_list *lists[] = {&changes->sent, &changes->stored};
    for (size_t i = 0; i < PYRO_COUNT(lists); i++)
        while (!pyro_list_empty(lists[i]))
            refuse(PYRO_CONTAINER(lists[i]->next, struct entry, node),
                   "it is not known whether the change is stored: %s", why);
    pyro_completion_cancel(&changes->confirm);
    changes->confirming = false;
}

/* --- replicas --- */

static void changes_on_confirm(struct pyro_completion *confirm);

static void changes_on_confirmed(void *context, const redisReply *reply)
{
    struct redis_changes *changes = context;
    long long count = reply->type == REDIS_REPLY_INTEGER ? reply->integer : 0;
    struct pyro_list *at = changes->stored.next;
    char text[80];
    while (at != &changes->stored) {
        struct entry *entry = PYRO_CONTAINER(at, struct entry, node);
        if (entry->wait <= count) {
            entry->wait = 0;
            at = at->next;
            continue;
        }
        snprintf(text, sizeof(text), "%lld of %d replicas confirmed it", count, entry->wait);
        refuse(entry, "stored, not replicated: %s", text);
        at = changes->stored.next; /* whoever was told may have done anything */
    }
    changes->confirming = false;
    changes_on_confirm(&changes->confirm);
    redis_changes_advance(changes);
}

/* Redis replies to commands after a WAIT once that has ended: it holds up the connection. */
static void changes_on_confirm(struct pyro_completion *confirm)
{
    struct redis_changes *changes = PYRO_CONTAINER(confirm, struct redis_changes, confirm);
    struct redis_command command = {.count = 0};
    struct pyro_error err;
    char count[12];
    int most = 0;
    for (struct pyro_list *at = changes->sent.next; at != &changes->sent; at = at->next) {
        const struct entry *entry = PYRO_CONTAINER(at, struct entry, node);
        most = entry->wait > most ? entry->wait : most;
    }
    if (!changes->link->is_up || changes->confirming || most == 0)
        return;
    changes->confirming = true;
    snprintf(count, sizeof(count), "%d", most);
    redis_command_text(&command, "WAIT");
    redis_command_text(&command, count);
    redis_command_text(&command, WAIT_TEXT);
    if (redis_client_send(changes->link->commands, &command, REDIS_WAIT + REDIS_TIMEOUT,
                          changes_on_confirmed, changes, &err) != PYRO_OK)
        redis_link_drop(changes->link, &err);
}

/* --- changes --- */

static void send_entry(struct entry *entry, bool whole);

static void refuse_by_reply(struct entry *entry, const redisReply *reply)
{
    struct redis_link *link = entry->changes->link;
    bool demoted = reply->type == REDIS_REPLY_ERROR && strncmp(reply->str, "READONLY", 8) == 0;
    struct pyro_error why;
    char text[200] = "its reply has another form";
    if (reply->type == REDIS_REPLY_ERROR)
        pyro_escape(text, sizeof(text), pyro_slice(reply->str, reply->len));
    refuse(entry, "not stored, Redis refuses it: %s", text);
    if (!demoted || !link->is_up)
        return;
    pyro_error_set(&why, PYRO_ECOMMUNICATION, "Redis at %.80s:%d takes no changes any more",
                   link->place.host, link->place.port);
    redis_link_drop(link, &why);
}

static void changes_on_reply(void *context, const redisReply *reply)
{
    struct entry *entry = context;
    struct redis_changes *changes = entry->changes;
    const struct change *change = entry->change;
    const redisReply *applied = redis_reply_at(reply, 0), *revision = redis_reply_at(reply, 1);
    if (redis_script_is_unknown(reply)) {
        send_entry(entry, true);
        return;
    }
    if (!applied || applied->type != REDIS_REPLY_INTEGER || !revision ||
        revision->type != REDIS_REPLY_INTEGER) {
        refuse_by_reply(entry, reply);
        return;
    }
    pyro_list_remove(&entry->node);
    pyro_list_push(&changes->stored, &entry->node);
    entry->revision = revision->integer;
    entry->change->applied = (size_t)applied->integer;
    if (change->kind == CHANGE_RENEW)
        entry->revision = 0; /* nobody sees a renewal */
    else if (applied->integer != 0)
        redis_copy_apply(changes->copy, changes->storage, change, revision->integer);
    else
        redis_copy_tell(changes->copy, revision->integer);
    if (applied->integer == 0)
        entry->wait = 0; /* there is nothing to replicate */
    redis_changes_advance(changes);
}

/* Adds the arguments of a change that is about a name. */
static void add_arguments(struct redis_command *command, const struct change *change,
                          struct pyro_slice tags, char lease[32], char since[32])
{
    static const char *const whats[] = {"set", "tags", "remove"};
    static const char *const conditions[] = {"w", "a", "o", "u"};
    const struct registration *r = &change->registration;
    PYRO_ASSERT((size_t)change->kind < PYRO_COUNT(whats) &&
                (size_t)change->condition < PYRO_COUNT(conditions));
    redis_command_text(command, whats[change->kind]);
    redis_command_text(command, conditions[change->condition]);
    redis_command_add(command, change->name);
    redis_command_text(command, r->uri ? r->uri : "");
    redis_command_add(command, tags);
    redis_command_text(command, r->owner ? r->owner : "");
    snprintf(lease, 32, r->lease > 0 ? "%.17g" : "0", r->lease); /* most have none */
    snprintf(since, 32, "%lld", (long long)r->since);
    redis_command_text(command, lease);
    redis_command_text(command, since);
}

static enum pyro_code send_change(struct entry *entry, bool whole, struct pyro_error *err)
{
    struct redis_changes *changes = entry->changes;
    const struct change *change = entry->change;
    struct redis_command command = {.count = 0};
    struct pyro_buffer tags = {.data = NULL};
    char lease[32], since[32];
    enum pyro_code code = redis_record_write_tags(&change->registration, &tags, err);
    redis_script_begin(changes->script, whole, &command);
    if (change->kind == CHANGE_RENEW) {
        redis_command_text(&command, "renew");
        redis_command_text(&command, change->registration.owner);
    } else {
        add_arguments(&command, change, pyro_slice(tags.data, tags.length), lease, since);
    }
    if (code == PYRO_OK)
        code = redis_client_send(changes->link->commands, &command, REDIS_WAIT + REDIS_TIMEOUT,
                                 changes_on_reply, entry, err);
    pyro_buffer_free(&tags);
    return code;
}

static int replicas_wanted(const struct redis_changes *changes, const struct change *change)
{
    if (change->kind == CHANGE_RENEW)
        return 0;
    return changes->wait >= 0 ? changes->wait : changes->link->replicas > 0;
}

/* Sends a change, to which nothing was replied that counts. */
static void send_entry(struct entry *entry, bool whole)
{
    struct redis_changes *changes = entry->changes;
    struct pyro_error err;
    pyro_list_remove(&entry->node);
    pyro_list_push(&changes->sent, &entry->node);
    entry->wait = replicas_wanted(changes, entry->change);
    if (entry->wait > 0)
        pyro_loop_post(changes->copy->runtime->loop, &changes->confirm);
    if (send_change(entry, whole, &err) != PYRO_OK)
        answer(entry, &err);
}

void redis_changes_send(struct redis_changes *changes, struct change *change)
{
    struct pyro_error why;
    struct entry *entry = NULL;
    if (!changes->link->is_up)
        pyro_error_set(&why, PYRO_ENAMING, "not stored, Redis cannot be reached: %.300s",
                       changes->link->why.message);
    else if (!changes->copy->complete)
        pyro_error_set(&why, PYRO_ENAMING,
                       "not stored, as names are being read from Redis; try "
                       "again");
    else if (!(entry = pyro_calloc(1, sizeof(*entry))))
        pyro_error_memory(&why);
    if (!entry) {
        storage_answer(changes->storage, change, &why);
        return;
    }
    entry->changes = changes;
    entry->change = change;
    pyro_list_init(&entry->node);
    send_entry(entry, false);
}

void redis_changes_init(struct redis_changes *changes)
{
    pyro_list_init(&changes->sent);
    pyro_list_init(&changes->stored);
    pyro_completion_init(&changes->confirm, changes_on_confirm);
}
