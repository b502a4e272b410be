#include "codec/pickle_level.h"

enum pyro_code pickle_refuse_length(struct pyro_sink *to)
{
    return pyro_error_set(to->err, PYRO_ESERIALIZE, "too long for pickle");
}
