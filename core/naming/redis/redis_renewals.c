#include "naming/redis/redis_renewals.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "naming/redis/redis_changes.h"

/* Owners that one command asks for. */
#define PAGE 1000

/* A question on its way. */
struct question {
    struct pyro_list node;
    struct redis_renewals *self;
    struct renewals *renewals;
    struct pyro_list *next; /* the first owner of whom nothing is known yet */
};

static bool send_page(struct question *question, bool whole);

static void answer(struct question *question)
{
    struct renewals *renewals = question->renewals;
    pyro_list_remove(&question->node);
    pyro_free(question);
    renewals->answered(renewals);
}

/* Notes what a reply says. Returns whether that is all that was asked for. */
static bool take_page(struct question *question, const redisReply *reply)
{
    const struct pyro_list *end = &question->renewals->each;
    size_t i = 0;
    for (; i < PAGE && question->next != end; i++, question->next = question->next->next) {
        const redisReply *age = redis_reply_at(reply, i);
        if (!age || age->type != REDIS_REPLY_INTEGER || age->integer < 0)
            return false;
        PYRO_CONTAINER(question->next, struct renewal, node)->age = (double)age->integer / 1000;
    }
    return true;
}

static void renewals_on_reply(void *context, const redisReply *reply)
{
    struct question *question = context;
    bool unknown = redis_script_is_unknown(reply);
    bool more =
        unknown || (take_page(question, reply) && question->next != &question->renewals->each);
    if (!more || !send_page(question, unknown))
        answer(question);
}

static bool send_page(struct question *question, bool whole)
{
    const struct redis_renewals *self = question->self;
    const struct pyro_list *at = question->next;
    struct redis_command command = {.count = 0};
    struct pyro_buffer owners = {.data = NULL};
    struct pyro_error err;
    bool sent = true;
    for (size_t i = 0; i < PAGE && at != &question->renewals->each && sent; i++, at = at->next) {
        struct pyro_slice owner = PYRO_CONTAINER(at, struct renewal, node)->owner;
        sent = pyro_buffer_append(&owners, owner.data, owner.length) &&
               pyro_buffer_append(&owners, "", 1);
    }
    redis_script_begin(self->script, whole, &command);
    redis_command_text(&command, "renewals");
    redis_command_add(&command, pyro_slice(owners.data, owners.length));
    sent = sent && redis_client_send(self->link->commands, &command, REDIS_WAIT + REDIS_TIMEOUT,
                                     renewals_on_reply, question, &err) == PYRO_OK;
    pyro_buffer_free(&owners);
    return sent;
}

void redis_renewals_ask(struct redis_renewals *self, struct renewals *renewals)
{
    struct question *question = self->copy->complete ? pyro_calloc(1, sizeof(*question)) : NULL;
    if (!question) {
        renewals->answered(renewals);
        return;
    }
    question->self = self;
    question->renewals = renewals;
    question->next = renewals->each.next;
    pyro_list_init(&question->node);
    pyro_list_push(&self->asked, &question->node);
    if (!send_page(question, false))
        answer(question);
}

void redis_renewals_give_up(struct redis_renewals *self)
{
    while (!pyro_list_empty(&self->asked))
        answer(PYRO_CONTAINER(self->asked.next, struct question, node));
}
