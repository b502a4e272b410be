/* The state machine of a keeper, by enum keeper_phase.
 *
 * proceed() decides what is next whenever nothing is under way: to locate the name server, to ask
 * something, or to rest until the next round. Each of these ends in a completion, or a function
 * that users call, which calls proceed() again. In a round, leases are renewed, and names without
 * one are looked up. After trouble, which is all that breaks a connection or lets none come about,
 * there is a pause, except where the connection had worked before. Nothing in here calls the
 * program: who waits is told by completions, and so is the publisher. */
#include "naming/client/keeper_run.h"

#include "base/assert.h"
#include "base/random.h"
#include "naming/client/hosts.h"
#include "naming/client/keeper_step.h"
#include "naming/client/locate.h"
#include "rpc/members.h"

#define SHORTEST_LOOK 1.0   /* seconds between rounds of looking names up */
#define FIRST_PAUSE 0.25    /* seconds; each one is twice the one before */
#define LONGEST_PAUSE 5.0   /* likewise; a third of the shortest lease, where that is less */
#define LONGEST_ATTEMPT 5.0 /* seconds for each answer; likewise, but 1 s at least */

static void proceed(struct keeper *k);

/* --- times --- */

/* Returns a number of seconds, up to a tenth less: not all programs shall come at the same time. */
static double jittered(double seconds)
{
    uint16_t draw = 0;
    (void)pyro_random(&draw, sizeof(draw));
    return seconds * (1 - 0.1 * draw / UINT16_MAX);
}

static double third_of_lease(const struct keeper *k, double least, double most)
{
    double third = k->shortest / 3;
    return third < least ? least : third > most ? most : third;
}

/* Returns how long the name server may take to answer, in seconds. */
static double patience(const struct keeper *k)
{
    double third = third_of_lease(k, 1, LONGEST_ATTEMPT);
    double configured = k->runtime->config.COMMTIMEOUT;
    return configured > 0 && configured < third ? configured : third;
}

/* Finds the shortest lease, and says when the next round begins, which is never put off. */
static void schedule(struct keeper *k)
{
    bool leased = false;
    k->shortest = PYRO_LONGEST_LEASE;
    for (struct pyro_list *node = k->kept.next; node != &k->kept; node = node->next) {
        const struct publication *p = publication_of(node);
        leased = leased || step_is_leased(k, p);
        if (p->lease < k->shortest)
            k->shortest = p->lease;
    }
    double now = pyro_loop_now(k->runtime->loop);
    double due = now + jittered(third_of_lease(k, leased ? 0 : SHORTEST_LOOK, k->shortest));
    if (k->due <= now || due < k->due)
        k->due = due;
}

static void wait_for(struct keeper *k, enum keeper_phase phase, double seconds)
{
    k->phase = phase;
    pyro_timer_start(k->timer, seconds > 0 ? seconds : 0);
}

/* --- the connection --- */

void keeper_drop_client(struct keeper *k)
{
    pyro_call_free(&k->call);
    pyro_client_free(k->client);
    k->client = NULL;
}

bool keeper_is_connected(const struct keeper *k)
{
    return k->client && pyro_client_connected(k->client);
}

/* Tells all who wait that the name server cannot be reached. What was to be published is given up,
 * what was to be removed is tried again; when the keeper stops, that is given up, too. */
static void fail_waiting(struct keeper *k, const struct pyro_error *why)
{
    for (struct pyro_list *node = k->todo.next, *next; node != &k->todo; node = next) {
        struct publication *p = publication_of(node);
        next = node->next;
        if (p->wait && !publication_leaves(p))
            step_give_up(p, p->sent && !k->stopping, why);
        else if (k->stopping)
            publication_free(p);
        else
            publication_tell(p, false, why);
    }
}

/* Pauses, as the name server cannot be reached. Where the connection had worked before, it is
 * located again at once. */
static void be_troubled(struct keeper *k, const struct pyro_error *why)
{
    bool worked = k->client && !k->fresh;
    double longest = third_of_lease(k, SHORTEST_LOOK, LONGEST_PAUSE);
    if (k->client)
        hosts_failed(k->runtime, pyro_client_uri(k->client));
    keeper_drop_client(k);
    k->phase = KEEPER_RESTS;
    if (worked) {
        proceed(k);
        return;
    }
    fail_waiting(k, why);
    if (keeper_is_empty(k)) {
        proceed(k);
        return;
    }
    if (!k->troubled)
        pyro_log_write(&k->runtime->log, PYRO_WARNING, "naming", "names cannot be kept for now: %s",
                       why->message);
    k->troubled = true;
    k->pause = k->pause == 0 ? FIRST_PAUSE : k->pause * 2;
    if (k->pause > longest)
        k->pause = longest;
    wait_for(k, KEEPER_PAUSES, jittered(k->pause));
}

/* Begins a round: names without a lease, and those that were put off, have something to do. */
static void begin_round(struct keeper *k)
{
    for (struct pyro_list *node = k->kept.next, *next; node != &k->kept; node = next) {
        struct publication *p = publication_of(node);
        next = node->next;
        if (p->next == PUBLICATION_KEPT && step_is_leased(k, p)) {
            k->renew = true;
            continue;
        }
        if (p->next == PUBLICATION_KEPT)
            p->next = PUBLICATION_LOOK;
        pyro_list_remove(node);
        pyro_list_push(&k->todo, node);
    }
}

static void keeper_on_located(void *owner, const struct pyro_found *found)
{
    struct keeper *k = owner;
    PYRO_ASSERT(k->phase == KEEPER_LOCATES && !k->client);
    k->search = NULL;
    k->phase = KEEPER_RESTS;
    if (found->error) {
        be_troubled(k, found->error);
        return;
    }
    k->client = found->client;
    k->fresh = true;
    k->leases = (pyro_client_member(k->client, pyro_slice_text("publish")) & PYRO_METHOD) != 0;
    k->renew = false;
    begin_round(k); /* it may have lost names, or be another name server */
    proceed(k);
}

static void locate(struct keeper *k)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_locate_options where = {k->host, k->port, patience(k), k->key};
    keeper_drop_client(k);
    k->search = pyro_locate(k->runtime, &where, keeper_on_located, k, &err);
    k->phase = KEEPER_LOCATES;
    if (!k->search)
        be_troubled(k, &err);
}

/* --- calls --- */

/* Ends a call that was not answered. A name that was to be nobody's may be ours now. */
static void break_off(struct keeper *k, const struct pyro_error *why)
{
    struct pyro_error copy = *why; /* which the call has */
    if (k->subject && k->subject->next == PUBLICATION_PUBLISH && k->subject->safe)
        k->subject->next = PUBLICATION_CLAIM;
    be_troubled(k, &copy);
}

static void keeper_on_answer(struct pyro_call *call)
{
    struct keeper *k = PYRO_CONTAINER(call, struct keeper, call);
    PYRO_ASSERT(k->phase == KEEPER_ASKS && k->client);
    k->phase = KEEPER_RESTS;
    if (call->error.code != PYRO_OK) {
        break_off(k, &call->error);
        return;
    }
    if (k->troubled)
        pyro_log_write(&k->runtime->log, PYRO_INFO, "naming", "the name server answers again");
    k->troubled = false;
    k->fresh = false;
    k->pause = 0;
    if (k->subject)
        step_take(k, k->subject);
    else
        step_take_renewal(k);
    pyro_call_end(&k->call);
    proceed(k);
}

/* Asks for a publication, or (NULL) to renew leases. */
static void ask(struct keeper *k, struct publication *p)
{
    struct pyro_error err = {.code = PYRO_OK};
    k->subject = p;
    k->phase = KEEPER_ASKS;
    if ((p ? step_ask(k, p, patience(k), &err) : step_ask_renewal(k, patience(k), &err)) ==
        PYRO_OK) {
        if (p)
            p->sent = true;
        return;
    }
    k->phase = KEEPER_RESTS;
    if (p && keeper_is_connected(k)) { /* it cannot be sent */
        step_refuse(k, p, &err);
        proceed(k);
    } else {
        be_troubled(k, &err);
    }
}

/* --- what is next --- */

/* Nothing is to be done until the next round. Connections are kept for leases only: those to other
 * name servers may be few. */
static void rest(struct keeper *k)
{
    bool leased = false;
    k->phase = KEEPER_RESTS;
    for (struct pyro_list *node = k->kept.next; node != &k->kept && !leased; node = node->next)
        leased = step_is_leased(k, publication_of(node));
    if (!leased)
        keeper_drop_client(k);
    if (keeper_is_empty(k)) {
        pyro_timer_stop(k->timer);
        pyro_loop_post(k->runtime->loop, &k->news->posted);
        return;
    }
    schedule(k);
    wait_for(k, KEEPER_RESTS, k->due - pyro_loop_now(k->runtime->loop));
}

static void proceed(struct keeper *k)
{
    PYRO_ASSERT(k->phase == KEEPER_RESTS && !k->search);
    struct publication *p = pyro_list_empty(&k->todo) ? NULL : publication_of(k->todo.next);
    if (!p && !k->renew)
        rest(k);
    else if (!keeper_is_connected(k))
        locate(k);
    else if (k->renew && !(p && publication_leaves(p)))
        ask(k, NULL);
    else
        ask(k, p);
}

static void keeper_on_expired(struct pyro_completion *done)
{
    struct keeper *k = PYRO_CONTAINER(done, struct keeper, expired);
    PYRO_ASSERT(k->phase == KEEPER_RESTS || k->phase == KEEPER_PAUSES);
    if (k->phase == KEEPER_RESTS)
        begin_round(k);
    k->phase = KEEPER_RESTS;
    proceed(k);
}

bool keeper_start(struct keeper *k)
{
    k->call.done = keeper_on_answer;
    pyro_completion_init(&k->expired, keeper_on_expired);
    k->timer = pyro_timer_new(k->runtime->loop, &k->expired);
    return k->timer != NULL;
}

void keeper_wake(struct keeper *k)
{
    if (k->phase == KEEPER_LOCATES || k->phase == KEEPER_ASKS)
        return;
    pyro_timer_stop(k->timer);
    k->phase = KEEPER_RESTS;
    proceed(k);
}
