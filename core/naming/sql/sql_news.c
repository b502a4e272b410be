#include "naming/sql/sql_news.h"

#include "base/buffer.h"
#include "base/map.h"
#include "base/memory.h"
#include "rpc/object.h"

/* A name, with its strings behind it. */
struct item {
    struct pyro_list node;
    struct pyro_slice name;
    struct registration registration; /* `uri` NULL: the name is gone */
    const char *memory[];
};

static enum pyro_code news_on_found(void *context, struct pyro_slice name,
                                    const struct registration *registration, struct pyro_error *err)
{
    struct sql_news *news = context;
    static const struct registration gone = {.uri = NULL};
    if (!registration)
        registration = &gone;
    struct item *item =
        pyro_malloc(sizeof(*item) + registration_size(registration) + name.length + 1);
    if (!item)
        return pyro_error_memory(err);
    char *text = registration_copy(&item->registration, registration, item->memory);
    memcpy(text, name.data, name.length);
    text[name.length] = '\0';
    item->name = pyro_slice(text, name.length);
    pyro_list_init(&item->node);
    pyro_list_push(&news->list, &item->node);
    return PYRO_OK;
}

void sql_news_init(struct sql_news *news)
{
    *news = (struct sql_news){.reader = {.found = news_on_found, .context = news}};
    pyro_list_init(&news->list);
}

void sql_news_clear(struct sql_news *news)
{
    struct pyro_list *node;
    while ((node = pyro_list_pop(&news->list)) != NULL)
        pyro_free(PYRO_CONTAINER(node, struct item, node));
    news->reader.all = false;
}

/* The names of the registry that are not in the file. */
struct search {
    struct pyro_map found;   /* names of the file */
    struct pyro_buffer gone; /* names, each terminated */
    bool lacks_memory;
};

static bool note_found(struct search *search, const struct pyro_list *list)
{
    for (const struct pyro_list *node = list->next; node != list; node = node->next) {
        const struct item *item = PYRO_CONTAINER(node, struct item, node);
        if (!pyro_map_set(&search->found, item->name, search, NULL))
            return false;
    }
    return true;
}

static bool news_note_gone(void *context, struct pyro_slice name,
                           const struct registration *registration)
{
    struct search *search = context;
    (void)registration;
    if (!pyro_map_get(&search->found, name) && !pyro_slice_equals(name, PYRO_NAMESERVER_NAME))
        search->lacks_memory = !pyro_buffer_append(&search->gone, name.data, name.length + 1);
    return !search->lacks_memory;
}

/* Removes what is not in a list of all names. */
static enum pyro_code remove_others(const struct sql_news *news, struct registry *registry,
                                    struct pyro_error *err)
{
    struct search search = {.lacks_memory = false};
    const struct pyro_slice none = {.data = ""};
    search.lacks_memory = !note_found(&search, &news->list);
    if (!search.lacks_memory)
        registry_each(registry, none, none, news_note_gone, &search);
    for (size_t at = 0; at < search.gone.length && !search.lacks_memory;) {
        struct pyro_slice name = pyro_slice_text(search.gone.data + at);
        registry_remove(registry, name);
        at += name.length + 1;
    }
    pyro_map_free(&search.found);
    pyro_buffer_free(&search.gone);
    return search.lacks_memory ? pyro_error_memory(err) : PYRO_OK;
}

/* Registers what somebody else did. A lease is ended by the front end that gave it, which alone
 * hears of its renewals: here it is none. */
static enum pyro_code set(struct registry *registry, const struct item *item,
                          struct pyro_error *err)
{
    const struct registration *before = registry_get(registry, item->name);
    struct registration after = item->registration;
    bool ours =
        before && registration_is_kept_by(before, after.owner) && before->since == after.since;
    after.lease = ours ? before->lease : 0;
    return registry_set(registry, item->name, &after, err);
}

enum pyro_code sql_news_apply(struct sql_news *news, struct registry *registry,
                              struct pyro_error *err)
{
    enum pyro_code code = PYRO_OK;
    for (struct pyro_list *node = news->list.next; node != &news->list && code == PYRO_OK;
         node = node->next) {
        struct item *item = PYRO_CONTAINER(node, struct item, node);
        if (item->registration.uri)
            code = set(registry, item, err);
        else
            registry_remove(registry, item->name);
    }
    if (code == PYRO_OK && news->reader.all)
        code = remove_others(news, registry, err);
    sql_news_clear(news);
    return code;
}
