/** @file
 * Which bytes are text. */
#ifndef PYRO_VALUE_UTF8_H
#define PYRO_VALUE_UTF8_H

#include "base/slice.h"

/** Whether the bytes are strictly valid UTF-8: no surrogates, no overlong forms, up to U+10FFFF. */
bool pyro_utf8_valid(struct pyro_slice text);

#endif
