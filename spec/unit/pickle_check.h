/** @file
 * What the tests of reading pickles share. */
#ifndef SPEC_PICKLE_CHECK_H
#define SPEC_PICKLE_CHECK_H

#include "codec_check.h"

#define P (&pyro_codec_pickle)

/** A pickle that is all text, and what is read from it, or the message that refuses it. */
struct form {
    const char *text, *value;
};

/* A pickle that is all text. */
static inline void reads(const char *text, const char *value)
{
    codec_reads(P, exact_text(text), value);
}

static inline void all_read(const struct form *forms, size_t count)
{
    for (size_t i = 0; i < count; i++)
        reads(forms[i].text, forms[i].value);
}

static inline void refuses(const char *text, const char *message)
{
    codec_refuses(P, exact_text(text), message);
}

static inline void refuses_all(const struct form *forms, size_t count)
{
    for (size_t i = 0; i < count; i++)
        refuses(forms[i].text, forms[i].value);
}

#endif
