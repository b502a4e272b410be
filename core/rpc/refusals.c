#include "rpc/refusals.h"

#include <stdio.h>

void pyro_refusal_log(struct pyro_log *log, enum pyro_refusal reason,
                      const struct pyro_log_fields *fields, const char *format, va_list args)
{
    static const char *const kinds[] = {
#define X(name, text) [PYRO_REFUSED_##name] = (text),
        PYRO_REFUSALS(X)
#undef X
    };
    char text[PYRO_ERROR_SIZE + 128];
    vsnprintf(text, sizeof(text), format, args);
    pyro_log_about(log, &(struct pyro_log_topic){*fields, kinds[reason]}, PYRO_WARNING, "daemon",
                   "%s", text);
}
