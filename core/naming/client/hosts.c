#include "naming/client/hosts.h"

#include "base/words.h"
#include "rpc/object.h"

unsigned hosts_count(const struct pyro_runtime *runtime)
{
    const char *list = runtime->config.NS_HOSTS;
    struct pyro_slice host;
    unsigned count = 0;
    while (pyro_word_next(&list, &host))
        count++;
    return count;
}

enum pyro_code hosts_uri(const struct pyro_runtime *runtime, unsigned place, struct pyro_uri *uri)
{
    const char *list = runtime->config.NS_HOSTS;
    struct pyro_slice host = {NULL, 0};
    do
        (void)pyro_word_next(&list, &host);
    while (place-- > 0);
    return pyro_uri_at(uri, PYRO_NAMESERVER_NAME, host, (uint16_t)runtime->config.NS_PORT, NULL);
}

void hosts_failed(struct pyro_runtime *runtime, const struct pyro_uri *uri)
{
    unsigned count = hosts_count(runtime);
    struct pyro_uri last;
    if (count == 0 || hosts_uri(runtime, runtime->nameserver % count, &last) != PYRO_OK)
        return;
    if (pyro_uri_equals(&last, uri))
        runtime->nameserver = (runtime->nameserver + 1) % count;
    pyro_uri_free(&last);
}
