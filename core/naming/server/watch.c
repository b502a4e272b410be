/* Who waits is in the list `waiting`, or, when a name with the prefix has changed, in `woken`, from
 * where a completion takes one after the other. It answers as its last act: whatever that does, it
 * does not come back to a list that is gone. */
#include "naming/server/watch.h"

#include "base/memory.h"
#include "naming/registry/text.h"
#include "naming/server/history.h"
#include "net/timer.h"

/* Clients that may wait at once. */
#define WATCHERS_MOST 1000

/* Seconds that a client may wait. */
#define LONGEST 30.0

struct watch {
    struct registry_listener listener;
    struct pyro_runtime *runtime;
    struct history history;
    struct pyro_list waiting, woken;
    size_t watchers; /* in both */
    struct pyro_completion wake;
    bool ended;
};

struct watcher {
    struct pyro_list node;
    struct watch *watch;
    struct pyro_deferred *deferred;
    const struct pyro_request *request;
    struct pyro_timer *timer;
    struct pyro_completion late;
    int64_t revision; /* until which nothing is left to tell: while it waits, the latest */
    struct pyro_slice prefix;
    char text[]; /* of the prefix */
};

/* --- who waits --- */

static struct history_question question_of(const struct watcher *watcher)
{
    return (struct history_question){&watcher->watch->history, watcher->request, watcher->revision,
                                     watcher->prefix};
}

/* Answers a watcher, which is then gone, as perhaps all else is. */
static void answer(struct watcher *watcher)
{
    struct pyro_deferred *deferred = watcher->deferred;
    struct pyro_error ignored;
    const struct history_question question = question_of(watcher);
    history_put(&question, &deferred->answer.sink);
    watcher->watch->watchers--;
    pyro_list_remove(&watcher->node);
    pyro_timer_free(watcher->timer);
    pyro_free(watcher);
    deferred->ops->answer(deferred, &ignored);
}

static void watch_on_late(struct pyro_completion *done)
{
    answer(PYRO_CONTAINER(done, struct watcher, late));
}

/* Answers the first of those who were woken, but for those who may not know of what has changed. */
static void watch_on_wake(struct pyro_completion *done)
{
    struct watch *watch = PYRO_CONTAINER(done, struct watch, wake);
    struct pyro_list *node;
    while ((node = pyro_list_pop(&watch->woken))) {
        struct watcher *watcher = PYRO_CONTAINER(node, struct watcher, node);
        const struct history_question question = question_of(watcher);
        pyro_list_push(&watch->waiting, &watcher->node);
        if (history_is_complete(&question) && history_count(&question) == 0) {
            watcher->revision = watch->history.revision;
            continue;
        }
        if (!pyro_list_empty(&watch->woken))
            pyro_loop_post(watch->runtime->loop, &watch->wake);
        answer(watcher);
        return;
    }
}

static void wake(struct watch *watch, struct pyro_slice name)
{
    struct pyro_list *node = watch->waiting.next, *next;
    for (; node != &watch->waiting; node = next) {
        struct watcher *watcher = PYRO_CONTAINER(node, struct watcher, node);
        next = node->next;
        if (!pyro_slice_starts_with(name, watcher->prefix)) {
            watcher->revision = watch->history.revision;
            continue;
        }
        pyro_list_remove(node);
        pyro_list_push(&watch->woken, node);
        pyro_loop_post(watch->runtime->loop, &watch->wake);
    }
}

static enum pyro_code wait_for_news(struct call *call, const struct history_question *question,
                                    double seconds)
{
    struct watch *watch = call->calls->watch;
    struct watcher *watcher = pyro_calloc(1, sizeof(*watcher) + question->prefix.length);
    if (!watcher)
        return pyro_error_memory(call->err);
    *watcher = (struct watcher){.watch = watch, .request = call->request};
    watcher->revision = watch->history.revision;
    memcpy(watcher->text, question->prefix.data, question->prefix.length);
    watcher->prefix = pyro_slice(watcher->text, question->prefix.length);
    pyro_list_init(&watcher->node);
    pyro_completion_init(&watcher->late, watch_on_late);
    watcher->timer = pyro_timer_new(watch->runtime->loop, &watcher->late);
    if (!watcher->timer || !(watcher->deferred = pyro_native_defer(call->native))) {
        pyro_timer_free(watcher->timer);
        pyro_free(watcher);
        return pyro_error_memory(call->err);
    }
    pyro_list_push(&watch->waiting, &watcher->node);
    watch->watchers++;
    pyro_timer_start(watcher->timer, seconds);
    return PYRO_OK;
}

/* --- the method --- */

static enum pyro_code read_seconds(const struct call *call, const struct pyro_value *value,
                                   double *seconds)
{
    *seconds = LONGEST;
    if (argument_is_none(value))
        return PYRO_OK;
    if (value->type != PYRO_INT && value->type != PYRO_REAL)
        return pyro_error_set(call->err, PYRO_ETYPE, "seconds must be a number");
    *seconds = value->type == PYRO_INT ? (double)value->u.integer : value->u.real;
    if (*seconds >= 0 && *seconds <= LONGEST)
        return PYRO_OK;
    return pyro_error_set(call->err, PYRO_EVALUE, "seconds must be 0 to %.0f", LONGEST);
}

static enum pyro_code read_question(const struct call *call, struct history_question *question)
{
    const struct history *history = &call->calls->watch->history;
    const struct pyro_value *revision = call->args[0], *prefix = call->args[1];
    *question =
        (struct history_question){history, call->request, history->revision, pyro_slice("", 0)};
    if (!argument_is_none(revision) && revision->type != PYRO_INT)
        return pyro_error_set(call->err, PYRO_ETYPE, "revision must be an int");
    if (!argument_is_none(revision))
        question->revision = revision->u.integer;
    if (argument_is_none(prefix))
        return PYRO_OK;
    enum pyro_code code = text_check(prefix, "prefix", call->err);
    if (code == PYRO_OK)
        question->prefix = prefix->u.text;
    return code;
}

enum pyro_code watch_run(struct call *call)
{
    const struct watch *watch = call->calls->watch;
    struct history_question question;
    double seconds;
    enum pyro_code code = read_question(call, &question);
    if (code == PYRO_OK)
        code = read_seconds(call, call->args[2], &seconds);
    if (code != PYRO_OK)
        return code;
    size_t count = history_count(&question);
    if (argument_is_none(call->args[0]) || count > 0 || !history_is_complete(&question) ||
        seconds == 0 || watch->ended || !pyro_request_wanted(call->request))
        return history_put(&question, call->to);
    if (watch->watchers >= WATCHERS_MOST)
        return pyro_error_set(call->err, PYRO_ENAMING, "too many clients watch the name server");
    return wait_for_news(call, &question, seconds);
}

/* --- what changes --- */

static void note(struct registry_listener *self, const char *what, struct pyro_slice name,
                 const char *uri)
{
    struct watch *watch = PYRO_CONTAINER(self, struct watch, listener);
    history_add(&watch->history, what, name, uri);
    wake(watch, name);
}

static void watch_on_set(struct registry_listener *self, struct pyro_slice name,
                         const struct registration *registration, const struct registration *before)
{
    bool same = before && strcmp(before->uri, registration->uri) == 0;
    note(self, same ? "changed" : "registered", name, registration->uri);
}

static void watch_on_remove(struct registry_listener *self, struct pyro_slice name,
                            const struct registration *before)
{
    note(self, "removed", name, before->uri);
}

/* --- life --- */

struct watch *watch_new(struct pyro_runtime *runtime, struct registry *registry,
                        struct pyro_error *err)
{
    struct watch *watch = pyro_calloc(1, sizeof(*watch));
    if (!watch) {
        pyro_error_memory(err);
        return NULL;
    }
    watch->runtime = runtime;
    history_init(&watch->history);
    watch->listener.on_set = watch_on_set;
    watch->listener.on_remove = watch_on_remove;
    pyro_list_init(&watch->waiting);
    pyro_list_init(&watch->woken);
    pyro_completion_init(&watch->wake, watch_on_wake);
    registry_listen(registry, &watch->listener);
    return watch;
}

void watch_end(struct watch *watch)
{
    watch->ended = true;
    while (!pyro_list_empty(&watch->woken))
        answer(PYRO_CONTAINER(watch->woken.next, struct watcher, node));
    while (!pyro_list_empty(&watch->waiting))
        answer(PYRO_CONTAINER(watch->waiting.next, struct watcher, node));
}

void watch_free(struct watch *watch)
{
    if (!watch)
        return;
    watch_end(watch);
    history_free(&watch->history);
    pyro_list_remove(&watch->listener.node);
    pyro_completion_cancel(&watch->wake);
    pyro_free(watch);
}
