/* The log of a runtime: a function of the program that has its lines, and its file. */
#include <stdio.h>

#include "base/escape.h"
#include "embed/runtime.h"

/* A line, as the program's function gets it. */
struct told {
    char logger[40];
    char message[PYRO_LOG_MESSAGE_SIZE];
    char traceback[PYRO_LOG_TRACEBACK_SIZE];
    char values[PYRO_LOG_FIELD_COUNT][PYRO_LOG_FIELD_SIZE];
    pyrolua_log_field fields[PYRO_LOG_FIELD_COUNT + 1]; /* and what ends them */
};

static void fill_fields(struct told *told, const struct pyro_log_fields *from)
{
    struct pyro_log_field fields[PYRO_LOG_FIELD_COUNT];
    size_t count = pyro_log_list_fields(from, fields);
    for (size_t i = 0; i < count; i++) {
        bool below = fields[i].place == PYRO_LOG_BELOW;
        char *value = below ? told->traceback : told->values[i];
        if (below)
            pyro_escape_lines(value, PYRO_LOG_TRACEBACK_SIZE, fields[i].value);
        else
            pyro_escape(value, PYRO_LOG_FIELD_SIZE, fields[i].value);
        told->fields[i] = (pyrolua_log_field){fields[i].name, value};
    }
    told->fields[count] = (pyrolua_log_field){NULL, NULL};
}

static void log_on_record(void *context, const struct pyro_log_record *record)
{
    pyrolua_runtime *runtime = context;
    struct told told;
    snprintf(told.logger, sizeof(told.logger), "pyrolua.%s", record->area);
    pyro_escape(told.message, sizeof(told.message), record->message);
    fill_fields(&told, record->fields);
    runtime->logger.function(runtime->logger.context, (int)record->level, told.logger, told.message,
                             told.fields);
}

int pyrolua_log(pyrolua_runtime *runtime, pyrolua_logger *function, void *context)
{
    if (!runtime)
        return PYROLUA_EVALUE;
    if (runtime->closing || !runtime->lua)
        return embed_fail_closed(runtime);
    runtime->logger.function = function;
    runtime->logger.context = context;
    pyro_log_listen(&embed_core(runtime)->log, function ? log_on_record : NULL, runtime);
    return PYROLUA_OK;
}

void pyrolua_log_reopen(pyrolua_runtime *runtime)
{
    if (!runtime || !runtime->lua)
        return;
    pyro_log_expire(&embed_core(runtime)->log);
    pyro_loop_wake(embed_core(runtime)->loop);
}
