#include "value/budget.h"

enum pyro_code pyro_budget_exceeded(const struct pyro_budget *budget, struct pyro_error *err)
{
    if (budget->most == 0)
        return PYRO_OK;
    return pyro_error_set(err, PYRO_ESERIALIZE,
                          "the values of the message take more memory than MAX_VALUE_MEMORY allows "
                          "(%zu bytes)",
                          budget->most);
}
