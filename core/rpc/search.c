#include "rpc/search.h"

#include "base/assert.h"

void pyro_search_cancel(struct pyro_search *search)
{
    search->cancel(search);
}

void pyro_search_end(struct pyro_search *search, const struct pyro_found *found)
{
    PYRO_ASSERT(!!found->client + !!found->uri + !!found->error == 1);
    pyro_found_fn *tell = search->found;
    void *owner = search->owner;
    search->cancel(search);
    tell(owner, found);
}

void pyro_search_fail(struct pyro_search *search, const struct pyro_error *why)
{
    struct pyro_error copy = *why; /* may lie in what is freed */
    pyro_search_end(search, &(struct pyro_found){.error = &copy});
}
