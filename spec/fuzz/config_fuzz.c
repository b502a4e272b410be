/* Settings from the environment: lines are variables. What is refused leaves a message; a secret is
 * in none. */
#include <stdlib.h>
#include <string.h>

#include "base/config.h"
#include "base/words.h"

#define MOST 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool condition)
{
    if (!condition)
        abort();
}

static void note(void *context, const char *prefix, const char *name,
                 const struct pyro_config_item *meant)
{
    (void)context;
    demand(strlen(prefix) >= strlen("PYRO_") && name[strcspn(name, "=\n")] == '\0');
    demand(!meant || pyro_config_find(meant->name) == meant);
}

static void check_lists(const struct pyro_config *config)
{
    struct pyro_slice word;
    for (const char *list = config->SERIALIZERS_ACCEPTED; pyro_word_next(&list, &word);)
        demand(word.length > 0);
    for (const char *list = config->BROADCAST_ADDRS; pyro_word_next(&list, &word);)
        demand(word.data != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *lines = malloc(size + 1), *environment[MOST + 1] = {NULL}, *rest = lines;
    struct pyro_config config;
    struct pyro_error err = {.code = PYRO_OK};
    demand(lines != NULL);
    memcpy(lines, data, size);
    lines[size] = '\0';
    for (size_t i = 0; i < MOST && rest; i++)
        environment[i] = strsep(&rest, "\n");
    demand(pyro_config_defaults(&config, &err) == PYRO_OK);
    enum pyro_code code = pyro_config_environment(&config, environment, note, NULL, &err);
    demand(code == PYRO_OK || (code == PYRO_EVALUE && err.message[0] != '\0'));
    check_lists(&config);
    pyro_config_free(&config);
    free(lines);
    return 0;
}
