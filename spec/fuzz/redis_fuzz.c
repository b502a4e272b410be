/* Answers of Redis about names, in its protocol: each reply is an event, and a page of names.
 * Whatever it is, what is in the registry then could have been registered. */
#include <stdio.h>
#include <stdlib.h>

#include "naming/redis/redis_names.h"

#define LONGEST 1000

static void demand(bool holds)
{
    if (!holds)
        abort();
}

static bool check(void *context, struct pyro_slice name, const struct registration *registration)
{
    (void)context;
    demand(name.length <= LONGEST && strlen(name.data) == name.length);
    demand(strlen(registration->uri) <= LONGEST && registration->lease >= 0);
    for (size_t i = 1; i < registration->tag_count; i++)
        demand(strcmp(registration->tags[i - 1], registration->tags[i]) < 0);
    return true;
}

static void give(struct redis_names *names, const redisReply *reply)
{
    struct pyro_error err;
    struct pyro_slice none = {.data = "", .length = 0};
    enum pyro_code code = redis_names_event(names, reply, &err);
    demand(code == PYRO_OK);
    registry_each(names->registry, none, none, check, NULL);
    redis_names_begin(names);
    code = redis_names_page(names, reply, &err);
    demand(code == PYRO_OK || code == PYRO_EPROTOCOL);
    if (code == PYRO_OK)
        demand(redis_names_end(names, &err) == PYRO_OK);
    registry_each(names->registry, none, none, check, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pyro_error err;
    const struct hiredis *api = hiredis_load(&err);
    struct pyro_log log = {.level = PYRO_SILENT};
    struct redis_names names = {.log = &log};
    demand(api != NULL && (names.registry = registry_new(0, &err)));
    redisReader *reader = api->redisReaderCreate();
    void *reply = NULL;
    demand(reader && api->redisReaderFeed(reader, (const char *)data, size) == REDIS_OK);
    while (api->redisReaderGetReply(reader, &reply) == REDIS_OK && reply) {
        give(&names, reply);
        api->freeReplyObject(reply);
    }
    api->redisReaderFree(reader);
    redis_names_free(&names);
    registry_free(names.registry);
    return 0;
}
