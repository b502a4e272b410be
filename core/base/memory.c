#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

#ifdef PYRO_TEST_MEMORY
static unsigned long countdown;

void pyro_memory_fail_at(unsigned long n)
{
    countdown = n;
}

static bool must_fail(void)
{
    return countdown > 0 && --countdown == 0;
}
#else
static bool must_fail(void)
{
    return false;
}
#endif

void *pyro_malloc(size_t size)
{
    return must_fail() ? NULL : malloc(size ? size : 1);
}

void *pyro_calloc(size_t count, size_t size)
{
    if (size > 0 && count > SIZE_MAX / size)
        return NULL;
    return must_fail() ? NULL : calloc(count ? count : 1, size ? size : 1);
}

void *pyro_realloc(void *memory, size_t size)
{
    return must_fail() ? NULL : realloc(memory, size ? size : 1);
}

void pyro_free(void *memory)
{
    free(memory);
}

char *pyro_copy_text(const char *text, size_t length)
{
    char *copy = pyro_malloc(length + 1);
    if (!copy)
        return NULL;
    if (length > 0)
        memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}
