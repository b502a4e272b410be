#include "host/conceal.h"

#include <string.h>

void host_conceal(char *argument)
{
    char *scheme = strchr(argument, ':'), *end = strrchr(argument, '@');
    if (!scheme || strncmp(scheme, "://", 3) != 0 || !end)
        return;
    char *password = strchr(scheme + 3, ':');
    if (password && password < end)
        memset(password + 1, '*', (size_t)(end - password - 1));
}
