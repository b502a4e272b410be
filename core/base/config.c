#include "base/config.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/escape.h"
#include "base/memory.h"

static const struct pyro_config_item items[] = {
#define X(type, name, value) {#name, PYRO_CONFIG_##type, offsetof(struct pyro_config, name)},
    PYRO_CONFIG_ITEMS(X)
#undef X
};

static const char *const serializer_names[] = {
    [PYRO_SERIALIZER_UNKNOWN] = "unknown", [PYRO_SERIALIZER_SERPENT] = "serpent",
    [PYRO_SERIALIZER_JSON] = "json",       [PYRO_SERIALIZER_MARSHAL] = "marshal",
    [PYRO_SERIALIZER_MSGPACK] = "msgpack",
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

enum pyro_serializer pyro_serializer_find(struct pyro_slice name)
{
    for (size_t i = PYRO_SERIALIZER_SERPENT; i < PYRO_COUNT(serializer_names); i++)
        if (pyro_slice_equals(name, serializer_names[i]))
            return (enum pyro_serializer)i;
    return PYRO_SERIALIZER_UNKNOWN;
}

const char *pyro_serializer_name(enum pyro_serializer serializer)
{
    return serializer_names[serializer];
}

/* Takes the next name off a comma-separated list, trimmed. False at the end. */
static bool next_name(const char **list, struct pyro_slice *name)
{
    if (!*list)
        return false;
    const char *begin = *list + strspn(*list, " \t");
    const char *comma = strchr(begin, ',');
    size_t length = comma ? (size_t)(comma - begin) : strlen(begin);
    while (length > 0 && (begin[length - 1] == ' ' || begin[length - 1] == '\t'))
        length--;
    *name = pyro_slice(begin, length);
    *list = comma ? comma + 1 : NULL;
    return true;
}

/* The serializers that a list names, as bits. */
static unsigned bits_of(const char *list)
{
    struct pyro_slice name;
    unsigned bits = 0;
    while (next_name(&list, &name))
        bits |= 1U << pyro_serializer_find(name);
    return bits;
}

bool pyro_config_accepts(const struct pyro_config *config, enum pyro_serializer serializer)
{
    return serializer != PYRO_SERIALIZER_UNKNOWN && (config->accepted >> serializer & 1) != 0;
}

static void *field_of(struct pyro_config *config, const struct pyro_config_item *item)
{
    return (char *)config + item->offset;
}

/* --- setting --- */

static bool named(const struct pyro_config_item *item, const char *name)
{
    return strcmp(item->name, name) == 0;
}

enum pyro_code pyro_config_set_bool(struct pyro_config *config, const struct pyro_config_item *item,
                                    bool value, struct pyro_error *err)
{
    (void)err;
    *(pyro_config_bool *)field_of(config, item) = value;
    return PYRO_OK;
}

enum pyro_code pyro_config_set_int(struct pyro_config *config, const struct pyro_config_item *item,
                                   int64_t value, struct pyro_error *err)
{
    const char *wanted = NULL;
    if (strstr(item->name, "PORT") && (value < 0 || value > 65535))
        wanted = "0 to 65535";
    else if (value < 0)
        wanted = "not negative";
    else if (named(item, "PREFER_IP_VERSION") && value != 0 && value != 4 && value != 6)
        wanted = "4, 6 or 0";
    else if (named(item, "PROTOCOL") && value != 0 && value != 48 && value != 502)
        wanted = "48, 502 or 0";
    if (wanted)
        return pyro_error_set(err, PYRO_EVALUE, "invalid value: PYRO_%s=%lld (%s)", item->name,
                              (long long)value, wanted);
    *(pyro_config_int *)field_of(config, item) = value;
    return PYRO_OK;
}

enum pyro_code pyro_config_set_real(struct pyro_config *config, const struct pyro_config_item *item,
                                    double value, struct pyro_error *err)
{
    if (!(value >= 0) || isinf(value))
        return pyro_error_set(err, PYRO_EVALUE, "invalid value: PYRO_%s=%g (seconds, not negative)",
                              item->name, value);
    *(pyro_config_real *)field_of(config, item) = value;
    return PYRO_OK;
}

/* A value, fit for a message. */
struct shown {
    char text[100];
};

static struct shown show(const char *value)
{
    struct shown shown = {.text = ""};
    pyro_escape(shown.text, sizeof(shown.text), pyro_slice_text(value));
    return shown;
}

static enum pyro_code check_serializer(const struct pyro_config_item *item, const char *value,
                                       struct pyro_slice name, struct pyro_error *err)
{
    static const char *const unsafe[] = {"pickle", "cloudpickle", "dill"};
    if (pyro_serializer_find(name) != PYRO_SERIALIZER_UNKNOWN)
        return PYRO_OK;
    for (size_t i = 0; i < PYRO_COUNT(unsafe); i++)
        if (pyro_slice_equals(name, unsafe[i]))
            return pyro_error_set(err, PYRO_EVALUE,
                                  "invalid value: PYRO_%s=%s (%s is unsafe, it lets a peer run "
                                  "code: use serpent, json, marshal or msgpack)",
                                  item->name, show(value).text, unsafe[i]);
    return pyro_error_set(
        err, PYRO_EVALUE, "invalid value: PYRO_%s=%s (serpent, json, marshal or msgpack%s)",
        item->name, show(value).text, named(item, "SERIALIZER") ? ", or auto" : "");
}

static enum pyro_code check_serializers(const struct pyro_config_item *item, const char *value,
                                        struct pyro_error *err)
{
    const char *list = value;
    struct pyro_slice name;
    enum pyro_code code = PYRO_OK;
    while (code == PYRO_OK && next_name(&list, &name))
        code = check_serializer(item, value, name, err);
    return code;
}

enum pyro_code pyro_config_set_text(struct pyro_config *config, const struct pyro_config_item *item,
                                    const char *value, struct pyro_error *err)
{
    char **field = field_of(config, item);
    char *copy = NULL;
    enum pyro_code code = PYRO_OK;
    if (!value && !named(item, "NATHOST") && !named(item, "NS_BCHOST"))
        return pyro_error_set(err, PYRO_EVALUE, "invalid value: PYRO_%s may not be nil",
                              item->name);
    if (named(item, "SERIALIZER") && strcmp(value, "auto") != 0)
        code = check_serializer(item, value, pyro_slice_text(value), err);
    else if (named(item, "SERIALIZERS_ACCEPTED"))
        code = check_serializers(item, value, err);
    if (code != PYRO_OK)
        return code;
    if (value && !(copy = pyro_copy_text(value, strlen(value))))
        return pyro_error_memory(err);
    pyro_free(*field);
    *field = copy;
    if (named(item, "SERIALIZERS_ACCEPTED"))
        config->accepted = bits_of(copy);
    return PYRO_OK;
}

/* --- defaults and environment --- */

static bool copy_default(pyro_config_text *field, const char *value)
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

#define set_text copy_default

enum pyro_code pyro_config_defaults(struct pyro_config *config, struct pyro_error *err)
{
    bool complete = true;
    *config = (struct pyro_config){.HOST = NULL};
#define X(type, name, value) complete = set_##type(&config->name, value) && complete;
    PYRO_CONFIG_ITEMS(X)
#undef X
    if (complete) {
        config->accepted = bits_of(config->SERIALIZERS_ACCEPTED);
        return PYRO_OK;
    }
    pyro_config_free(config);
    return pyro_error_memory(err);
}

void pyro_config_free(struct pyro_config *config)
{
    for (size_t i = 0; i < PYRO_COUNT(items); i++)
        if (items[i].type == PYRO_CONFIG_text)
            pyro_free(*(char **)field_of(config, &items[i]));
    *config = (struct pyro_config){.HOST = NULL};
}

static bool is_one_of(const char *value, const char *const *words)
{
    for (; *words; words++)
        if (strcasecmp(value, *words) == 0)
            return true;
    return false;
}

static enum pyro_code invalid(const char *kind, const struct pyro_config_item *item,
                              const char *value, struct pyro_error *err)
{
    return pyro_error_set(err, PYRO_EVALUE, "invalid %s value: PYRO_%s=%s", kind, item->name,
                          show(value).text);
}

static enum pyro_code set_from_text(struct pyro_config *config, const struct pyro_config_item *item,
                                    const char *value, struct pyro_error *err)
{
    static const char *const yes[] = {"1", "yes", "on", "true", NULL};
    static const char *const no[] = {"0", "no", "off", "false", NULL};
    char *end = NULL;
    errno = 0;
    switch (item->type) {
    case PYRO_CONFIG_bool:
        if (!is_one_of(value, yes) && !is_one_of(value, no))
            return invalid("boolean", item, value, err);
        return pyro_config_set_bool(config, item, is_one_of(value, yes), err);
    case PYRO_CONFIG_int: {
        long long number = strtoll(value, &end, 10);
        if (!*value || *end || errno)
            return invalid("integer", item, value, err);
        return pyro_config_set_int(config, item, number, err);
    }
    case PYRO_CONFIG_real: {
        double number = strtod(value, &end);
        if (!*value || *end)
            return invalid("number", item, value, err);
        return pyro_config_set_real(config, item, number, err);
    }
    case PYRO_CONFIG_text:
        break;
    }
    return pyro_config_set_text(config, item, value, err);
}

static const struct pyro_config_item *find_variable(struct pyro_slice name)
{
    for (size_t i = 0; i < PYRO_COUNT(items); i++)
        if (pyro_slice_equals(name, items[i].name))
            return &items[i];
    return NULL;
}

static bool is_known_elsewhere(struct pyro_slice name)
{
    return pyro_slice_equals(name, "LOGLEVEL") || pyro_slice_equals(name, "LOGFILE") ||
           pyro_slice_equals(name, "HMAC_KEY");
}

enum pyro_code pyro_config_environment(struct pyro_config *config, char *const *environment,
                                       void (*warn)(void *context, const char *variable),
                                       void *context, struct pyro_error *err)
{
    for (; *environment; environment++) {
        const char *variable = *environment;
        const char *equals = strchr(variable, '=');
        if (strncmp(variable, "PYRO_", 5) != 0 || !equals)
            continue;
        struct pyro_slice name = pyro_slice(variable + 5, (size_t)(equals - variable - 5));
        const struct pyro_config_item *item = find_variable(name);
        if (item) {
            enum pyro_code code = set_from_text(config, item, equals + 1, err);
            if (code != PYRO_OK)
                return code;
        } else if (!is_known_elsewhere(name)) {
            char shown[64];
            pyro_escape(shown, sizeof(shown), pyro_slice(variable, (size_t)(equals - variable)));
            warn(context, shown);
        }
    }
    return PYRO_OK;
}
