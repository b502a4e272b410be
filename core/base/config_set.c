/* Setting config items: by value, or by the string that an environment variable has. Each range of
 * values is checked here, and nowhere else. */
#include "base/config_set.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/escape.h"
#include "base/log_line.h"
#include "base/memory.h"
#include "base/serializer.h"
#include "base/uri.h"
#include "base/words.h"

/* --- values of one type --- */

static void *field_of(struct pyro_config *config, struct pyro_setting setting)
{
    return (char *)config + setting.item->offset;
}

enum pyro_code pyro_config_set_bool(struct pyro_config *config, struct pyro_setting setting,
                                    bool value, struct pyro_error *err)
{
    (void)err; /* there is no boolean that will not do */
    *(pyro_config_bool *)field_of(config, setting) = value;
    return PYRO_OK;
}

/* Returns the integers of a range, as messages name them; NULL for a range with no upper bound. */
static const char *int_range(enum pyro_config_range range)
{
    switch (range) {
    case PYRO_RANGE_port:
        return "0 to 65535";
    case PYRO_RANGE_ip_version:
        return "4, 6 or 0";
    case PYRO_RANGE_protocol:
        return "48, 502 or 0";
    case PYRO_RANGE_pickle:
        return "2 to 5";
    default:
        return NULL;
    }
}

/* Returns what an integer has to be, where it is not that; else NULL. */
static const char *wanted_int(enum pyro_config_range range, int64_t value)
{
    switch (range) {
    case PYRO_RANGE_port:
        return value < 0 || value > 65535 ? int_range(range) : NULL;
    case PYRO_RANGE_ip_version:
        return value != 0 && value != 4 && value != 6 ? int_range(range) : NULL;
    case PYRO_RANGE_protocol:
        return value != 0 && value != 48 && value != 502 ? int_range(range) : NULL;
    case PYRO_RANGE_pickle:
        return value < 2 || value > 5 ? int_range(range) : NULL;
    case PYRO_RANGE_positive:
        return value <= 0 ? "more than 0" : NULL;
    default:
        if (value < 0)
            return "not negative";
        return (int64_t)(size_t)value != value ? "less than 4 GiB on this machine" : NULL;
    }
}

enum pyro_code pyro_config_set_int(struct pyro_config *config, struct pyro_setting setting,
                                   int64_t value, struct pyro_error *err)
{
    const char *wanted = wanted_int(setting.item->range, value);
    if (wanted)
        return pyro_error_set(err, PYRO_EVALUE, "invalid value: %s%s=%lld (%s)", setting.prefix,
                              setting.item->name, (long long)value, wanted);
    *(pyro_config_int *)field_of(config, setting) = value;
    return PYRO_OK;
}

/* Returns what seconds have to be, where `value` is not that, else NULL. */
static const char *wanted_real(enum pyro_config_range range, double value)
{
    bool is_number = value >= 0 && !isinf(value);
    if (range == PYRO_RANGE_positive)
        return is_number && value > 0 ? NULL : "more than 0";
    if (range == PYRO_RANGE_interval)
        return is_number && (value == 0 || value >= 3) ? NULL : "0, or 3 or more";
    return is_number ? NULL : "not negative";
}

enum pyro_code pyro_config_set_real(struct pyro_config *config, struct pyro_setting setting,
                                    double value, struct pyro_error *err)
{
    const char *wanted = wanted_real(setting.item->range, value);
    if (wanted)
        return pyro_error_set(err, PYRO_EVALUE, "invalid value: %s%s=%g (seconds, %s)",
                              setting.prefix, setting.item->name, value, wanted);
    *(pyro_config_real *)field_of(config, setting) = value;
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

static enum pyro_code check_serializer(struct pyro_setting setting, const char *value,
                                       struct pyro_slice name, struct pyro_error *err)
{
    if (pyro_serializer_find(name) != PYRO_SERIALIZER_UNKNOWN)
        return PYRO_OK;
    return pyro_error_set(err, PYRO_EVALUE, "invalid value: %s%s=%s (" PYRO_SERIALIZER_NAMES "%s)",
                          setting.prefix, setting.item->name, show(value).text,
                          setting.item->range == PYRO_RANGE_serializer ? ", or auto" : "");
}

static enum pyro_code check_serializers(struct pyro_setting setting, const char *value,
                                        struct pyro_error *err)
{
    const char *list = value;
    struct pyro_slice name = pyro_slice(value, 0); /* an empty list accepts none */
    enum pyro_code code;
    (void)pyro_word_next(&list, &name);
    do
        code = check_serializer(setting, value, name, err);
    while (code == PYRO_OK && pyro_word_next(&list, &name));
    return code;
}

static enum pyro_code check_places(struct pyro_setting setting, const char *value,
                                   struct pyro_error *err)
{
    struct pyro_slice place;
    struct pyro_uri uri;
    for (const char *list = value; pyro_word_next(&list, &place);) {
        enum pyro_code code = pyro_uri_at(&uri, "", place, 0, err);
        if (code == PYRO_EMEMORY)
            return code;
        if (code != PYRO_OK)
            return pyro_error_set(
                err, PYRO_EVALUE,
                "invalid value: %s%s=%s (host, host:port, [::1]:port or ./u:path, "
                "with commas between them)",
                setting.prefix, setting.item->name, show(value).text);
        pyro_uri_free(&uri);
    }
    return PYRO_OK;
}

static enum pyro_code check_place(struct pyro_setting setting, const char *value,
                                  struct pyro_error *err)
{
    struct pyro_uri uri = {.host = NULL};
    char text[300];
    int length = snprintf(text, sizeof(text), "PYRO:metrics@%s", value);
    enum pyro_code code = PYRO_EVALUE;
    if (length > 0 && (size_t)length < sizeof(text))
        code = pyro_uri_parse(&uri, pyro_slice_text(text), 0, err);
    bool good = code == PYRO_OK && uri.host;
    pyro_uri_free(&uri);
    if (good || code == PYRO_EMEMORY)
        return code;
    return pyro_error_set(err, PYRO_EVALUE, "invalid value: %s%s=%s (host:port or [::1]:port)",
                          setting.prefix, setting.item->name, show(value).text);
}

static enum pyro_code check_level(struct pyro_setting setting, const char *value,
                                  struct pyro_error *err)
{
    enum pyro_level level;
    if (pyro_log_level(value, &level))
        return PYRO_OK;
    return pyro_error_set(err, PYRO_EVALUE,
                          "invalid value: %s%s=%s (DEBUG, INFO, WARNING, ERROR or CRITICAL)",
                          setting.prefix, setting.item->name, show(value).text);
}

static enum pyro_code check_log_form(struct pyro_setting setting, const char *value,
                                     struct pyro_error *err)
{
    enum pyro_log_form form;
    if (pyro_log_form(value, &form))
        return PYRO_OK;
    return pyro_error_set(err, PYRO_EVALUE, "invalid value: %s%s=%s (text or json)", setting.prefix,
                          setting.item->name, show(value).text);
}

static enum pyro_code check_bytes_as(struct pyro_setting setting, const char *value,
                                     struct pyro_error *err)
{
    if (strcmp(value, "string") == 0 || strcmp(value, "bytes") == 0)
        return PYRO_OK;
    return pyro_error_set(err, PYRO_EVALUE, "invalid value: %s%s=%s (string or bytes)",
                          setting.prefix, setting.item->name, show(value).text);
}

/* An empty path is more likely a mistake than the wish for no file. */
static enum pyro_code check_path(struct pyro_setting setting, const char *value,
                                 struct pyro_error *err)
{
    if (*value)
        return PYRO_OK;
    return pyro_error_set(err, PYRO_EVALUE, "invalid value: %s%s= (the path of a file)",
                          setting.prefix, setting.item->name);
}

static enum pyro_code check_nil(struct pyro_setting setting, struct pyro_error *err)
{
    enum pyro_config_range range = setting.item->range;
    if (range == PYRO_RANGE_optional || range == PYRO_RANGE_path || range == PYRO_RANGE_place ||
        range == PYRO_RANGE_level || range == PYRO_RANGE_secret)
        return PYRO_OK;
    return pyro_error_set(err, PYRO_EVALUE, "invalid value: %s%s may not be nil", setting.prefix,
                          setting.item->name);
}

static enum pyro_code check_text(struct pyro_setting setting, const char *value,
                                 struct pyro_error *err)
{
    if (!value)
        return check_nil(setting, err);
    switch (setting.item->range) {
    case PYRO_RANGE_serializer:
        return strcmp(value, "auto") == 0
                   ? PYRO_OK
                   : check_serializer(setting, value, pyro_slice_text(value), err);
    case PYRO_RANGE_serializers:
        return check_serializers(setting, value, err);
    case PYRO_RANGE_place:
        return check_place(setting, value, err);
    case PYRO_RANGE_places:
        return check_places(setting, value, err);
    case PYRO_RANGE_level:
        return check_level(setting, value, err);
    case PYRO_RANGE_log_form:
        return check_log_form(setting, value, err);
    case PYRO_RANGE_bytes_as:
        return check_bytes_as(setting, value, err);
    case PYRO_RANGE_path:
        return check_path(setting, value, err);
    default:
        return PYRO_OK;
    }
}

enum pyro_code pyro_config_set_text(struct pyro_config *config, struct pyro_setting setting,
                                    const char *value, struct pyro_error *err)
{
    char **field = field_of(config, setting);
    char *copy = NULL;
    enum pyro_code code = check_text(setting, value, err);
    if (code != PYRO_OK)
        return code;
    if (value && !(copy = pyro_copy_text(value, strlen(value))))
        return pyro_error_memory(err);
    pyro_free(*field);
    *field = copy;
    if (setting.item->range == PYRO_RANGE_serializers)
        config->accepted = pyro_serializer_bits(copy);
    if (setting.item->range == PYRO_RANGE_bytes_as)
        config->typed_bytes = copy && strcmp(copy, "bytes") == 0;
    return PYRO_OK;
}

/* --- from strings --- */

static bool is_one_of(const char *value, const char *const *words)
{
    for (; *words; words++)
        if (strcasecmp(value, *words) == 0)
            return true;
    return false;
}

static enum pyro_code invalid(const char *kind, struct pyro_setting setting, const char *value,
                              struct pyro_error *err)
{
    const char *range = int_range(setting.item->range);
    return pyro_error_set(err, PYRO_EVALUE, "invalid %s value: %s%s=%s%s%s%s", kind, setting.prefix,
                          setting.item->name, show(value).text, range ? " (" : "",
                          range ? range : "", range ? ")" : "");
}

enum pyro_code pyro_config_parse(struct pyro_config *config, struct pyro_setting setting,
                                 const char *value, struct pyro_error *err)
{
    static const char *const yes[] = {"1", "yes", "on", "true", NULL};
    static const char *const no[] = {"0", "no", "off", "false", NULL};
    char *end = NULL;
    errno = 0;
    switch (setting.item->type) {
    case PYRO_CONFIG_bool:
        if (!is_one_of(value, yes) && !is_one_of(value, no))
            return invalid("boolean", setting, value, err);
        return pyro_config_set_bool(config, setting, is_one_of(value, yes), err);
    case PYRO_CONFIG_int: {
        long long number = strtoll(value, &end, 10);
        if (!*value || *end || errno)
            return invalid("integer", setting, value, err);
        return pyro_config_set_int(config, setting, number, err);
    }
    case PYRO_CONFIG_real: {
        double number = strtod(value, &end);
        if (!*value || *end)
            return invalid("number", setting, value, err);
        return pyro_config_set_real(config, setting, number, err);
    }
    case PYRO_CONFIG_text:
    case PYRO_CONFIG_list:
        break;
    }
    return pyro_config_set_text(config, setting, value, err);
}
