#include "base/tally.h"

#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "base/memory.h"

/* Returns the number of a class, which it gets now if it has none. */
static unsigned number_of(struct pyro_classes *classes, struct pyro_slice name)
{
    char shown[PYRO_CLASS_SIZE];
    unsigned i = 0;
    pyro_escape(shown, sizeof(shown), name);
    while (i < classes->count && strcmp(classes->names[i], shown) != 0)
        i++;
    if (i < classes->count)
        return i;
    if (i == PYRO_TOLD_CLASSES)
        return i - 1;
    snprintf(classes->names[i], sizeof(classes->names[i]), "%s",
             i < PYRO_TOLD_CLASSES - 1 ? shown : "other");
    return classes->count++;
}

/* Gives a tally room for errors. Returns false when out of memory. */
static bool make_room(struct pyro_tally *tally)
{
    if (!tally->errors)
        tally->errors = pyro_calloc(PYRO_TOLD_CLASSES, sizeof(*tally->errors));
    return tally->errors != NULL;
}

void pyro_tally_error(struct pyro_tally *tally, struct pyro_classes *classes,
                      struct pyro_slice name)
{
    if (make_room(tally))
        tally->errors[number_of(classes, name)]++;
}

void pyro_tally_add(struct pyro_tally *tally, const struct pyro_tally *other)
{
    pyro_histogram_add(&tally->times, &other->times);
    tally->in_flight += other->in_flight;
    for (unsigned i = 0; other->errors && i < PYRO_TOLD_CLASSES && make_room(tally); i++)
        tally->errors[i] += other->errors[i];
}

void pyro_tally_free(struct pyro_tally *tally)
{
    pyro_free(tally->errors);
    tally->errors = NULL;
}
