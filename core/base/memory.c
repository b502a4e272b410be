#include "base/memory.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* From this size on, the system is asked for memory in pages of its large kind, where it has them:
 * it takes several times as long to get 64 MiB in pages of 4 KiB as to fill them. */
#define LARGE ((size_t)4 << 20)
#define PAGE ((uintptr_t)4096)

/* Marks a whole mapping: of one in two parts, neither could be moved as it is to grow. */
static void *prefer_large_pages(void *memory, size_t size)
{
    if (!memory || size < LARGE)
        return memory;
    uintptr_t before = (uintptr_t)memory % PAGE;
    madvise((char *)memory - before, (before + size + PAGE - 1) / PAGE * PAGE, MADV_HUGEPAGE);
    return memory;
}

#ifdef PYRO_TEST_MEMORY
static unsigned long countdown;

unsigned long pyro_memory_fail_at(unsigned long n)
{
    unsigned long left = countdown;
    countdown = n;
    return left;
}
#endif

/* Returns whether this allocation is the one that a test lets fail. */
static bool must_fail(void)
{
#ifdef PYRO_TEST_MEMORY
    return countdown > 0 && --countdown == 0;
#else
    return false;
#endif
}

void *pyro_malloc(size_t size)
{
    return must_fail() ? NULL : prefer_large_pages(malloc(size ? size : 1), size);
}

void *pyro_calloc(size_t count, size_t size)
{
    if (size > 0 && count > SIZE_MAX / size)
        return NULL;
    return must_fail() ? NULL : calloc(count ? count : 1, size ? size : 1);
}

void *pyro_realloc(void *memory, size_t size)
{
    return must_fail() ? NULL : prefer_large_pages(realloc(memory, size ? size : 1), size);
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
