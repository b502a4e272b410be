#include "naming/server/history.h"

#include "base/clock.h"
#include "base/memory.h"
#include "rpc/guard.h"

/* Bytes that the latest changes may take: those of thousands of ordinary names. */
#define EVENTS_MOST (1 << 20)

struct event {
    struct pyro_list node;
    int64_t revision;
    const char *what;
    struct pyro_slice name, uri;
    char text[];
};

static size_t event_size(const struct event *event)
{
    return sizeof(*event) + event->name.length + event->uri.length;
}

/* --- keeping --- */

void history_init(struct history *history)
{
    history->revision = (int64_t)(pyro_date_seconds() * 1e6);
    history->forgotten = history->revision;
    history->size = 0;
    pyro_list_init(&history->events);
}

static void drop_first(struct history *history)
{
    struct event *event = PYRO_CONTAINER(pyro_list_pop(&history->events), struct event, node);
    history->forgotten = event->revision;
    history->size -= event_size(event);
    pyro_free(event);
}

void history_add(struct history *history, const char *what, struct pyro_slice name, const char *uri)
{
    size_t length = strlen(uri);
    struct event *event = pyro_malloc(sizeof(*event) + name.length + length);
    history->revision++;
    if (event) {
        *event = (struct event){.revision = history->revision, .what = what};
        memcpy(event->text, name.data, name.length);
        memcpy(event->text + name.length, uri, length);
        event->name = pyro_slice(event->text, name.length);
        event->uri = pyro_slice(event->text + name.length, length);
        pyro_list_push(&history->events, &event->node);
        history->size += event_size(event);
    }
    while (!pyro_list_empty(&history->events) && (!event || history->size > EVENTS_MOST))
        drop_first(history);
    if (!event)
        history->forgotten = history->revision;
}

void history_free(struct history *history)
{
    while (!pyro_list_empty(&history->events))
        drop_first(history);
}

/* --- telling --- */

static bool concerns(const struct history_question *question, const struct event *event)
{
    return pyro_slice_starts_with(event->name, question->prefix) &&
           pyro_guard_allows_name(question->request, "watch", &event->name);
}

/* Finds the first change that the client has not heard of, from the end: most know nearly all. */
static const struct pyro_list *first_news(const struct history_question *question)
{
    const struct pyro_list *events = &question->history->events, *node = events;
    while (node->previous != events &&
           PYRO_CONTAINER(node->previous, struct event, node)->revision > question->revision)
        node = node->previous;
    return node;
}

size_t history_count(const struct history_question *question)
{
    const struct pyro_list *events = &question->history->events;
    size_t count = 0;
    for (const struct pyro_list *node = first_news(question); node != events; node = node->next)
        count += concerns(question, PYRO_CONTAINER(node, struct event, node));
    return count;
}

bool history_is_complete(const struct history_question *question)
{
    return question->revision >= question->history->forgotten &&
           question->revision <= question->history->revision;
}

static enum pyro_code put_event(struct pyro_sink *to, const struct event *event)
{
    enum pyro_code code;
    if ((code = pyro_begin(to, PYRO_TUPLE, 3)) != PYRO_OK ||
        (code = pyro_put_text(to, event->what)) != PYRO_OK ||
        (code = pyro_put_str(to, event->name)) != PYRO_OK ||
        (code = pyro_put_str(to, event->uri)) != PYRO_OK)
        return code;
    return pyro_end(to, PYRO_TUPLE);
}

static enum pyro_code put_events(const struct history_question *question, struct pyro_sink *to)
{
    const struct pyro_list *events = &question->history->events;
    enum pyro_code code = pyro_begin(to, PYRO_LIST, history_count(question));
    for (const struct pyro_list *node = first_news(question); node != events && code == PYRO_OK;
         node = node->next) {
        const struct event *event = PYRO_CONTAINER(node, struct event, node);
        if (concerns(question, event))
            code = put_event(to, event);
    }
    return code == PYRO_OK ? pyro_end(to, PYRO_LIST) : code;
}

enum pyro_code history_put(const struct history_question *question, struct pyro_sink *to)
{
    enum pyro_code code;
    if ((code = pyro_begin(to, PYRO_TUPLE, 3)) != PYRO_OK ||
        (code = pyro_put_int(to, question->history->revision)) != PYRO_OK ||
        (code = put_events(question, to)) != PYRO_OK ||
        (code = pyro_put_bool(to, history_is_complete(question))) != PYRO_OK)
        return code;
    return pyro_end(to, PYRO_TUPLE);
}
