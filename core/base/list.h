/** @file
 * Intrusive doubly linked list. A node that is in no list points to itself. */
#ifndef PYRO_BASE_LIST_H
#define PYRO_BASE_LIST_H

#include "base/assert.h"
#include "base/common.h"

struct pyro_list {
    struct pyro_list *next, *previous;
};

static inline void pyro_list_init(struct pyro_list *list)
{
    list->next = list->previous = list;
}

static inline bool pyro_list_empty(const struct pyro_list *list)
{
    return list->next == list;
}

/** Puts `node`, which is in no list (initialized, or zero), at the end of `list`. */
static inline void pyro_list_push(struct pyro_list *list, struct pyro_list *node)
{
    PYRO_ASSERT(!node->next || pyro_list_empty(node));
    node->next = list;
    node->previous = list->previous;
    list->previous->next = node;
    list->previous = node;
}

/** Takes `node` out of its list, if it is in one. */
static inline void pyro_list_remove(struct pyro_list *node)
{
    PYRO_ASSERT(node->previous->next == node && node->next->previous == node);
    node->previous->next = node->next;
    node->next->previous = node->previous;
    pyro_list_init(node);
}

/** Takes the first node off and returns it, or NULL. */
static inline struct pyro_list *pyro_list_pop(struct pyro_list *list)
{
    struct pyro_list *node = list->next;
    if (node == list)
        return NULL;
    pyro_list_remove(node);
    return node;
}

#endif
