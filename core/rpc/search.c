#include "rpc/search.h"

void pyro_search_cancel(struct pyro_search *search)
{
    search->cancel(search);
}
