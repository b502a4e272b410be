#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/complaint.h"
#include "base/descriptor.h"
#include "base/memory.h"

/* --- the file --- */

static int open_path(const char *path)
{
    struct pyro_reserved reserved;
    pyro_descriptors_reserve(&reserved);
    int file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    int error = errno;
    pyro_descriptors_release(&reserved);
    errno = error;
    return file;
}

static void close_file(struct pyro_log *log)
{
    if (log->open)
        close(log->file);
    log->open = log->stuck = false;
}

static void open_file(struct pyro_log *log)
{
    log->file = open_path(log->path);
    log->open = log->file >= 0;
    if (log->open)
        return;
    fprintf(stderr, "pyrolua: cannot write the log file %s; logging here\n", log->path);
    pyro_free(log->path);
    log->path = NULL;
}

/* Logs, to the old file, that there is no new one. */
static void tell_stuck(struct pyro_log *log, const char *why)
{
    if (log->stuck)
        return;
    log->stuck = true;
    pyro_log_write(log, PYRO_ERROR, "log", "cannot open %s again: %s; the old one is used",
                   log->path, why);
}

enum pyro_code pyro_log_reopen(struct pyro_log *log, struct pyro_error *err)
{
    atomic_store(&log->stale, false);
    if (!log->open)
        return PYRO_OK;
    int file = open_path(log->path);
    if (file < 0) {
        const char *why = strerror(errno);
        pyro_error_set(err, PYRO_EOS, "%s: %s", log->path, why);
        tell_stuck(log, why);
        return PYRO_EOS;
    }
    close_file(log);
    log->file = file;
    log->open = true;
    return PYRO_OK;
}

/* Writes all of it at once: a line stays one where several programs write. */
static void write_all(int file, const char *data, size_t length)
{
    while (length > 0) {
        ssize_t wrote = write(file, data, length);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return;
        data += wrote;
        length -= (size_t)wrote;
    }
}

/* --- settings --- */

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

static void set_default_level(struct pyro_log *log)
{
    log->level = log->quiet && !log->listener ? PYRO_SILENT : PYRO_WARNING;
}

enum pyro_code pyro_log_set(struct pyro_log *log, const struct pyro_log_settings *settings,
                            struct pyro_error *err)
{
    const char *level = settings->level, *file = settings->file;
    log->chosen = level != NULL;
    if (level)
        pyro_log_level(level, &log->level);
    else
        set_default_level(log);
    pyro_log_form(settings->format ? settings->format : "text", &log->form);
    log->journal = pyro_is_journal();
    return set_path(log, file ? file : level ? "pyro.log" : "", err);
}

void pyro_log_listen(struct pyro_log *log, pyro_log_listener *listener, void *context)
{
    log->listener = listener;
    log->context = context;
    if (!log->chosen)
        set_default_level(log);
}

void pyro_log_close(struct pyro_log *log)
{
    pyro_log_turn(log);
    close_file(log);
    pyro_free(log->path);
    *log = (struct pyro_log){.level = PYRO_SILENT, .quiet = log->quiet};
}

/* --- lines --- */

static void write_record(struct pyro_log *log, const struct pyro_log_record *record)
{
    struct pyro_log_line line;
    if (log->listener) {
        log->listener(log->context, record);
        return;
    }
    pyro_log_refresh(log);
    if (log->path && !log->open)
        open_file(log);
    pyro_log_line_make(&line, record, log->form, log->journal && !log->open);
    if (log->open)
        write_all(log->file, line.data, line.length);
    else /* by the stream, which may be one of the program's own making */
        fwrite(line.data, 1, line.length, stderr);
}

/* Tells how many lines were left out, unless such lines are not logged any more. */
static void log_on_left_out(void *context, const struct pyro_log_record *record)
{
    struct pyro_log *log = context;
    if (pyro_log_has(log, record->level))
        write_record(log, record);
}

void pyro_log_turn(struct pyro_log *log)
{
    pyro_log_flood_turn(&log->flood, pyro_wall_seconds(), log_on_left_out, log);
}

/* Writes a line, or counts it. */
static void take(struct pyro_log *log, const struct pyro_log_record *record,
                 const struct pyro_log_likeness *likeness)
{
    bool all = log->level <= PYRO_DEBUG;
    if (!all && pyro_wall_seconds() - log->flood.since >= PYRO_LOG_PERIOD)
        pyro_log_turn(log);
    if (all || pyro_log_flood_admit(&log->flood, record, likeness))
        write_record(log, record);
}

/* Formats a message and takes its line; one that is too long is cut. */
static void take_message(struct pyro_log *log, struct pyro_log_record record, const char *kind,
                         const char *format, va_list args)
{
    char message[1024];
    int length = vsnprintf(message, sizeof(message), format, args);
    if (length >= (int)sizeof(message))
        memcpy(message + sizeof(message) - 4, "...", 4);
    record.message = pyro_slice_text(message);
    const char *common = strcmp(format, "%s") == 0 ? message : format;
    take(log, &record, &(struct pyro_log_likeness){kind, pyro_slice_text(common), true});
}

void pyro_log_write(struct pyro_log *log, enum pyro_level level, const char *area,
                    const char *format, ...)
{
    static const struct pyro_log_fields none = {.client = {NULL, 0}};
    va_list args;
    if (!pyro_log_has(log, level))
        return;
    va_start(args, format);
    take_message(log, (struct pyro_log_record){.level = level, .area = area, .fields = &none}, NULL,
                 format, args);
    va_end(args);
}

void pyro_log_about(struct pyro_log *log, const struct pyro_log_topic *topic, enum pyro_level level,
                    const char *area, const char *format, ...)
{
    va_list args;
    if (!pyro_log_has(log, level))
        return;
    va_start(args, format);
    take_message(log,
                 (struct pyro_log_record){.level = level, .area = area, .fields = &topic->fields},
                 topic->kind, format, args);
    va_end(args);
}

void pyro_log_text(struct pyro_log *log, const struct pyro_log_fields *fields,
                   enum pyro_level level, const char *area, struct pyro_slice text)
{
    const struct pyro_log_likeness likeness = {NULL, text, false};
    const struct pyro_log_record record = {level, area, text, fields};
    if (pyro_log_has(log, level))
        take(log, &record, &likeness);
}
