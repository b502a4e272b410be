/** @file
 * Descriptors that keep off the standard streams: a program may have closed those, and what it
 * prints, or its children print, must not end up in a socket. */
#ifndef PYRO_BASE_DESCRIPTOR_H
#define PYRO_BASE_DESCRIPTOR_H

#include "base/common.h"

/** Moves a descriptor that is one of the standard streams' out of their way: the copy, which is
 * closed on exec as well, takes its place. Returns what is above 2 already, and -1 (with errno kept
 * or set), as it is. */
int pyro_descriptor_lift(int descriptor);

/** The standard streams that were closed, and are taken meanwhile. */
struct pyro_reserved {
    int descriptors[3];
    int count;
};

/** Takes the descriptors of closed standard streams, so that what is opened next gets others. */
void pyro_descriptors_reserve(struct pyro_reserved *reserved);

/** Closes them again. */
void pyro_descriptors_release(const struct pyro_reserved *reserved);

#endif
