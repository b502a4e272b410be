#include "base/stack.h"

static void look_up(struct pyro_stack *stack)
{
    pthread_attr_t attributes;
    void *low = NULL;
    size_t size = 0;
    *stack = (struct pyro_stack){.known = true, .thread = pthread_self()};
    if (pthread_getattr_np(stack->thread, &attributes) != 0)
        return;
    if (pthread_attr_getstack(&attributes, &low, &size) == 0) {
        stack->low = low;
        stack->high = stack->low + size;
    }
    pthread_attr_destroy(&attributes);
}

size_t pyro_stack_left(struct pyro_stack *stack)
{
    const char *here = __builtin_frame_address(0);
    if (!stack->known || !pthread_equal(stack->thread, pthread_self()))
        look_up(stack);
    return here >= stack->low && here < stack->high ? (size_t)(here - stack->low) : SIZE_MAX;
}
