#include "naming/registry/registration.h"

#include <string.h>

static size_t text_size(const char *text)
{
    return text ? strlen(text) + 1 : 0;
}

size_t registration_size(const struct registration *from)
{
    size_t size = from->tag_count * sizeof(char *) + text_size(from->uri) + text_size(from->owner);
    for (size_t i = 0; i < from->tag_count; i++)
        size += text_size(from->tags[i]);
    return size;
}

/* Copies a string to where `*to` is, and moves that behind it; returns the copy. */
static const char *put_text(char **to, const char *text)
{
    size_t size = text_size(text);
    if (size == 0)
        return NULL;
    const char *copy = memcpy(*to, text, size);
    *to += size;
    return copy;
}

char *registration_copy(struct registration *to, const struct registration *from, void *memory)
{
    const char **tags = memory;
    char *text = (char *)(tags + from->tag_count);
    *to = *from;
    to->tags = tags;
    to->uri = put_text(&text, from->uri);
    for (size_t i = 0; i < from->tag_count; i++)
        tags[i] = put_text(&text, from->tags[i]);
    to->owner = put_text(&text, from->owner);
    return text;
}

bool registration_is_kept_by(const struct registration *registration, const char *owner)
{
    return owner && registration->owner && strcmp(owner, registration->owner) == 0;
}

bool registration_has_lease(const struct registration *registration)
{
    return registration->owner && registration->lease > 0;
}
