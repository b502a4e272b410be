/** @file
 * How much memory the values of one message may take, counted while they are built. */
#ifndef PYRO_VALUE_BUDGET_H
#define PYRO_VALUE_BUDGET_H

#include "base/assert.h"
#include "base/error.h"

/** A limit of memory, and what is left of it. Zero-initialized, it has no limit. */
struct pyro_budget {
    size_t left; /**< bytes */
    size_t most; /**< bytes; 0: any number */
};

/** Sets how many bytes there are to spend; 0 for any number. */
static inline void pyro_budget_open(struct pyro_budget *budget, size_t most)
{
    budget->left = budget->most = most;
}

/** Returns the bytes spent so far; 0 where there is no limit. */
static inline size_t pyro_budget_spent(const struct pyro_budget *budget)
{
    return budget->most - budget->left;
}

/** Lets at most `most` bytes be spent in all, of which fewer have been. */
static inline void pyro_budget_narrow(struct pyro_budget *budget, size_t most)
{
    size_t spent = pyro_budget_spent(budget);
    if (budget->most > 0 && budget->most <= most)
        return;
    PYRO_ASSERT(spent < most);
    budget->left = most - spent;
    budget->most = most;
}

/** Fails where `budget` has too little left: PYRO_ESERIALIZE names the setting. Without a limit,
 * returns PYRO_OK. */
enum pyro_code pyro_budget_exceeded(const struct pyro_budget *budget, struct pyro_error *err);

/** Spends `bytes` of `budget` (NULL: none has to be kept), before they are allocated. */
static inline enum pyro_code pyro_spend(struct pyro_budget *budget, size_t bytes,
                                        struct pyro_error *err)
{
    if (!budget)
        return PYRO_OK;
    PYRO_ASSERT(budget->left <= budget->most);
    if (bytes > budget->left)
        return pyro_budget_exceeded(budget, err);
    budget->left -= bytes;
    return PYRO_OK;
}

#endif
