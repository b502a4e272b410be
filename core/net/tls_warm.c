#include "net/tls_warm.h"

/* Connections that keep their buffers. */
#define WARM 64

void pyro_tls_cool_down(struct pyro_tls *tls)
{
    if (pyro_list_empty(&tls->warm))
        return;
    pyro_list_remove(&tls->warm);
    tls->context->contexts->warm_count--;
}

void pyro_tls_warm_up(struct pyro_tls *tls)
{
    struct pyro_tls_contexts *contexts = tls->context->contexts;
    if (contexts->warm.previous == &tls->warm)
        return;
    pyro_tls_cool_down(tls);
    pyro_list_push(&contexts->warm, &tls->warm);
    if (++contexts->warm_count <= WARM)
        return;
    struct pyro_tls *coldest = PYRO_CONTAINER(contexts->warm.next, struct pyro_tls, warm);
    pyro_tls_cool_down(coldest);
    coldest->api->SSL_free_buffers(coldest->ssl); /* not where a record is in there, in part */
}
