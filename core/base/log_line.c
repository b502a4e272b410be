#include "base/log_line.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/time.h>
#include <time.h>

#include "base/assert.h"
#include "base/escape.h"

static const struct level {
    enum pyro_level level;
    int syslog; /* its number there */
    const char *name;
} levels[] = {{PYRO_DEBUG, 7, "DEBUG"},
              {PYRO_INFO, 6, "INFO"},
              {PYRO_WARNING, 4, "WARNING"},
              {PYRO_ERROR, 3, "ERROR"},
              {PYRO_CRITICAL, 2, "CRITICAL"}};

bool pyro_log_level(const char *name, enum pyro_level *level)
{
    *level = PYRO_SILENT;
    for (size_t i = 0; i < PYRO_COUNT(levels); i++)
        if (strcmp(name, levels[i].name) == 0)
            *level = levels[i].level;
    return *level != PYRO_SILENT || !*name;
}

bool pyro_log_form(const char *name, enum pyro_log_form *form)
{
    *form = strcmp(name, "json") == 0 ? PYRO_LOG_JSON : PYRO_LOG_TEXT;
    return *form == PYRO_LOG_JSON || strcmp(name, "text") == 0;
}

static const struct level *level_of(enum pyro_level level)
{
    size_t i = 0;
    while (i + 1 < PYRO_COUNT(levels) && levels[i].level < level)
        i++;
    return &levels[i];
}

size_t pyro_log_list_fields(const struct pyro_log_fields *fields,
                            struct pyro_log_field out[PYRO_LOG_FIELD_COUNT])
{
    size_t count = 0;
#define X(field, where)                                                                            \
    if (fields->field.length > 0)                                                                  \
        out[count++] = (struct pyro_log_field){#field, PYRO_LOG_##where, fields->field};
    PYRO_LOG_FIELDS(X)
#undef X
    return count;
}

/* --- putting a line together --- */

/* Adds what fits. */
static void put(struct pyro_log_line *line, const char *format, ...) PYRO_PRINTF(2, 3);
static void put(struct pyro_log_line *line, const char *format, ...)
{
    size_t left = sizeof(line->data) - line->length;
    va_list args;
    va_start(args, format);
    int length = vsnprintf(line->data + line->length, left, format, args);
    va_end(args);
    if (length > 0)
        line->length += (size_t)length < left ? (size_t)length : left - 1;
}

typedef void escape_fn(char *out, size_t size, struct pyro_slice text);

/* Adds a string, escaped, and cut where that has more than `most` bytes. */
static void put_escaped(struct pyro_log_line *line, escape_fn *escape, struct pyro_slice text,
                        size_t most)
{
    size_t left = sizeof(line->data) - line->length;
    PYRO_ASSERT(most <= left);
    escape(line->data + line->length, most, text);
    line->length += strlen(line->data + line->length);
}

/* Writes the time here: with its zone, as RFC 3339 has it, or without, as Pyro does. */
static void put_time(struct pyro_log_line *line, bool zoned)
{
    char text[32], zone[8] = "";
    struct timeval now;
    struct tm local;
    gettimeofday(&now, NULL);
    localtime_r(&now.tv_sec, &local);
    strftime(text, sizeof(text), zoned ? "%Y-%m-%dT%H:%M:%S" : "%Y-%m-%d %H:%M:%S", &local);
    put(line, "%s.%03d", text, (int)(now.tv_usec / 1000));
    if (zoned && strftime(zone, sizeof(zone), "%z", &local) == 5)
        put(line, "%.3s:%s", zone, zone + 3);
}

/* --- JSON --- */

static void put_member(struct pyro_log_line *line, const char *name, struct pyro_slice value,
                       size_t most)
{
    put(line, ",\"%s\":\"", name);
    put_escaped(line, pyro_escape_json, value, most);
    put(line, "\"");
}

static void make_json(struct pyro_log_line *line, const struct pyro_log_record *record)
{
    struct pyro_log_field fields[PYRO_LOG_FIELD_COUNT];
    size_t count = pyro_log_list_fields(record->fields, fields);
    put(line, "{\"time\":\"");
    put_time(line, true);
    put(line, "\",\"level\":\"%s\",\"logger\":\"pyrolua.%s\"", level_of(record->level)->name,
        record->area);
    put_member(line, "message", record->message, PYRO_LOG_MESSAGE_SIZE);
    for (size_t i = 0; i < count; i++)
        put_member(line, fields[i].name, fields[i].value,
                   fields[i].place == PYRO_LOG_BELOW ? PYRO_LOG_TRACEBACK_SIZE
                                                     : PYRO_LOG_FIELD_SIZE);
    put(line, "}\n");
}

/* --- text --- */

static void begin_text(struct pyro_log_line *line, enum pyro_level level, const char *area,
                       bool journal)
{
    const struct level *known = level_of(level);
    if (journal) {
        put(line, "<%d>pyrolua.%s: ", known->syslog, area);
        return;
    }
    put(line, "[");
    put_time(line, false);
    put(line, ",pyrolua.%s,%s] ", area, known->name);
}

/* Writes the lines of a traceback, as far as there is room. */
static void put_below(struct pyro_log_line *line, const char *area, struct pyro_slice text,
                      bool journal)
{
    const size_t most = sizeof(line->data) - PYRO_LOG_FIELD_SIZE - 128; /* with what goes before */
    struct pyro_slice part = text;
    while (text.length > 0 && line->length < most) {
        const char *end = memchr(text.data, '\n', text.length);
        pyro_slice_take(&text, end ? (size_t)(end - text.data) : text.length, &part);
        begin_text(line, PYRO_INFO, area, journal);
        put_escaped(line, pyro_escape, part, PYRO_LOG_FIELD_SIZE);
        put(line, "\n");
        if (end)
            pyro_slice_take(&text, 1, &part);
    }
}

static void put_before(struct pyro_log_line *line, const struct pyro_log_field *fields,
                       size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (fields[i].place == PYRO_LOG_BEFORE) {
            put_escaped(line, pyro_escape, fields[i].value, PYRO_LOG_FIELD_SIZE);
            put(line, ": ");
        }
}

static void put_behind(struct pyro_log_line *line, const struct pyro_log_field *fields,
                       size_t count)
{
    bool any = false;
    for (size_t i = 0; i < count; i++)
        if (fields[i].place == PYRO_LOG_BEHIND) {
            put(line, "%s%s=", any ? " " : " [", fields[i].name);
            put_escaped(line, pyro_escape, fields[i].value, PYRO_LOG_FIELD_SIZE);
            any = true;
        }
    put(line, "%s\n", any ? "]" : "");
}

static void make_text(struct pyro_log_line *line, const struct pyro_log_record *record,
                      bool journal)
{
    struct pyro_log_field fields[PYRO_LOG_FIELD_COUNT];
    size_t count = pyro_log_list_fields(record->fields, fields);
    begin_text(line, record->level, record->area, journal);
    put_before(line, fields, count);
    put_escaped(line, pyro_escape, record->message, PYRO_LOG_MESSAGE_SIZE);
    put_behind(line, fields, count);
    for (size_t i = 0; i < count; i++)
        if (fields[i].place == PYRO_LOG_BELOW)
            put_below(line, record->area, fields[i].value, journal);
}

void pyro_log_line_make(struct pyro_log_line *line, const struct pyro_log_record *record,
                        enum pyro_log_form form, bool journal)
{
    line->length = 0;
    if (form == PYRO_LOG_TEXT) {
        make_text(line, record, journal);
        return;
    }
    if (journal)
        put(line, "<%d>", level_of(record->level)->syslog);
    make_json(line, record);
}
