#include "base/log.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

#include "base/escape.h"

static const struct {
    enum pyro_level level;
    const char *name;
} levels[] = {{PYRO_DEBUG, "DEBUG"},
              {PYRO_INFO, "INFO"},
              {PYRO_WARNING, "WARNING"},
              {PYRO_ERROR, "ERROR"},
              {PYRO_CRITICAL, "CRITICAL"}};

enum pyro_code pyro_log_open(struct pyro_log *log, struct pyro_error *err)
{
    const char *level = getenv("PYRO_LOGLEVEL");
    const char *path = getenv("PYRO_LOGFILE");
    *log = (struct pyro_log){.level = PYRO_SILENT, .path = path ? path : "pyro.log"};
    if (!*log->path || strcmp(log->path, "{stderr}") == 0)
        log->path = NULL;
    if (!level || !*level)
        return PYRO_OK;
    for (size_t i = 0; i < PYRO_COUNT(levels); i++) {
        if (strcmp(level, levels[i].name) == 0) {
            log->level = levels[i].level;
            return PYRO_OK;
        }
    }
    char shown[64];
    pyro_escape(shown, sizeof(shown), pyro_slice_text(level));
    return pyro_error_set(err, PYRO_EVALUE,
                          "invalid value: PYRO_LOGLEVEL=%s (DEBUG, INFO, WARNING, ERROR or "
                          "CRITICAL)",
                          shown);
}

void pyro_log_close(struct pyro_log *log)
{
    if (log->file && log->file != stderr)
        fclose(log->file);
    *log = (struct pyro_log){.level = PYRO_SILENT};
}

static void open_file(struct pyro_log *log)
{
    if (log->path)
        log->file = fopen(log->path, "ae");
    if (log->path && !log->file)
        fprintf(stderr, "pyrolua: cannot write the log file %s; logging here\n", log->path);
    if (!log->file)
        log->file = stderr;
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

void pyro_log_write(struct pyro_log *log, enum pyro_level level, const char *area,
                    const char *format, ...)
{
    char message[1024], line[2 * sizeof(message)], now[32];
    va_list args;
    if (level < log->level)
        return;
    if (!log->file)
        open_file(log);
    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    /* A peer's bytes shall neither start lines of their own nor steer a terminal. */
    pyro_escape(line, sizeof(line), pyro_slice_text(message));
    format_time(now, sizeof(now));
    fprintf(log->file, "[%s,pyrolua.%s,%s] %s\n", now, area, level_name(level), line);
    fflush(log->file);
}
