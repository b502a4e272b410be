/* A daemon's publisher: a keeper for each name server, and what they tell.
 *
 * Keepers post news; the completion frees those that keep nothing any more, tells the program of
 * one lost name (which may free the publisher, so that comes last), and ends the wait for a
 * publisher that stops. */
#include "naming/client/publisher.h"

#include "base/assert.h"
#include "base/memory.h"
#include "base/random.h"
#include "naming/client/keeper.h"

struct pyro_publisher {
    struct pyro_runtime *runtime;
    void (*lost)(void *owner, const char *name); /* or NULL */
    void *owner;
    char id[PYRO_HEX_ID_SIZE]; /* the owner's id at name servers */
    struct pyro_list keepers;
    struct keeper_news news;
    bool stopped;                     /* or about to: publishes nothing any more */
    struct pyro_publishing *stopping; /* who waits for it to stop, or NULL */
    struct pyro_timer *timer;         /* of stopping */
    struct pyro_completion expired;
};

static struct keeper *keeper_of(struct pyro_list *node)
{
    return PYRO_CONTAINER(node, struct keeper, node);
}

/* --- stopping --- */

static void publisher_on_stopped(struct pyro_completion *done)
{
    struct pyro_publishing *wait = PYRO_CONTAINER(done, struct pyro_publishing, finished);
    wait->done(wait);
}

/* Ends the wait for a publisher that stops: all names are removed, or the time is over. */
static void end_stopping(struct pyro_publisher *publisher)
{
    struct pyro_publishing *wait = publisher->stopping;
    if (!wait)
        return;
    pyro_timer_stop(publisher->timer);
    publisher->stopping = NULL;
    wait->stopping = NULL;
    pyro_loop_post(publisher->runtime->loop, &wait->finished);
}

static void publisher_on_expired(struct pyro_completion *done)
{
    end_stopping(PYRO_CONTAINER(done, struct pyro_publisher, expired));
}

bool pyro_publisher_stop(struct pyro_publisher *publisher, struct pyro_publishing *wait)
{
    if (publisher->stopped)
        return false;
    publisher->stopped = true;
    for (struct pyro_list *node = publisher->keepers.next; node != &publisher->keepers;
         node = node->next)
        keeper_stop(keeper_of(node));
    if (pyro_list_empty(&publisher->keepers))
        return false;
    publisher->stopping = wait;
    wait->stopping = publisher;
    pyro_error_clear(&wait->error);
    pyro_completion_init(&wait->finished, publisher_on_stopped);
    pyro_timer_start(publisher->timer, PYRO_STOP_TIME);
    return true;
}

/* --- news --- */

static void free_empty_keepers(struct pyro_publisher *publisher)
{
    for (struct pyro_list *node = publisher->keepers.next, *next; node != &publisher->keepers;
         node = next) {
        next = node->next;
        if (keeper_of(node)->phase == KEEPER_RESTS && keeper_is_empty(keeper_of(node)))
            keeper_free(keeper_of(node));
    }
}

static void publisher_on_news(struct pyro_completion *done)
{
    struct pyro_publisher *publisher = PYRO_CONTAINER(done, struct pyro_publisher, news.posted);
    free_empty_keepers(publisher);
    if (pyro_list_empty(&publisher->keepers))
        end_stopping(publisher);
    struct pyro_list *first = pyro_list_pop(&publisher->news.lost);
    if (!first)
        return;
    if (!pyro_list_empty(&publisher->news.lost))
        pyro_loop_post(publisher->runtime->loop, done);
    struct publication *p = publication_of(first);
    if (publisher->lost)
        publisher->lost(publisher->owner, p->name);
    publication_free(p);
}

/* --- publishing --- */

struct pyro_publisher *pyro_publisher_new(struct pyro_runtime *runtime,
                                          void (*lost)(void *owner, const char *name), void *owner,
                                          struct pyro_error *err)
{
    struct pyro_publisher *publisher = pyro_calloc(1, sizeof(*publisher));
    if (!publisher) {
        pyro_error_memory(err);
        return NULL;
    }
    publisher->runtime = runtime;
    publisher->lost = lost;
    publisher->owner = owner;
    pyro_list_init(&publisher->keepers);
    pyro_list_init(&publisher->news.lost);
    pyro_completion_init(&publisher->news.posted, publisher_on_news);
    pyro_completion_init(&publisher->expired, publisher_on_expired);
    publisher->timer = pyro_timer_new(runtime->loop, &publisher->expired);
    if (!publisher->timer)
        pyro_error_memory(err);
    else if (!pyro_random_hex_id(publisher->id))
        pyro_error_set(err, PYRO_EOS, "the system has no random numbers");
    else
        return publisher;
    pyro_publisher_free(publisher);
    return NULL;
}

/* Finds the keeper of a name server, or makes one; NULL with the error. */
static struct keeper *find_keeper(struct pyro_publisher *publisher,
                                  const struct pyro_publish_options *options,
                                  struct pyro_error *err)
{
    for (struct pyro_list *node = publisher->keepers.next; node != &publisher->keepers;
         node = node->next)
        if (keeper_is_at(keeper_of(node), options))
            return keeper_of(node);
    struct keeper *k =
        keeper_new(publisher->runtime, publisher->id, &publisher->news, options, err);
    if (k)
        pyro_list_push(&publisher->keepers, &k->node);
    return k;
}

/* Finds a name that is published, and its keeper; NULL where there is none. */
static struct publication *find(const struct pyro_publisher *publisher, const char *name,
                                struct keeper **keeper)
{
    struct publication *p = NULL;
    for (struct pyro_list *node = publisher->keepers.next; !p && node != &publisher->keepers;
         node = node->next) {
        *keeper = keeper_of(node);
        p = keeper_find(*keeper, name);
    }
    return p;
}

enum pyro_code pyro_publisher_publish(struct pyro_publisher *publisher, const char *name,
                                      const char *uri, const struct pyro_publish_options *options,
                                      struct pyro_publishing *wait, struct pyro_error *err)
{
    struct keeper *k;
    if (publisher->stopped)
        return pyro_error_set(err, PYRO_EDAEMON, "the daemon is being closed");
    if (!(options->lease >= 1 && options->lease <= PYRO_LONGEST_LEASE))
        return pyro_error_set(err, PYRO_EVALUE, "a lease is 1 to %.0f seconds, got %g",
                              PYRO_LONGEST_LEASE, options->lease);
    if (find(publisher, name, &k))
        return pyro_error_set(err, PYRO_ENAMING, "the daemon has published the name '%s' already",
                              name);
    struct publication *p = publication_new(name, uri, options, err);
    if (!p)
        return err->code;
    k = find_keeper(publisher, options, err);
    if (!k) {
        publication_free(p);
        return err->code;
    }
    publication_wait(p, wait, publisher->runtime->loop);
    keeper_add(k, p);
    return PYRO_OK;
}

bool pyro_publisher_unpublish(struct pyro_publisher *publisher, const char *name,
                              struct pyro_publishing *wait)
{
    struct keeper *k;
    struct pyro_error why;
    struct publication *p = find(publisher, name, &k);
    if (!p)
        return false;
    pyro_error_set(&why, PYRO_ENAMING, "the name '%s' was unpublished meanwhile", name);
    publication_tell(p, false, &why);
    publication_wait(p, wait, publisher->runtime->loop);
    keeper_withdraw(k, p);
    return true;
}

void pyro_publishing_cancel(struct pyro_publishing *wait)
{
    struct publication *p = wait->publication;
    if (p) {
        p->wait = NULL;
        if (!publication_leaves(p))
            p->next = PUBLICATION_WITHDRAW;
    }
    if (wait->stopping) {
        pyro_timer_stop(wait->stopping->timer);
        wait->stopping->stopping = NULL;
    }
    wait->publication = NULL;
    wait->stopping = NULL;
    if (wait->finished.run)
        pyro_completion_cancel(&wait->finished);
}

void pyro_publisher_free(struct pyro_publisher *publisher)
{
    if (!publisher)
        return;
    end_stopping(publisher);
    while (!pyro_list_empty(&publisher->keepers))
        keeper_free(keeper_of(publisher->keepers.next));
    while (!pyro_list_empty(&publisher->news.lost))
        publication_free(publication_of(publisher->news.lost.next));
    pyro_completion_cancel(&publisher->news.posted);
    pyro_timer_free(publisher->timer);
    pyro_free(publisher);
}
