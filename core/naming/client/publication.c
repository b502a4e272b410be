#include "naming/client/publication.h"

#include <string.h>

#include "base/assert.h"
#include "base/memory.h"

/* --- who waits --- */

static void publishing_on_finished(struct pyro_completion *done)
{
    struct pyro_publishing *wait = PYRO_CONTAINER(done, struct pyro_publishing, finished);
    wait->done(wait);
}

void publication_wait(struct publication *p, struct pyro_publishing *wait, struct pyro_loop *loop)
{
    PYRO_ASSERT(!p->wait && !wait->publication);
    p->wait = wait;
    wait->publication = p;
    wait->loop = loop;
    wait->removed = false;
    pyro_error_clear(&wait->error);
    pyro_completion_init(&wait->finished, publishing_on_finished);
}

void publication_tell(struct publication *p, bool removed, const struct pyro_error *why)
{
    struct pyro_publishing *wait = p->wait;
    if (!wait)
        return;
    PYRO_ASSERT(wait->publication == p);
    p->wait = NULL;
    wait->publication = NULL;
    wait->removed = removed;
    if (why)
        wait->error = *why;
    pyro_loop_post(wait->loop, &wait->finished);
}

/* --- lives --- */

/* Copies tags into one block: values, then their strings. */
static bool copy_tags(struct publication *p, const struct pyro_publish_options *options)
{
    size_t bytes = options->tag_count * sizeof(*p->tags);
    for (size_t i = 0; i < options->tag_count; i++)
        bytes += strlen(options->tags[i]) + 1;
    if (options->tag_count == 0)
        return true;
    p->tags = pyro_malloc(bytes);
    if (!p->tags)
        return false;
    p->tag_count = options->tag_count;
    char *text = (char *)(p->tags + p->tag_count);
    for (size_t i = 0; i < p->tag_count; i++) {
        size_t length = strlen(options->tags[i]);
        memcpy(text, options->tags[i], length + 1);
        p->tags[i] = (struct pyro_value){.type = PYRO_STR, .u.text = pyro_slice(text, length)};
        text += length + 1;
    }
    return true;
}

struct publication *publication_new(const char *name, const char *uri,
                                    const struct pyro_publish_options *options,
                                    struct pyro_error *err)
{
    struct publication *p = pyro_calloc(1, sizeof(*p));
    if (!p) {
        pyro_error_memory(err);
        return NULL;
    }
    pyro_list_init(&p->node);
    p->next = PUBLICATION_PUBLISH;
    p->lease = options->lease;
    p->safe = options->safe;
    p->lasting = options->lasting;
    p->name = pyro_copy_text(name, strlen(name));
    p->uri_text = pyro_copy_text(uri, strlen(uri));
    if (!p->name || !p->uri_text || !copy_tags(p, options))
        pyro_error_memory(err);
    else if (pyro_uri_parse(&p->uri, pyro_slice_text(uri), 0, err) == PYRO_OK)
        return p;
    publication_free(p);
    return NULL;
}

void publication_free(struct publication *p)
{
    struct pyro_error why;
    if (!p)
        return;
    pyro_error_set(&why, PYRO_ECLOSED, "the daemon that publishes the name is closed");
    publication_tell(p, false, &why);
    pyro_list_remove(&p->node);
    pyro_uri_free(&p->uri);
    pyro_free(p->uri_text);
    pyro_free(p->name);
    pyro_free(p->tags);
    pyro_free(p);
}
