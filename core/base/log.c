#include "base/log.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

#include "base/clock.h"
#include "base/descriptor.h"
#include "base/escape.h"
#include "base/memory.h"

static const struct {
    enum pyro_level level;
    const char *name;
} levels[] = {{PYRO_DEBUG, "DEBUG"},
              {PYRO_INFO, "INFO"},
              {PYRO_WARNING, "WARNING"},
              {PYRO_ERROR, "ERROR"},
              {PYRO_CRITICAL, "CRITICAL"}};

bool pyro_log_level(const char *name, enum pyro_level *level)
{
    *level = PYRO_SILENT;
    for (size_t i = 0; i < PYRO_COUNT(levels); i++)
        if (strcmp(name, levels[i].name) == 0)
            *level = levels[i].level;
    return *level != PYRO_SILENT || !*name;
}

static void close_file(struct pyro_log *log)
{
    if (log->file)
        fclose(log->file);
    log->file = NULL;
}

static enum pyro_code set_path(struct pyro_log *log, const char *path, struct pyro_error *err)
{
    char *copy = NULL;
    if (log->path && strcmp(log->path, path) == 0)
        return PYRO_OK;
    if (*path && strcmp(path, "{stderr}") != 0 && !(copy = pyro_copy_text(path, strlen(path))))
        return pyro_error_memory(err);
    close_file(log);
    pyro_free(log->path);
    log->path = copy;
    return PYRO_OK;
}

enum pyro_code pyro_log_set(struct pyro_log *log, const char *level, const char *path,
                            struct pyro_error *err)
{
    if (level)
        pyro_log_level(level, &log->level);
    else
        log->level = log->quiet ? PYRO_SILENT : PYRO_WARNING;
    return set_path(log, path ? path : level ? "pyro.log" : "", err);
}

void pyro_log_close(struct pyro_log *log)
{
    close_file(log);
    pyro_free(log->path);
    *log = (struct pyro_log){.level = PYRO_SILENT, .quiet = log->quiet};
}

static void open_file(struct pyro_log *log)
{
    struct pyro_reserved reserved;
    pyro_descriptors_reserve(&reserved);
    log->file = fopen(log->path, "ae");
    pyro_descriptors_release(&reserved);
    if (log->file)
        return;
    fprintf(stderr, "pyrolua: cannot write the log file %s; logging here\n", log->path);
    pyro_free(log->path);
    log->path = NULL;
}

static const char *level_name(enum pyro_level level)
{
    for (size_t i = 0; i < PYRO_COUNT(levels); i++)
        if (levels[i].level == level)
            return levels[i].name;
    return "?";
}

static void format_time(char *out, size_t size)
{
    struct timeval now;
    struct tm local;
    gettimeofday(&now, NULL);
    localtime_r(&now.tv_sec, &local);
    size_t length = strftime(out, size, "%Y-%m-%d %H:%M:%S", &local);
    snprintf(out + length, size - length, ".%03d", (int)(now.tv_usec / 1000));
}

static void write_line(struct pyro_log *log, enum pyro_level level, const char *area,
                       const char *format, va_list args)
{
    char message[1024], line[2 * sizeof(message)], now[32];
    if (log->path && !log->file)
        open_file(log);
    FILE *to = log->file ? log->file : stderr; /* which may become another */
    vsnprintf(message, sizeof(message), format, args);
    /* A peer's bytes shall neither start lines of their own nor steer a terminal. */
    pyro_escape(line, sizeof(line), pyro_slice_text(message));
    format_time(now, sizeof(now));
    fprintf(to, "[%s,pyrolua.%s,%s] %s\n", now, area, level_name(level), line);
    fflush(to);
}

void pyro_log_write(struct pyro_log *log, enum pyro_level level, const char *area,
                    const char *format, ...)
{
    va_list args;
    if (level < log->level)
        return;
    va_start(args, format);
    write_line(log, level, area, format, args);
    va_end(args);
}

/* --- not too much of it --- */

static unsigned most_of(const struct pyro_log_limit *limit)
{
    return limit->most > 0 ? limit->most : PYRO_LOG_BURST;
}

/* Begins a new period: in one that follows a flood, one line has room. */
static void turn(struct pyro_log *log, struct pyro_log_limit *limit, enum pyro_level level,
                 const char *area, double now)
{
    bool flood = limit->left_out > 0;
    if (flood)
        pyro_log_write(log, level, area, "%u more %s", limit->left_out,
                       limit->what ? limit->what : "like the last were left out");
    limit->since = now;
    limit->written = flood ? most_of(limit) - 1 : 0;
    limit->left_out = 0;
}

void pyro_log_limit_turn(struct pyro_log *log, struct pyro_log_limit *limit, enum pyro_level level,
                         const char *area)
{
    double now = pyro_wall_seconds();
    if (now - limit->since >= PYRO_LOG_PERIOD)
        turn(log, limit, level, area, now);
}

void pyro_log_limit_end(struct pyro_log *log, struct pyro_log_limit *limit, enum pyro_level level,
                        const char *area)
{
    turn(log, limit, level, area, 0);
}

/* Returns whether one more line may be written. */
static bool has_room(struct pyro_log *log, struct pyro_log_limit *limit, enum pyro_level level,
                     const char *area)
{
    if (log->level <= PYRO_DEBUG)
        return true;
    pyro_log_limit_turn(log, limit, level, area);
    if (limit->written == most_of(limit))
        return false;
    limit->written++;
    return true;
}

void pyro_log_limited(struct pyro_log *log, struct pyro_log_limit *limit, enum pyro_level level,
                      const char *area, const char *format, ...)
{
    va_list args;
    if (level < log->level)
        return;
    if (!has_room(log, limit, level, area)) {
        limit->left_out++;
        return;
    }
    va_start(args, format);
    write_line(log, level, area, format, args);
    va_end(args);
}
