/** @file
 * Functions that other threads post, to be run on the runtime's. */
#ifndef PYRO_EMBED_POST_H
#define PYRO_EMBED_POST_H

#include <pthread.h>
#include <stdbool.h>

#include "include/pyrolua.h"
#include "net/loop.h"

/** Functions that were posted. */
struct posts {
    pthread_mutex_t lock;
    struct pyro_list list;       /**< guarded by the lock */
    bool open;                   /**< guarded by the lock */
    struct pyro_completion bell; /**< runs the next one */
};

/** Makes an empty list that takes nothing yet. */
void posts_init(struct posts *posts);

/** Takes functions from now on: the loop is there. */
void posts_open(pyrolua_runtime *runtime);

/** Runs what is left, and takes nothing more. */
void posts_close(pyrolua_runtime *runtime);

/** Frees the list, which is empty. */
void posts_free(struct posts *posts);

#endif
