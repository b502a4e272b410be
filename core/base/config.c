/* The config items: their table, their defaults, and the environment variables that set them. */
#include "base/config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/config_set.h"
#include "base/escape.h"
#include "base/memory.h"
#include "base/serializer.h"

static const struct pyro_config_item items[] = {
#define X(type, name, value, range, origin)                                                        \
    {#name, PYRO_CONFIG_##type, PYRO_RANGE_##range, offsetof(struct pyro_config, name)},
    PYRO_CONFIG_ITEMS(X)
#undef X
};

const struct pyro_config_item *pyro_config_items(size_t *count)
{
    *count = PYRO_COUNT(items);
    return items;
}

static int compare_name(const void *name, const void *item)
{
    return strcmp(name, ((const struct pyro_config_item *)item)->name);
}

const struct pyro_config_item *pyro_config_find(const char *name)
{
    return bsearch(name, items, PYRO_COUNT(items), sizeof(items[0]), compare_name);
}

/* --- near names --- */

enum { LONGEST_NAME = 40 };

static size_t smallest(size_t a, size_t b, size_t c)
{
    size_t least = a < b ? a : b;
    return least < c ? least : c;
}

/* Counts the letters that have to be put in, left out or changed to make one name the other. */
static size_t distance(const char *name, size_t length, const char *other)
{
    size_t costs[LONGEST_NAME + 1];
    for (size_t i = 0; i <= length; i++)
        costs[i] = i;
    for (size_t row = 1; other[row - 1]; row++) {
        size_t diagonal = costs[0];
        costs[0] = row;
        for (size_t i = 1; i <= length; i++) {
            size_t changed = diagonal + (toupper((unsigned char)name[i - 1]) != other[row - 1]);
            diagonal = costs[i];
            costs[i] = smallest(changed, costs[i] + 1, costs[i - 1] + 1);
        }
    }
    return costs[length];
}

const struct pyro_config_item *pyro_config_nearest(const char *name)
{
    const struct pyro_config_item *nearest = NULL;
    size_t length = strlen(name), least = 3;
    if (length < 3 || length > LONGEST_NAME)
        return NULL;
    for (size_t i = 0; i < PYRO_COUNT(items); i++) {
        size_t letters = distance(name, length, items[i].name);
        if (letters < least) {
            least = letters;
            nearest = &items[i];
        }
    }
    return nearest;
}

enum pyro_code pyro_config_unknown(const char *name, struct pyro_error *err)
{
    const struct pyro_config_item *meant = pyro_config_nearest(name);
    char shown[64];
    pyro_escape(shown, sizeof(shown), pyro_slice_text(name));
    return pyro_error_set(err, PYRO_EVALUE, "there is no config item '%s'%s%s%s", shown,
                          meant ? "; did you mean " : "", meant ? meant->name : "",
                          meant ? "?" : "");
}

/* --- defaults --- */

static bool set_text(pyro_config_text *field, const char *value)
{
    *field = value ? pyro_copy_text(value, strlen(value)) : NULL;
    return *field || !value;
}

static bool set_bool(pyro_config_bool *field, bool value)
{
    *field = value;
    return true;
}

static bool set_int(pyro_config_int *field, int64_t value)
{
    *field = value;
    return true;
}

static bool set_real(pyro_config_real *field, double value)
{
    *field = value;
    return true;
}

#define set_list set_text

enum pyro_code pyro_config_defaults(struct pyro_config *config, struct pyro_error *err)
{
    bool complete = true;
    *config = (struct pyro_config){.HOST = NULL};
#define X(type, name, value, range, origin) complete = set_##type(&config->name, value) && complete;
    PYRO_CONFIG_ITEMS(X)
#undef X
    if (complete) {
        config->accepted = pyro_serializer_bits(config->SERIALIZERS_ACCEPTED);
        return PYRO_OK;
    }
    pyro_config_free(config);
    return pyro_error_memory(err);
}

void pyro_config_free(struct pyro_config *config)
{
    for (size_t i = 0; i < PYRO_COUNT(items); i++)
        if (items[i].type == PYRO_CONFIG_text || items[i].type == PYRO_CONFIG_list)
            pyro_free(*(char **)(void *)((char *)config + items[i].offset));
    *config = (struct pyro_config){.HOST = NULL};
}

/* --- the environment --- */

static const char *const prefixes[] = {"PYRO_", "PYROLUA_"}; /* the later one wins */

/* Returns whether a variable begins with a prefix; then says what is its name behind it. */
static bool has_prefix(const char *variable, const char *prefix, struct pyro_slice *name)
{
    size_t length = strlen(prefix);
    const char *equals = strchr(variable, '=');
    if (!equals || strncmp(variable, prefix, length) != 0)
        return false;
    *name = pyro_slice(variable + length, (size_t)(equals - variable) - length);
    return true;
}

/* Returns whether a variable with the other prefix sets the item, too. */
static bool is_set(char *const *environment, const char *prefix, struct pyro_slice wanted)
{
    struct pyro_slice name;
    for (; *environment; environment++)
        if (has_prefix(*environment, prefix, &name) && name.length == wanted.length &&
            memcmp(name.data, wanted.data, name.length) == 0)
            return true;
    return false;
}

static const struct pyro_config_item *find_slice(struct pyro_slice name)
{
    for (size_t i = 0; i < PYRO_COUNT(items); i++)
        if (pyro_slice_equals(name, items[i].name))
            return &items[i];
    return NULL;
}

/* Returns whether a variable is no item, but what the HTTP gateway reads, as Pyro's does. */
static bool is_program_variable(struct pyro_slice name)
{
    return pyro_slice_equals(name, "HTTPGATEWAY_KEY");
}

static void warn_of(struct pyro_slice name, const char *prefix, pyro_config_warn *warn,
                    void *context)
{
    char shown[64];
    pyro_escape(shown, sizeof(shown), name);
    warn(context, prefix, shown, pyro_config_nearest(shown));
}

static enum pyro_code apply_prefix(struct pyro_config *config, char *const *environment, size_t at,
                                   pyro_config_warn *warn, void *context, struct pyro_error *err)
{
    struct pyro_slice name;
    enum pyro_code code = PYRO_OK;
    for (char *const *v = environment; code == PYRO_OK && *v; v++) {
        if (!has_prefix(*v, prefixes[at], &name))
            continue;
        const struct pyro_config_item *item = find_slice(name);
        if (!item && !is_program_variable(name))
            warn_of(name, prefixes[at], warn, context);
        else if (!item)
            continue;
        else if (at + 1 == PYRO_COUNT(prefixes) || !is_set(environment, prefixes[at + 1], name))
            code = pyro_config_parse(config, (struct pyro_setting){item, prefixes[at]},
                                     strchr(*v, '=') + 1, err);
    }
    return code;
}

enum pyro_code pyro_config_environment(struct pyro_config *config, char *const *environment,
                                       pyro_config_warn *warn, void *context,
                                       struct pyro_error *err)
{
    enum pyro_code code = PYRO_OK;
    for (size_t i = 0; code == PYRO_OK && i < PYRO_COUNT(prefixes); i++)
        code = apply_prefix(config, environment, i, warn, context, err);
    return code;
}
