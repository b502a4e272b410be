/* Steps of a keeper: its questions for a name, by enum publication_step, and their consequences.
 *
 * A name server with leases is asked with publish(), renew() and withdraw(), others with
 * register(), lookup() and remove(). Both are asked to publish again only if nobody else has the
 * name ("claim"). Where that is refused, the keeper looks who has it: nobody (the refusal is put
 * down to the name server's state, and the claim repeated later), we (registered by another way, it
 * is published whoever has it), or somebody else (it is lost). */
#include "naming/client/keeper_step.h"

#include <string.h>

#include "base/assert.h"
#include "naming/client/question.h"

/* --- questions --- */

static struct pyro_value tags_of(const struct publication *p)
{
    if (p->tag_count == 0)
        return (struct pyro_value){.type = PYRO_NIL};
    return (struct pyro_value){.type = PYRO_CONTAINER_VALUE,
                               .kind = PYRO_LIST,
                               .u.of = {.items = p->tags, .count = p->tag_count}};
}

static enum pyro_code ask_to_publish(struct keeper *k, const struct publication *p, bool safe,
                                     double timeout, struct pyro_error *err)
{
    if (step_is_leased(k, p)) {
        const struct pyro_value args[] = {question_text(p->name),
                                          question_text(p->uri_text),
                                          question_text(k->owner),
                                          question_real(p->lease),
                                          tags_of(p),
                                          question_bool(safe)};
        return question_ask(k->client, &k->call, timeout, "publish", args, PYRO_COUNT(args), err);
    }
    const struct pyro_value args[] = {question_text(p->name), question_text(p->uri_text),
                                      question_bool(safe), tags_of(p)};
    return question_ask(k->client, &k->call, timeout, "register", args, PYRO_COUNT(args), err);
}

enum pyro_code step_ask(struct keeper *k, struct publication *p, double timeout,
                        struct pyro_error *err)
{
    const struct pyro_value args[] = {question_text(p->name), question_text(k->owner)};
    k->step = p->next;
    switch (p->next) {
    case PUBLICATION_REMOVE:
        return question_ask(k->client, &k->call, timeout, "remove", args, 1, err);
    case PUBLICATION_WITHDRAW:
        if (step_is_leased(k, p))
            return question_ask(k->client, &k->call, timeout, "withdraw", args, 2, err);
        return question_ask(k->client, &k->call, timeout, "lookup", args, 1, err);
    case PUBLICATION_PUBLISH:
        return ask_to_publish(k, p, p->safe, timeout, err);
    case PUBLICATION_CLAIM:
        return ask_to_publish(k, p, true, timeout, err);
    case PUBLICATION_LOOK:
    case PUBLICATION_KEPT:
        break;
    }
    PYRO_ASSERT(p->next == PUBLICATION_LOOK);
    return question_ask(k->client, &k->call, timeout, "lookup", args, 1, err);
}

/* --- what becomes of a name --- */

/* Puts a publication off until the next round. */
static void put_off(struct keeper *k, struct publication *p, enum publication_step next)
{
    p->next = next;
    p->refused = false;
    pyro_list_remove(&p->node);
    pyro_list_push(&k->kept, &p->node);
}

static void keep(struct keeper *k, struct publication *p)
{
    if (p->troubled)
        pyro_log_write(&k->runtime->log, PYRO_INFO, "naming", "the name '%s' is kept again",
                       p->name);
    p->troubled = false;
    p->safe = false;
    put_off(k, p, PUBLICATION_KEPT);
    publication_tell(p, false, NULL);
}

/* Ends a publication of a name that is removed, or (`removed` false) not the keeper's any more. */
static void let_go(struct publication *p, bool removed)
{
    publication_tell(p, removed, NULL);
    publication_free(p);
}

void step_give_up(struct publication *p, bool registered, const struct pyro_error *why)
{
    publication_tell(p, false, why);
    p->next = PUBLICATION_WITHDRAW;
    p->troubled = true;
    if (!registered)
        publication_free(p);
}

void step_refuse(struct keeper *k, struct publication *p, const struct pyro_error *why)
{
    bool leaves = publication_leaves(p);
    if (!p->troubled && !p->wait)
        pyro_log_write(&k->runtime->log, PYRO_WARNING, "naming", "the name '%s' cannot be %s: %s",
                       p->name, leaves ? "removed" : "kept for now", why->message);
    p->troubled = true;
    if (leaves)
        step_give_up(p, false, why);
    else if (p->wait) /* it may be stored, but not as it should: renewals would keep it */
        step_give_up(p, p->sent && step_is_leased(k, p), why);
    else
        put_off(k, p, PUBLICATION_CLAIM);
}

static void lose(struct keeper *k, struct publication *p, const struct pyro_uri *to)
{
    struct pyro_error why;
    struct pyro_buffer text = {.data = NULL};
    bool shown = pyro_uri_text(to, &text) && pyro_buffer_append(&text, "", 1);
    pyro_error_set(&why, PYRO_ENAMING, "the name '%s' was registered by somebody else: %s", p->name,
                   shown ? text.data : "?");
    pyro_buffer_free(&text);
    if (p->wait) {
        step_refuse(k, p, &why);
        return;
    }
    pyro_log_write(&k->runtime->log, PYRO_WARNING, "naming", "%s; it is kept no more", why.message);
    pyro_list_remove(&p->node);
    pyro_list_push(&k->news->lost, &p->node);
    pyro_loop_post(k->runtime->loop, &k->news->posted);
}

/* --- answers --- */

struct answer {
    struct pyro_error err; /* the exception that came, or what is wrong with the answer */
    int64_t count;         /* where it is an integer; else 0 */
    bool ours;             /* the URI that was looked up is ours; else */
    struct pyro_uri uri;   /* it is this one; the reader frees it */
};

static void read_answer(struct keeper *k, const struct publication *p, bool uri, struct answer *a)
{
    struct pyro_tree tree;
    const struct pyro_value *value;
    *a = (struct answer){.count = 0};
    pyro_tree_init(&tree, &a->err);
    if (question_read(&k->call, &tree, &value, &a->err) == PYRO_OK) {
        if (uri && question_read_uri(value, &a->uri, &a->err) == PYRO_OK)
            a->ours = pyro_uri_equals(&a->uri, &p->uri);
        else if (!uri && value->type == PYRO_INT)
            a->count = value->u.integer;
    }
    pyro_tree_free(&tree);
}

static void take_published(struct keeper *k, struct publication *p, const struct answer *a)
{
    if (a->err.code == PYRO_OK) {
        keep(k, p);
    } else if (a->err.code == PYRO_ENAMING && k->step == PUBLICATION_CLAIM) {
        p->refused = true;
        p->next = PUBLICATION_LOOK;
    } else {
        step_refuse(k, p, &a->err);
    }
}

static void take_looked_up(struct keeper *k, struct publication *p, const struct answer *a)
{
    if (a->ours && p->refused && step_is_leased(k, p)) {
        p->next = PUBLICATION_PUBLISH;
        p->safe = false;
    } else if (a->ours) {
        keep(k, p);
    } else if (a->err.code == PYRO_OK)
        lose(k, p, &a->uri);
    else if (a->err.code == PYRO_ENAMING && !p->refused)
        p->next = PUBLICATION_CLAIM;
    else
        step_refuse(k, p, &a->err);
}

static void take_withdrawn(struct keeper *k, struct publication *p, const struct answer *a)
{
    bool gone = a->err.code == PYRO_ENAMING || (a->err.code == PYRO_OK && !a->ours);
    if (k->step == PUBLICATION_WITHDRAW && !step_is_leased(k, p)) {
        if (a->ours)
            p->next = PUBLICATION_REMOVE;
        else if (gone)
            let_go(p, false);
        else
            step_refuse(k, p, &a->err);
    } else if (a->err.code == PYRO_OK) {
        let_go(p, a->count > 0);
    } else {
        step_refuse(k, p, &a->err);
    }
}

void step_take(struct keeper *k, struct publication *p)
{
    struct answer a;
    bool looked =
        k->step == PUBLICATION_LOOK || (k->step == PUBLICATION_WITHDRAW && !step_is_leased(k, p));
    read_answer(k, p, looked, &a);
    if (k->step <= PUBLICATION_WITHDRAW)
        take_withdrawn(k, p, &a);
    else if (publication_leaves(p)) /* meanwhile; whatever came of the step */
        ;
    else if (looked)
        take_looked_up(k, p, &a);
    else
        take_published(k, p, &a);
    pyro_uri_free(&a.uri);
}

/* --- renewals --- */

enum pyro_code step_ask_renewal(struct keeper *k, double timeout, struct pyro_error *err)
{
    const struct pyro_value owner = question_text(k->owner);
    return question_ask(k->client, &k->call, timeout, "renew", &owner, 1, err);
}

void step_take_renewal(struct keeper *k)
{
    struct answer a;
    int64_t expected = 0;
    read_answer(k, NULL, false, &a);
    k->renew = false;
    for (struct pyro_list *node = k->kept.next; node != &k->kept; node = node->next) {
        const struct publication *p = publication_of(node);
        expected += p->next == PUBLICATION_KEPT && !p->lasting;
    }
    if (a.err.code != PYRO_OK)
        pyro_log_write(&k->runtime->log, PYRO_WARNING, "naming", "leases cannot be renewed: %s",
                       a.err.message);
    if (a.err.code != PYRO_OK || a.count >= expected)
        return;
    for (struct pyro_list *node = k->kept.next, *next; node != &k->kept; node = next) {
        struct publication *p = publication_of(node);
        next = node->next;
        if (p->lasting)
            continue;
        p->next = PUBLICATION_CLAIM;
        pyro_list_remove(node);
        pyro_list_push(&k->todo, node);
    }
}
