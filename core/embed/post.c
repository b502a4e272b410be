#include "embed/post.h"

#include "base/assert.h"
#include "base/memory.h"
#include "embed/runtime.h"

struct post {
    struct pyro_list node;
    void (*function)(void *context);
    void *context;
};

int pyrolua_post(pyrolua_runtime *runtime, void (*function)(void *context), void *context)
{
    if (!runtime || !function)
        return PYROLUA_EVALUE;
    struct posts *posts = &runtime->posts;
    struct post *post = pyro_malloc(sizeof(*post));
    if (!post)
        return PYROLUA_EMEMORY;
    *post = (struct post){.function = function, .context = context};
    pthread_mutex_lock(&posts->lock);
    bool open = posts->open;
    if (open) {
        pyro_list_push(&posts->list, &post->node);
        atomic_fetch_add(&runtime->lua->posted, 1);
        pyro_loop_ring(embed_core(runtime)->loop);
    }
    pthread_mutex_unlock(&posts->lock);
    if (!open)
        pyro_free(post);
    return open ? PYROLUA_OK : PYROLUA_ECLOSED;
}

static struct post *take_post(pyrolua_runtime *runtime, bool *more)
{
    struct posts *posts = &runtime->posts;
    pthread_mutex_lock(&posts->lock);
    struct pyro_list *node = pyro_list_pop(&posts->list);
    *more = !pyro_list_empty(&posts->list);
    pthread_mutex_unlock(&posts->lock);
    if (node)
        atomic_fetch_sub(&runtime->lua->posted, 1);
    return node ? PYRO_CONTAINER(node, struct post, node) : NULL;
}

static void run_post(pyrolua_runtime *runtime, struct post *post)
{
    struct post copy = *post;
    pyro_free(post);
    uint64_t outer = embed_enter_callback(runtime);
    copy.function(copy.context);
    embed_leave_callback(runtime, outer);
}

/* Runs one function in a completion: what that waits for may be another's doing. */
static void posts_on_bell(struct pyro_completion *bell)
{
    struct posts *posts = PYRO_CONTAINER(bell, struct posts, bell);
    pyrolua_runtime *runtime = PYRO_CONTAINER(posts, pyrolua_runtime, posts);
    bool more;
    struct post *post = take_post(runtime, &more);
    if (more)
        pyro_loop_post(embed_core(runtime)->loop, bell);
    if (post)
        run_post(runtime, post);
}

void posts_init(struct posts *posts)
{
    pyro_list_init(&posts->list);
    pthread_mutex_init(&posts->lock, NULL);
    posts->open = false;
}

void posts_free(struct posts *posts)
{
    PYRO_ASSERT(!posts->open && pyro_list_empty(&posts->list));
    pthread_mutex_destroy(&posts->lock);
}

void posts_open(pyrolua_runtime *runtime)
{
    struct posts *posts = &runtime->posts;
    pyro_completion_init(&posts->bell, posts_on_bell);
    pyro_loop_answer(embed_core(runtime)->loop, &posts->bell);
    posts->open = true;
}

void posts_close(pyrolua_runtime *runtime)
{
    struct posts *posts = &runtime->posts;
    struct post *post;
    bool more;
    pthread_mutex_lock(&posts->lock);
    posts->open = false;
    pthread_mutex_unlock(&posts->lock);
    while ((post = take_post(runtime, &more)) != NULL)
        run_post(runtime, post);
}
