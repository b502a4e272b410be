#include "base/log.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

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
    if (strcmp(log->path, "{stderr}") == 0)
        log->path = NULL;
    if (!level || !*level)
        return PYRO_OK;
    for (size_t i = 0; i < PYRO_COUNT(levels); i++) {
        if (strcmp(level, levels[i].name) == 0) {
            log->level = levels[i].level;
            return PYRO_OK;
        }
    }
    return pyro_error_set(err, PYRO_EVALUE,
                          "invalid value: PYRO_LOGLEVEL=%.60s (DEBUG, INFO, WARNING, ERROR or "
                          "CRITICAL)",
                          level);
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
        log->file = fopen(log->path, "a");
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

static void write_time(FILE *file)
{
    struct timeval now;
    struct tm local;
    char text[32];
    gettimeofday(&now, NULL);
    localtime_r(&now.tv_sec, &local);
    strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &local);
    fprintf(file, "[%s.%03d,", text, (int)(now.tv_usec / 1000));
}

/* A peer's bytes shall neither start lines of their own nor steer a terminal. */
static void write_escaped(FILE *file, const char *text)
{
    for (const char *p = text; *p; p++) {
        unsigned char c = (unsigned char)*p;
        if (c < 0x20 || c >= 0x7f)
            fprintf(file, "\\x%02x", c);
        else
            fputc(c, file);
    }
}

void pyro_log_write(struct pyro_log *log, enum pyro_level level, const char *area,
                    const char *format, ...)
{
    char message[1024];
    va_list args;
    if (level < log->level)
        return;
    if (!log->file)
        open_file(log);
    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    write_time(log->file);
    fprintf(log->file, "pyrolua.%s,%s] ", area, level_name(level));
    write_escaped(log->file, message);
    fputc('\n', log->file);
    fflush(log->file);
}
