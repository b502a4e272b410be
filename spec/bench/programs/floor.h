/* The floor: what any client and server on libuv pay for the same bytes on a wire. */
#ifndef SPEC_BENCH_FLOOR_H
#define SPEC_BENCH_FLOOR_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

static inline void demand(int result, const char *what)
{
    if (result < 0) {
        fprintf(stderr, "%s: %s\n", what, uv_strerror(result));
        exit(1);
    }
}

static inline char *allocate(size_t size)
{
    char *memory = malloc(size);
    if (!memory)
        demand(UV_ENOMEM, "malloc");
    return memory;
}

static inline size_t number(const char *text)
{
    return (size_t)strtoull(text, NULL, 10);
}

#endif
