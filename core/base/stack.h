/** @file
 * How much is left of the C stack. */
#ifndef PYRO_BASE_STACK_H
#define PYRO_BASE_STACK_H

#include <pthread.h>

#include "base/common.h"

/** The bounds of a thread's stack, as far as they are known. Zero-initialize. */
struct pyro_stack {
    bool known;
    pthread_t thread; /**< whose they are */
    const char *low, *high;
};

/** Bytes between here and the end of the running thread's stack, which is looked up where it is not
 * the one before; SIZE_MAX where the system does not know it, or some other stack is used. */
size_t pyro_stack_left(struct pyro_stack *stack);

#endif
