#include "rpc/counters.h"

#include <string.h>

#include "base/assert.h"
#include "base/memory.h"
#include "rpc/object.h"

/* Tallies of methods in a runtime. */
#define MOST_METHODS 1000
/* Bytes of the name of a method that has one. */
#define LONGEST_NAME 255

void pyro_counters_open(struct pyro_counters *counters)
{
    pyro_list_init(&counters->tallies);
    pyro_list_init(&counters->sources);
}

void pyro_counters_close(struct pyro_counters *counters)
{
    PYRO_ASSERT(counters->methods == 0);
    pyro_tally_free(&counters->other.calls);
    pyro_tally_free(&counters->gone);
    pyro_tally_free(&counters->unfound);
    pyro_tally_free(&counters->lost);
}

/* --- tallies of methods --- */

struct pyro_method_tally *pyro_tally_find(struct pyro_object *object, struct pyro_slice name)
{
    struct pyro_method_tally **at = &object->tallies;
    while (*at && !pyro_tally_is_of(*at, name))
        at = &(*at)->next;
    struct pyro_method_tally *found = *at;
    if (found) {
        *at = found->next;
        found->next = object->tallies;
        object->tallies = found;
    }
    return found;
}

/* Adds a tally to an object, if there are not enough. */
static struct pyro_method_tally *add_tally(struct pyro_counters *counters,
                                           struct pyro_object *object, struct pyro_slice name)
{
    if (counters->methods == MOST_METHODS || name.length > LONGEST_NAME)
        return &counters->other;
    struct pyro_method_tally *tally = pyro_malloc(sizeof(*tally) + name.length);
    if (!tally)
        return &counters->other;
    *tally = (struct pyro_method_tally){.next = object->tallies};
    memcpy(tally + 1, name.data, name.length);
    tally->name = pyro_slice((const char *)(tally + 1), name.length);
    object->tallies = tally;
    pyro_list_push(&counters->tallies, &tally->node);
    counters->methods++;
    return tally;
}

struct pyro_method_tally *pyro_tally_of(struct pyro_counters *counters, struct pyro_object *object,
                                        struct pyro_slice name)
{
    struct pyro_method_tally *tally = object->tallies;
    if (tally && pyro_tally_is_of(tally, name))
        return tally;
    tally = pyro_tally_find(object, name);
    return tally ? tally : add_tally(counters, object, name);
}

void pyro_tally_drop(struct pyro_counters *counters, struct pyro_method_tally *tally)
{
    PYRO_ASSERT(counters->methods > 0 && tally->calls.in_flight == 0);
    counters->methods--;
    pyro_list_remove(&tally->node);
    pyro_tally_add(&counters->gone, &tally->calls);
    pyro_tally_free(&tally->calls);
    pyro_free(tally);
}

void pyro_counters_forget(struct pyro_counters *counters, struct pyro_object *object)
{
    struct pyro_method_tally *tally;
    while ((tally = object->tallies) != NULL) {
        object->tallies = tally->next;
        tally->gone = true;
        if (tally->calls.in_flight == 0)
            pyro_tally_drop(counters, tally);
    }
}

void pyro_counters_sum(const struct pyro_counters *counters, struct pyro_tally *sum)
{
    pyro_tally_add(sum, &counters->other.calls);
    pyro_tally_add(sum, &counters->gone);
    pyro_tally_add(sum, &counters->unfound);
    for (const struct pyro_list *node = counters->tallies.next; node != &counters->tallies;
         node = node->next)
        pyro_tally_add(sum, &PYRO_CONTAINER(node, struct pyro_method_tally, node)->calls);
}
