#include "rpc/refusals.h"

#define AREA "daemon"

void pyro_refusals_init(struct pyro_refusals *refusals, struct pyro_log *log)
{
    *refusals = (struct pyro_refusals){.log = log,
                                       .limits = {
#define X(name, text, lines) [PYRO_REFUSED_##name] = {.what = (text), .most = (lines)},
                                           PYRO_REFUSALS(X)
#undef X
                                       }};
}

void pyro_refusals_log(struct pyro_refusals *refusals, enum pyro_refusal kind, const char *format,
                       va_list args)
{
    char text[PYRO_ERROR_SIZE + 128];
    vsnprintf(text, sizeof(text), format, args);
    pyro_log_limited(refusals->log, &refusals->limits[kind], PYRO_WARNING, AREA, "%s", text);
}

void pyro_refusals_turn(struct pyro_refusals *refusals)
{
    for (size_t i = 0; i < PYRO_REFUSAL_COUNT; i++)
        pyro_log_limit_turn(refusals->log, &refusals->limits[i], PYRO_WARNING, AREA);
}

void pyro_refusals_end(struct pyro_refusals *refusals)
{
    for (size_t i = 0; i < PYRO_REFUSAL_COUNT; i++)
        pyro_log_limit_end(refusals->log, &refusals->limits[i], PYRO_WARNING, AREA);
}

bool pyro_refusals_untold(const struct pyro_refusals *refusals)
{
    unsigned left_out = 0;
    for (size_t i = 0; i < PYRO_REFUSAL_COUNT; i++)
        left_out |= refusals->limits[i].left_out;
    return left_out > 0;
}
