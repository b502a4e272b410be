/** @file
 * Allocation. All of the core allocates through these, so that tests can make the n-th one fail. */
#ifndef PYRO_BASE_MEMORY_H
#define PYRO_BASE_MEMORY_H

#include "base/common.h"

/** Uninitialized memory, or NULL. Free with pyro_free(). */
void *pyro_malloc(size_t size);

/** Zeroed memory for `count` items of `size` bytes, or NULL (also when the product overflows). */
void *pyro_calloc(size_t count, size_t size);

/** Resizes memory as realloc() does: on failure returns NULL and leaves `memory` alone. */
void *pyro_realloc(void *memory, size_t size);

/** Accepts NULL. */
void pyro_free(void *memory);

/** Makes a terminated copy of `length` bytes, or NULL. The caller frees it. */
char *pyro_copy_text(const char *text, size_t length);

#ifdef PYRO_TEST_MEMORY
/** Makes the n-th allocation from now on fail once (1 = the next one); 0 switches that off. Returns
 * how many were left until the one that was to fail so far; 0: it has failed, or none was to. */
unsigned long pyro_memory_fail_at(unsigned long n);
#endif

#endif
