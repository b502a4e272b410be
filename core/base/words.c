#include "base/words.h"

bool pyro_word_next(const char **list, struct pyro_slice *word)
{
    if (!*list)
        return false;
    const char *begin = *list + strspn(*list, " \t");
    if (!*begin) { /* an empty list, or a comma was the last */
        *list = NULL;
        return false;
    }
    const char *comma = strchr(begin, ',');
    size_t length = comma ? (size_t)(comma - begin) : strlen(begin);
    while (length > 0 && (begin[length - 1] == ' ' || begin[length - 1] == '\t'))
        length--;
    *word = pyro_slice(begin, length);
    *list = comma ? comma + 1 : NULL;
    return true;
}
