#include "naming/client/keeper.h"

#include <string.h>

#include "base/memory.h"
#include "naming/client/keeper_run.h"
#include "naming/client/keeper_step.h"
#include "naming/client/question.h"

static bool same_key(const struct pyro_hmac_key *a, const struct pyro_hmac_key *b)
{
    if (!a || !b)
        return a == b;
    struct pyro_slice one = pyro_hmac_key_secret(a), other = pyro_hmac_key_secret(b);
    return one.length == other.length && memcmp(one.data, other.data, one.length) == 0;
}

bool keeper_is_at(const struct keeper *k, const struct pyro_publish_options *where)
{
    const char *host = where->host && *where->host ? where->host : NULL;
    return k->port == where->port && same_key(k->key, where->key) &&
           (k->host ? host && strcmp(k->host, host) == 0 : !host);
}

struct keeper *keeper_new(struct pyro_runtime *runtime, const char *owner, struct keeper_news *news,
                          const struct pyro_publish_options *where, struct pyro_error *err)
{
    struct keeper *k = pyro_calloc(1, sizeof(*k));
    bool named = where->host && *where->host;
    if (!k) {
        pyro_error_memory(err);
        return NULL;
    }
    k->runtime = runtime;
    k->owner = owner;
    k->news = news;
    k->port = where->port;
    k->key = pyro_hmac_key_retain(where->key);
    k->shortest = where->lease;
    pyro_list_init(&k->node);
    pyro_list_init(&k->todo);
    pyro_list_init(&k->kept);
    if (named)
        k->host = pyro_copy_text(where->host, strlen(where->host));
    if (keeper_start(k) && (k->host || !named))
        return k;
    pyro_error_memory(err);
    keeper_free(k);
    return NULL;
}

void keeper_add(struct keeper *k, struct publication *p)
{
    if (p->lease < k->shortest || keeper_is_empty(k))
        k->shortest = p->lease;
    pyro_list_push(&k->todo, &p->node);
    keeper_wake(k);
}

static struct publication *find_in(const struct pyro_list *list, const char *name)
{
    for (struct pyro_list *node = list->next; node != list; node = node->next)
        if (strcmp(publication_of(node)->name, name) == 0 &&
            !publication_leaves(publication_of(node)))
            return publication_of(node);
    return NULL;
}

struct publication *keeper_find(const struct keeper *k, const char *name)
{
    struct publication *p = find_in(&k->todo, name);
    return p ? p : find_in(&k->kept, name);
}

/* Puts a publication before all others. */
static void hasten(struct keeper *k, struct publication *p)
{
    pyro_list_remove(&p->node);
    pyro_list_push(k->todo.next, &p->node);
}

void keeper_withdraw(struct keeper *k, struct publication *p)
{
    p->next = PUBLICATION_WITHDRAW;
    hasten(k, p);
    keeper_wake(k);
}

/* Drops all lasting names of a list. */
static void forget_lasting(struct pyro_list *list)
{
    for (struct pyro_list *node = list->next, *next; node != list; node = next) {
        next = node->next;
        if (publication_of(node)->lasting)
            publication_free(publication_of(node));
    }
}

void keeper_stop(struct keeper *k)
{
    struct pyro_error why;
    pyro_error_set(&why, PYRO_ECLOSED, "the daemon that publishes the name is being closed");
    k->stopping = true;
    if (k->phase == KEEPER_ASKS && k->subject && k->subject->lasting) {
        keeper_drop_client(k);
        k->phase = KEEPER_RESTS;
    }
    forget_lasting(&k->todo);
    forget_lasting(&k->kept);
    for (struct pyro_list *node = k->todo.next; node != &k->todo; node = node->next) {
        struct publication *p = publication_of(node);
        if (publication_leaves(p))
            continue;
        publication_tell(p, false, &why);
        p->next = PUBLICATION_WITHDRAW;
    }
    while (!pyro_list_empty(&k->kept)) {
        struct publication *p = publication_of(k->kept.next);
        p->next = PUBLICATION_WITHDRAW;
        hasten(k, p);
    }
    if (keeper_is_empty(k) && k->search) {
        pyro_search_cancel(k->search);
        k->search = NULL;
        k->phase = KEEPER_RESTS;
    }
    keeper_wake(k);
}

/* Asks to withdraw the leased names of a list, without waiting for answers. */
static void withdraw_all(struct keeper *k, struct pyro_list *list)
{
    struct pyro_error err = {.code = PYRO_OK};
    for (struct pyro_list *node = list->next; node != list; node = node->next) {
        const struct publication *p = publication_of(node);
        const struct pyro_value args[] = {question_text(p->name), question_text(k->owner)};
        if (step_is_leased(k, p))
            (void)question_ask(k->client, NULL, 0, "withdraw", args, PYRO_COUNT(args), &err);
    }
}

static void free_all(struct pyro_list *list)
{
    while (!pyro_list_empty(list))
        publication_free(publication_of(list->next));
}

void keeper_free(struct keeper *k)
{
    if (keeper_is_connected(k)) {
        withdraw_all(k, &k->todo);
        withdraw_all(k, &k->kept);
    }
    if (k->search)
        pyro_search_cancel(k->search);
    keeper_drop_client(k);
    pyro_timer_free(k->timer);
    free_all(&k->todo);
    free_all(&k->kept);
    pyro_list_remove(&k->node);
    pyro_hmac_key_release(k->key);
    pyro_free(k->host);
    pyro_free(k);
}
